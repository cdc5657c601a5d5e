/* The list of commands. A new one: its cmd_NAME.c, and its line here at the place where it prints. */
#include "kickstart/table.h"

#define COMMANDS(X)   \
	X(text)       \
	X(cmdline)    \
	X(graphical)  \
	X(url)        \
	X(liveimg)    \
	X(repo)       \
	X(lang)       \
	X(keyboard)   \
	X(timezone)   \
	X(timesource) \
	X(network)    \
	X(rootpw)     \
	X(group)      \
	X(user)       \
	X(sshkey)     \
	X(services)   \
	X(firstboot)  \
	X(skipx)      \
	X(bootloader) \
	X(ignoredisk) \
	X(zerombr)    \
	X(clearpart)  \
	X(reqpart)    \
	X(part)       \
	X(partition)  \
	X(raid)       \
	X(volgroup)   \
	X(logvol)     \
	X(reboot)     \
	X(halt)       \
	X(poweroff)   \
	X(shutdown)

#define ADDON_COMMANDS(X) \
	X(addon_virt)     \
	X(addon_xen)      \
	X(addon_lun)      \
	X(addon_report)   \
	X(addon_guard)

#define DECLARE(word) extern const struct ks_cmd ks_cmd_##word;
#define ADDRESS(word) &ks_cmd_##word,

COMMANDS(DECLARE)
ADDON_COMMANDS(DECLARE)

const struct ks_cmd *const ks_commands[] = { COMMANDS(ADDRESS) NULL };
const struct ks_cmd *const ks_addon_commands[] = { ADDON_COMMANDS(ADDRESS) NULL };
