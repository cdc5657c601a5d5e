#include "packages/image_private.h"

#include <fnmatch.h>

#include "base/util.h"

/* By the last name of the path, wherever it is. */
static const char *const names[] = { ".*_history", ".lesshst", ".ssh", ".viminfo" };

static const char *const paths[] = {
	"etc/*shadow?*", /* copies that passwd(1) and people make */
	"etc/group-",
	"etc/krb5.keytab",
	"etc/passwd-",
	"etc/subgid-",
	"etc/subuid-",
	"etc/systemd/network/10-guest.network",
	"var/cache/debconf/passwords.dat",
	"var/crash/*",
	"var/lib/cloud/*",
	"var/lib/dhcp/*",
	"var/lib/systemd/coredump/*",
	"var/log/journal/*",
	"var/mail/*",
	"var/spool/mail/*",
};

bool image_private_skips(const char *path, bool folder)
{
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (fnmatch(names[i], slash ? slash + 1 : path, 0) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (fnmatch(paths[i], path, FNM_PATHNAME) == 0)
			return true;
	/* Services find the folders of their logs, with the owners that they need. */
	return !folder && str_starts(path, "var/log/");
}

bool image_private_shadow(const char *path)
{
	return str_eq(path, "etc/shadow") || str_eq(path, "etc/gshadow");
}

void image_private_lock(const char *text, struct buf *ret)
{
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n"), name = strcspn(line, ":\n");

		buf_add(ret, line, name);
		if (line[name] == ':') {
			size_t rest = name + 1 + strcspn(line + name + 1, ":\n");

			buf_adds(ret, str_starts(line + name, ":*:") ? ":*" : ":!");
			buf_add(ret, line + rest, len - rest);
		}
		buf_addc(ret, '\n');
		line += len + (line[len] == '\n');
	}
}
