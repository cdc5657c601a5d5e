/* The installed system's own settings, from the kickstart file: written before the boot loader. */
#ifndef INSTALLER_TARGET_TARGET_H
#define INSTALLER_TARGET_TARGET_H

#include "base/door.h"
#include "facts/facts.h"
#include "kickstart/ks.h"

/*
 * Pure: names, hashes and words that the settings can't be made from. ERR_INPUT, all of them as "file:line:
 * word: reason" lines.
 */
int target_check(const struct ks *ks, struct err *err);

/*
 * Root password, users, groups, ssh keys, locale, keyboard, time zone, NTP, services, into the mounted root
 * (whose packages are configured). Plain passwords are hashed (yescrypt); none is stored or logged.
 * ERR_TOOL/ERR_SYS.
 */
int target_apply(const struct facts *facts, const struct ks *ks, const char *root, struct door *door,
		 struct err *err);

/* A new machine-id(5), 32 hexadecimal digits and a newline, to ret. ERR_SYS. */
int machine_id_make(struct buf *ret, struct err *err);
/*
 * A machine-id(5) of its own: two machines of one image must not share it.
 *
 * It is written whole rather than left "uninitialized": that would make systemd apply its presets at the
 * first boot, which switch disabled services on again. ERR_SYS.
 */
int target_machine_id(const char *root, struct door *door, struct err *err);

/* What target_apply will do, one line an action, secrets as ***. */
void target_plan_print(const struct facts *facts, const struct ks *ks, struct buf *b);

/* Packages that the settings need ("chrony" for NTP servers, "openssh-server" for keys, "locales", "sudo" for
 * wheel, ...). */
void target_packages(const struct ks *ks, struct argv *want);

/* debconf-set-selections text for the settings (locale, keyboard, time zone); configured with the packages.
 */
void target_debconf(const struct ks *ks, struct buf *b);

/* The one-shot unit that checks the first boot (Xen, bridges, VG space) and posts `ready` or `degraded`. */
int target_firstboot(const struct facts *facts, const struct ks *ks, const char *root, struct door *door,
		     struct err *err);

/* Run the %post (chroot or --nochroot) or other scripts of one type. ERR_INPUT with file:line when one with
 * --erroronfail fails; others are logged. */
int target_scripts(const struct ks *ks, enum ks_script_type type, const char *root, struct door *door,
		   struct err *err);

#endif
