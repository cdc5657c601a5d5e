#include "packages/groups.h"

#include "base/util.h"

/* groups.conf, from the folder that the compiler runs in. */
extern const char groups_conf[], groups_conf_end[];
__asm__(".section .rodata\n"
	".global groups_conf, groups_conf_end\n"
	"groups_conf:\n"
	".incbin \"packages/groups.conf\"\n"
	"groups_conf_end:\n"
	".byte 0\n"
	".previous\n");

/* Calls fn for each group until it returns true. */
static bool each_group(bool (*fn)(void *arg, const char *name, const struct argv *packages), void *arg)
{
	auto_argv lines = { 0 };
	bool done = false;

	argv_split(&lines, groups_conf, "\n");
	for (size_t i = 0; i < lines.n && !done;) {
		char *colon = strchr(lines.v[i], ':');
		auto_argv packages = { 0 };
		const char *name = lines.v[i++];

		if (*name == '#' || !colon)
			continue;
		*colon = '\0';
		argv_split(&packages, colon + 1, " \t");
		for (; i < lines.n && lines.v[i][0] == '\t'; i++)
			argv_split(&packages, lines.v[i], " \t");
		done = fn(arg, name, &packages);
	}
	return done;
}

struct wanted {
	const char *name;
	struct argv *ret;
};

static bool add_wanted(void *arg, const char *name, const struct argv *packages)
{
	struct wanted *w = arg;

	if (!str_eq(name, w->name))
		return false;
	argv_addv(w->ret, packages->v);
	return true;
}

int group_add(const char *name, struct argv *ret)
{
	struct wanted w = { name, ret };

	return each_group(add_wanted, &w) ? 0 : -1;
}

static bool add_name(void *arg, const char *name, const struct argv *packages)
{
	(void)packages;
	argv_add(arg, name);
	return false;
}

void group_names(struct argv *ret)
{
	each_group(add_name, ret);
}
