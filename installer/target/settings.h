/* The parts of target_apply, in the order in which it calls them; each prints its part of the plan too. */
#ifndef INSTALLER_TARGET_SETTINGS_H
#define INSTALLER_TARGET_SETTINGS_H

#include "base/argv.h"
#include "base/door.h"
#include "kickstart/ks.h"

/* accounts.c: groups, users, passwords, locks. */
int accounts_apply(const struct ks *ks, const char *root, struct door *door, struct err *err);
void accounts_print(const struct ks *ks, struct buf *b);
/* A kickstart group's name on Debian ("wheel" is "sudo") without a "(gid)" behind it. free(3). */
char *accounts_group(const char *word);
/* A crypt(5) yescrypt hash of a plain password, free(3). ERR_SYS without a source of random bytes. */
int accounts_hash(const char *plain, char **ret, struct err *err);

/* sshkeys.c: authorized_keys, host keys, PermitRootLogin. */
int sshkeys_apply(const struct ks *ks, const char *root, struct door *door, struct err *err);
void sshkeys_print(const struct ks *ks, struct buf *b);

/* locale.c: language and keyboard. */
int locale_apply(const struct ks *ks, const char *root, struct door *door, struct err *err);
void locale_print(const struct ks *ks, struct buf *b);
/* The glibc locale for a kickstart language: "es_ES" -> "es_ES.UTF-8". free(3); "C.UTF-8" for NULL. */
char *locale_name(const char *lang);
/* Whether glibc has it built in, so that the package locales is not needed. */
bool locale_builtin(const char *name);

/* keyboard.c: /etc/default/keyboard, keyboard(5). Strings point into ks or into constants, or are owned. */
struct keyboard {
	char *layout, *variant, *options; /* never NULL */
};
void keyboard_make(const struct ks_keyboard *ks, struct keyboard *ret);
void keyboard_clear(struct keyboard *kb);

/* clock.c: time zone, hardware clock, NTP. */
int clock_apply(const struct ks *ks, const char *root, struct door *door, struct err *err);
void clock_print(const struct ks *ks, struct buf *b);
/* The lines of chrony's sources.d; empty when no server is named. */
void clock_sources(const struct ks *ks, struct buf *b);
bool clock_no_ntp(const struct ks *ks);

/* services.c: units switched on and off. */
int services_apply(const struct ks *ks, const char *root, struct door *door, struct err *err);
void services_print(const struct ks *ks, struct buf *b);

/* units.c: drop-ins of the units that are installed. */
int units_apply(const char *root, struct door *door, struct err *err);
/* The unit that starts the guests of /etc/xen/start, where Xen's own (xendomains) is installed. */
int units_guests(const char *root, struct door *door, struct err *err);

#endif
