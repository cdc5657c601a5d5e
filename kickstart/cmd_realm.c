/* realm: the domain to join. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_opt opts[] = {
	{ "ARGUMENT", KS_LIST, KS_OTHER, .flags = KS_SECRET_TAIL },
	{ 0 },
};

/* The option's name (len bytes of word) is one of names, or the only one that starts so; its index, or -1. */
static int find(const char *word, size_t len, const char *const *names, size_t n)
{
	int found = -1;

	for (size_t i = 0; i < n; i++) {
		if (strncmp(names[i], word, len) != 0)
			continue;
		if (!names[i][len])
			return (int)i;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

/* realm(8)'s own options, read as getopt reads them: up to the first other word, which is the realm. */
static void check(struct ks_line *line, void *data)
{
	static const char *const names[] = { "--no-password",       "--client-software",
					     "--server-software",   "--membership-software",
					     "--one-time-password", "--computer-ou" };
	struct ks_list words = ks_other_list(data, "ARGUMENT");
	size_t i = 1;

	if (line->again)
		ks_line_error(line, NULL, "only one realm can be joined");
	if (!words.n || strcmp(words.v[0], "join") != 0) {
		ks_line_error(line, words.n ? words.v[0] : NULL, "realm join is wanted");
		return;
	}
	for (; i < words.n && words.v[i][0] == '-' && words.v[i][1]; i++) {
		const char *w = words.v[i];
		size_t len = strcspn(w, "=");
		int option = find(w, len, names, ARRAY_SIZE(names));

		if (strcmp(w, "--") == 0) {
			i++;
			break;
		}
		if (option < 0)
			ks_line_error(line, arena_strndup(&line->ks->arena, w, len),
				      "realm join has no such option");
		else if (option == 0 && w[len])
			ks_line_error(line, names[option], "takes no value");
		else if (option > 0 && !w[len] && ++i >= words.n)
			ks_line_error(line, names[option], "a value is missing");
	}
	if (i + 1 != words.n)
		ks_line_error(line, NULL, "one realm is wanted behind the options");
}

const struct ks_cmd ks_cmd_realm = {
	.name = "realm",
	.versions = KS_SINCE(F19, RHEL7),
	.opts = opts,
	.check = check,
	.raw = KS_ALWAYS,
};
