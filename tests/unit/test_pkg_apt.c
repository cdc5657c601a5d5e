#include "pkg_archive.h"

#include "packages/control.h"
#include "packages/groups.h"

/*
 * The real archive: our closure of a Xen host's packages is apt's. The mirror is the one that this machine's
 * apt uses. apt gets folders of its own and an empty dpkg database.
 */

/* The first URI of a deb822 source, or of a one-line source, that is a Debian archive; NULL if there is none.
 */
static char *find_mirror(void)
{
	static const char *const files[] = { "/etc/apt/sources.list.d/debian.sources",
					     "/etc/apt/sources.list" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		auto_buf text = { 0 };
		auto_argv words = { 0 };

		if (file_read(files[i], &text, NULL))
			continue;
		argv_split(&words, buf_str(&text), " \t\n");
		for (size_t k = 0; k < words.n; k++) {
			size_t len = strlen(words.v[k]);

			if (str_starts(words.v[k], "http") && len > 7 &&
			    (str_ends(words.v[k], "/debian") || str_ends(words.v[k], "/debian/")))
				return xstrndup(words.v[k], len - (words.v[k][len - 1] == '/'));
		}
	}
	return NULL;
}

static void write_apt(const char *dir, const char *mirror)
{
	static const char *const folders[] = { "etc/apt/apt.conf.d", "etc/apt/preferences.d",
					       "etc/apt/sources.list.d", "lists/partial",
					       "cache/archives/partial" };
	auto_free char *conf = NULL, *sources = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		auto_free char *path = path_join(dir, folders[i]);

		assert_int_equal(file_mkdirs(path, 0755, NULL), 0);
	}
	archive_put(dir, "status", 0644, "");
	sources = xasprintf("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n",
			    mirror);
	archive_put(dir, "etc/apt/sources.list", 0644, sources);
	conf = xasprintf(
		"Dir \"%s\"; Dir::State::status \"%s/status\"; Dir::State::lists \"%s/lists\";\n"
		"Dir::Cache \"%s/cache\"; APT::Architecture \"amd64\"; APT::Architectures {\"amd64\";};\n"
		"APT::Install-Recommends \"false\"; Acquire::Languages \"none\"; APT::Sandbox::User "
		"\"root\";\n",
		dir, dir, dir, dir);
	archive_put(dir, "apt.conf", 0644, conf);
}

static int apt(const char *dir, struct argv *words, struct buf *out, struct err *err)
{
	auto_free char *conf = xasprintf("APT_CONFIG=%s/apt.conf", dir);
	auto_run run = { .out = out, .timeout_s = 300 };

	argv_addl(&run.argv, "env", conf, "apt-get", "-q", NULL);
	argv_addv(&run.argv, words->v);
	return run_argv(&run, err);
}

/* "Inst NAME (VERSION ..." lines of a simulation. */
static void read_simulation(const char *text, struct argv *ret)
{
	auto_argv lines = { 0 };

	argv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		auto_argv w = { 0 };

		argv_split(&w, lines.v[i], " ()");
		if (w.n > 2 && str_eq(w.v[0], "Inst"))
			argv_addf(ret, "%s=%s", w.v[1], w.v[2]);
	}
	argv_sort_unique(ret);
}

static void compare(const struct argv *ours, const struct argv *apts)
{
	auto_buf diff = { 0 };

	for (size_t i = 0; i < ours->n; i++)
		if (!argv_has(apts, ours->v[i]))
			buf_addf(&diff, " +%s", ours->v[i]);
	for (size_t i = 0; i < apts->n; i++)
		if (!argv_has(ours, apts->v[i]))
			buf_addf(&diff, " -%s", apts->v[i]);
	if (diff.len)
		fail_msg("ours (+) and apt's (-) differ:%s", buf_str(&diff));
}

/* What want is for the resolver, spelled for apt, after the packages that are always there. */
static void check_closure(const char *dir, struct pkg_request *req, const struct argv *minimal,
			  const char *want)
{
	auto_argv words = { 0 };
	auto_argv ours = { 0 };
	auto_argv apts = { 0 };
	auto_buf out = { 0 };
	struct pkg_set set = { 0 };
	struct err err = { 0 };

	argv_clear(&req->want);
	argv_split(&req->want, want, " ");
	if (pkg_solve(req, NULL, NULL, &set, &err))
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < set.n; i++)
		argv_addf(&ours, "%s=%s", set.items[i].name, set.items[i].version);
	argv_addl(&words, "-s", "install", "apt", NULL);
	argv_addv(&words, minimal->v);
	for (size_t i = 0; i < req->want.n; i++) {
		if (req->want.v[i][0] == '@')
			group_add(req->want.v[i] + 1, &words);
		else
			argv_add(&words, req->want.v[i]);
	}
	if (apt(dir, &words, &out, &err))
		fail_msg("%s", err.msg);
	read_simulation(buf_str(&out), &apts);
	assert_true(apts.n > 50);
	compare(&ours, &apts);
	pkg_set_clear(&set);
}

/* Essential and required packages, as apt-cache lists them. */
static void read_minimal(const char *dir, struct argv *ret)
{
	auto_free char *conf = xasprintf("APT_CONFIG=%s/apt.conf", dir);
	auto_buf out = { 0 };
	char *p, *next;

	archive_tool(&out, "env", conf, "apt-cache", "dumpavail", NULL);
	for (p = out.data; p && *p; p = next) {
		auto_free char *name = NULL, *priority = NULL;
		char *end = strstr(p, "\n\n");

		next = end ? end + 2 : NULL;
		if (end)
			end[1] = '\0';
		priority = control_field(p, "Priority");
		if (!str_eq(priority, "required") && !control_field_has(p, "Essential", "yes"))
			continue;
		name = control_field(p, "Package");
		argv_add(ret, name);
	}
	assert_true(ret->n > 20);
}

static void closure_is_apts(void **state)
{
	static const char *const wants[] = {
		"systemd-sysv",
		"@core @xen @multipath linux-image-amd64 initramfs-tools grub-pc-bin grub2-common lvm2 "
		"chrony",
		"@core @xen @storage linux-image-amd64 grub-efi-amd64-bin grub2-common efibootmgr",
		"@standard",
	};
	auto_free char *mirror = find_mirror();
	char dir[] = "/tmp/xenith-test-apt.XXXXXX";
	struct pkg_source source = { .name = "main", .base = mirror, .suite = "trixie" };
	struct pkg_request req = { .sources = &source, .n_sources = 1, .arch = "amd64" };
	auto_argv update = { 0 };
	auto_argv minimal = { 0 };
	auto_buf out = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	if (mirror) {
		write_apt(dir, mirror);
		req.cache_dir = path_join(dir, "indices");
		argv_addl(&update, "update", "--error-on=any", NULL);
	}
	if (!mirror || apt(dir, &update, &out, &err)) {
		print_message("no Debian mirror is reachable: %s\n", mirror ? err.msg : "none is configured");
		file_remove_tree(dir, NULL);
		skip();
	}
	read_minimal(dir, &minimal);
	for (size_t i = 0; i < ARRAY_SIZE(wants); i++)
		check_closure(dir, &req, &minimal, wants[i]);
	argv_clear(&req.want);
	free((char *)req.cache_dir);
	file_remove_tree(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closure_is_apts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
