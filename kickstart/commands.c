/* The list of commands. A new one: its cmd_NAME.c, and its line here at the place where it prints. */
#include "kickstart/table.h"

#define COMMANDS(X)             \
	X(text)                 \
	X(cmdline)              \
	X(graphical)            \
	X(interactive)          \
	X(autostep)             \
	X(rescue)               \
	X(vnc)                  \
	X(rdp)                  \
	X(sshpw)                \
	X(logging)              \
	X(updates)              \
	X(driverdisk)           \
	X(device)               \
	X(deviceprobe)          \
	X(eula)                 \
	X(mediacheck)           \
	X(unsupported_hardware) \
	X(install)              \
	X(upgrade)              \
	X(key)                  \
	X(hmc)                  \
	X(url)                  \
	X(nfs)                  \
	X(cdrom)                \
	X(harddrive)            \
	X(liveimg)              \
	X(ostreesetup)          \
	X(ostreecontainer)      \
	X(bootc)                \
	X(repo)                 \
	X(module)               \
	X(rhsm)                 \
	X(syspurpose)           \
	X(lang)                 \
	X(langsupport)          \
	X(keyboard)             \
	X(mouse)                \
	X(timezone)             \
	X(timesource)           \
	X(network)              \
	X(firewall)             \
	X(realm)                \
	X(auth)                 \
	X(authconfig)           \
	X(authselect)           \
	X(rootpw)               \
	X(group)                \
	X(user)                 \
	X(sshkey)               \
	X(selinux)              \
	X(services)             \
	X(firstboot)            \
	X(skipx)                \
	X(xconfig)              \
	X(monitor)              \
	X(bootloader)           \
	X(lilo)                 \
	X(lilocheck)            \
	X(zipl)                 \
	X(ignoredisk)           \
	X(zerombr)              \
	X(clearpart)            \
	X(iscsiname)            \
	X(iscsi)                \
	X(fcoe)                 \
	X(zfcp)                 \
	X(nvdimm)               \
	X(multipath)            \
	X(dmraid)               \
	X(autopart)             \
	X(reqpart)              \
	X(part)                 \
	X(partition)            \
	X(btrfs)                \
	X(raid)                 \
	X(volgroup)             \
	X(logvol)               \
	X(mount)                \
	X(snapshot)             \
	X(reboot)               \
	X(halt)                 \
	X(poweroff)             \
	X(shutdown)

#define ADDON_COMMANDS(X) \
	X(addon_virt)     \
	X(addon_xen)      \
	X(addon_lun)      \
	X(addon_net)      \
	X(addon_address)  \
	X(addon_route)    \
	X(addon_report)   \
	X(addon_guard)    \
	X(addon_retry)

#define DECLARE(word) extern const struct ks_cmd ks_cmd_##word;
#define ADDRESS(word) &ks_cmd_##word,

COMMANDS(DECLARE)
ADDON_COMMANDS(DECLARE)

const struct ks_cmd *const ks_commands[] = { COMMANDS(ADDRESS) NULL };
const struct ks_cmd *const ks_addon_commands[] = { ADDON_COMMANDS(ADDRESS) NULL };
