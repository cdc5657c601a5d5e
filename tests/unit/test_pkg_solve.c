#include "pkg_archive.h"

struct state {
	struct archive_dir archive;
	struct pkg_source source;
	struct pkg_request req;
	struct pkg_set set;
	struct err err;
};

static void begin(struct state *s)
{
	memset(s, 0, sizeof(*s));
	archive_init(&s->archive);
	s->source = (struct pkg_source){ .name = "main", .base = s->archive.base, .suite = "test" };
	s->req = (struct pkg_request){ .sources = &s->source,
				       .n_sources = 1,
				       .arch = "amd64",
				       .keyring = s->archive.keyring,
				       .no_minimal = true };
}

static void end(struct state *s)
{
	argv_clear(&s->req.want);
	argv_clear(&s->req.exclude);
	pkg_set_clear(&s->set);
	archive_clear(&s->archive);
}

/* The names of the solved set, sorted, separated by blanks. */
static char *names(const struct pkg_set *set)
{
	auto_argv a = { 0 };
	auto_buf b = { 0 };

	for (size_t i = 0; i < set->n; i++)
		argv_addf(&a, "%s=%s", set->items[i].name, set->items[i].version);
	argv_sort_unique(&a);
	argv_quote(&a, &b);
	return buf_take(&b);
}

static void solve_expect(struct state *s, const char *wanted)
{
	auto_free char *found = NULL;

	pkg_set_clear(&s->set);
	if (pkg_solve(&s->req, NULL, NULL, &s->set, &s->err))
		fail_msg("%s", s->err.msg);
	found = names(&s->set);
	assert_string_equal(found, wanted);
}

static void solve_fails(struct state *s, enum err_code code, const char *part)
{
	assert_int_equal(pkg_solve(&s->req, NULL, NULL, &s->set, &s->err), -(int)ERR_KIND(code));
	assert_int_equal(s->err.id, code);
	if (!strstr(s->err.msg, part))
		fail_msg("\"%s\" is not in: %s", part, s->err.msg);
	assert_null(s->set.items);
}

static void first_alternative_wins(void **state)
{
	struct state s;

	(void)state;
	begin(&s);
	archive_add(&s.archive, "awk-a", "1", "Priority: optional\nProvides: awk\n");
	archive_add(&s.archive, "awk-z", "1", "Priority: required\nProvides: awk\n");
	archive_add(&s.archive, "alpha", "1", "");
	archive_add(&s.archive, "zeta", "1", "");
	archive_add(&s.archive, "app", "1", "Depends: zeta | alpha, awk\n");
	archive_add(&s.archive, "both", "1", "Depends: app, alpha:any\n");
	archive_publish(&s.archive, "test", "");
	argv_add(&s.req.want, "app");
	solve_expect(&s, "app=1 awk-z=1 zeta=1");
	assert_true(s.set.items[s.set.n - 1].requested);
	/* What another package needs in any case meets the alternative. */
	argv_clear(&s.req.want);
	argv_add(&s.req.want, "both");
	solve_expect(&s, "alpha=1 app=1 awk-z=1 both=1");
	/* An excluded one is passed over. */
	argv_clear(&s.req.want);
	argv_add(&s.req.want, "app");
	argv_add(&s.req.exclude, "zeta");
	solve_expect(&s, "alpha=1 app=1 awk-z=1");
	end(&s);
}

static void minimal_set_and_versions(void **state)
{
	struct pkg_source sources[2];
	struct state s;

	(void)state;
	begin(&s);
	archive_add(&s.archive, "base", "1", "Essential: yes\n");
	archive_add(&s.archive, "req", "1", "Priority: required\nDepends: lib (>= 1)\n");
	archive_add(&s.archive, "lib", "1.9", "");
	archive_add(&s.archive, "apt", "1", "Recommends: extra\n");
	archive_add(&s.archive, "extra", "1", "");
	archive_publish(&s.archive, "test", "");
	buf_clear(&s.archive.index);
	archive_add(&s.archive, "lib", "1.10", "");
	archive_publish(&s.archive, "test-security", "");
	sources[0] = s.source;
	sources[1] = s.source;
	sources[1].suite = "test-security";
	sources[1].name = "security";
	s.req.sources = sources;
	s.req.no_minimal = false;
	solve_expect(&s, "apt=1 base=1 lib=1.9 req=1");
	s.req.n_sources = 2;
	solve_expect(&s, "apt=1 base=1 lib=1.10 req=1");
	s.req.recommends = true;
	solve_expect(&s, "apt=1 base=1 extra=1 lib=1.10 req=1");
	end(&s);
}

static void refusals(void **state)
{
	struct state s;

	(void)state;
	begin(&s);
	archive_add(&s.archive, "chrony", "1", "Depends: libx (>= 2)\n");
	archive_add(&s.archive, "libx", "2", "");
	archive_add(&s.archive, "broken", "1", "Depends: nowhere\n");
	archive_add(&s.archive, "one", "1", "Conflicts: two\n");
	archive_add(&s.archive, "two", "1", "");
	archive_publish(&s.archive, "test", "");
	argv_add(&s.req.want, "chroni");
	argv_add(&s.req.want, "@xne");
	solve_fails(&s, ERR_PKG_UNKNOWN, "did you mean chrony?");
	assert_non_null(strstr(s.err.msg, "did you mean @xen?"));
	s.req.ignore_missing = true;
	solve_expect(&s, "");
	s.req.ignore_missing = false;
	pkg_set_clear(&s.set);
	argv_clear(&s.req.want);
	argv_add(&s.req.want, "broken");
	solve_fails(&s, ERR_PKG_CONFLICT, "nowhere");
	argv_clear(&s.req.want);
	argv_addl(&s.req.want, "one", "two", NULL);
	solve_fails(&s, ERR_PKG_CONFLICT, "conflicts with two");
	argv_clear(&s.req.want);
	argv_add(&s.req.want, "chrony");
	argv_add(&s.req.exclude, "libx");
	solve_fails(&s, ERR_PKG_CONFLICT, "requires libx");
	argv_add(&s.req.exclude, "chrony");
	solve_expect(&s, "");
	end(&s);
}

/* Change the bytes of a published file. */
static void spoil(const struct state *s, const char *name, const char *from, const char *to)
{
	auto_free char *path = xasprintf("%s/mirror/dists/test/%s", s->archive.dir, name);
	auto_buf b = { 0 };
	char *at;

	assert_int_equal(file_read(path, &b, NULL), 0);
	at = strstr(b.data, from);
	assert_non_null(at);
	memcpy(at, to, strlen(to));
	assert_int_equal(file_write(path, b.data, b.len, 0644, NULL), 0);
}

static void bad_archives(void **state)
{
	auto_free char *other = NULL;
	struct archive_dir stranger;
	struct state s;

	(void)state;
	begin(&s);
	archive_add(&s.archive, "app", "1", "");
	argv_add(&s.req.want, "app");
	solve_fails(&s, ERR_SRC_UNREACHED, "InRelease");
	archive_publish(&s.archive, "test", "");
	solve_expect(&s, "app=1");
	pkg_set_clear(&s.set);
	spoil(&s, "main/binary-amd64/Packages", "a test", "b test");
	solve_fails(&s, ERR_SRC_HASH, "wrong hash");
	archive_publish(&s.archive, "test", "");
	spoil(&s, "InRelease", "Origin: Test", "Origin: Fake");
	solve_fails(&s, ERR_SRC_SIGNATURE, "bad signature");
	archive_publish(&s.archive, "test", "Valid-Until: Sat, 12 Sep 2020 07:55:41 UTC\n");
	solve_fails(&s, ERR_SRC_EXPIRED, "expired: valid until Sat, 12 Sep 2020");
	archive_publish(&s.archive, "test", "Valid-Until: soon\n");
	solve_fails(&s, ERR_SRC_INDEX, "Valid-Until: \"soon\" is no date");
	archive_publish(&s.archive, "test", "Date: Sat, 12 Sep 2320 07:55:41 UTC\n");
	solve_fails(&s, ERR_SRC_CLOCK, "clock is wrong");
	archive_publish(&s.archive, "test", "");
	archive_init(&stranger);
	s.req.keyring = stranger.keyring;
	solve_fails(&s, ERR_SRC_SIGNATURE, "no signature by a key of");
	s.req.keyring = "/nonexistent.gpg";
	solve_fails(&s, ERR_SRC_KEYRING, "/nonexistent.gpg");
	s.req.keyring = s.archive.keyring;
	other = xasprintf("%s/mirror/dists/test", s.archive.dir);
	archive_put(other, "InRelease", 0644, "Suite: test\nCodename: test\n");
	solve_fails(&s, ERR_SRC_SIGNATURE, "not signed");
	archive_publish(&s.archive, "test", "");
	s.req.arch = "arm64";
	solve_fails(&s, ERR_SRC_COMPONENT, "the release has no main/binary-arm64/Packages");
	s.req.arch = "amd64";
	archive_publish(&s.archive, "other", "");
	s.source.suite = "../dists/other";
	solve_fails(&s, ERR_SRC_SUITE, "is for the suite \"other\"");
	archive_clear(&stranger);
	end(&s);
}

/* The second run reads what the first one parsed; a damaged file is as good as none. */
static void parsed_indices_are_kept(void **state)
{
	auto_free char *cache = NULL, *name = NULL, *path = NULL;
	char hex[HASH_HEX_LEN + 1];
	auto_buf whole = { 0 };
	struct state s;

	(void)state;
	begin(&s);
	cache = path_join(s.archive.dir, "cache");
	archive_add(&s.archive, "one", "1", "Depends: two (>= 2) | three, virtual\nRecommends: four\n");
	archive_add(&s.archive, "two", "2:2", "Conflicts: three\n");
	archive_add(&s.archive, "four", "4", "Provides: virtual\nPriority: standard\n");
	archive_publish(&s.archive, "test", "");
	hash_mem(buf_str(&s.archive.index), s.archive.index.len, hex);
	name = xasprintf("%s.amd64.solv", hex);
	path = path_join(cache, name);
	s.req.cache_dir = cache;
	argv_add(&s.req.want, "one");
	solve_expect(&s, "four=4 one=1 two=2:2");
	assert_true(file_exists(path));
	solve_expect(&s, "four=4 one=1 two=2:2");
	assert_true(strstr(s.set.items[0].url, "/mirror/pool/"));
	assert_int_equal(file_read(path, &whole, NULL), 0);
	for (size_t at = 0; at < whole.len; at += 61) {
		whole.data[at] ^= 1;
		assert_int_equal(file_write(path, whole.data, whole.len, 0644, NULL), 0);
		solve_expect(&s, "four=4 one=1 two=2:2");
		whole.data[at] ^= 1;
	}
	assert_int_equal(file_write(path, "", 0, 0644, NULL), 0);
	solve_expect(&s, "four=4 one=1 two=2:2");
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_alternative_wins),
		cmocka_unit_test(minimal_set_and_versions),
		cmocka_unit_test(refusals),
		cmocka_unit_test(bad_archives),
		cmocka_unit_test(parsed_indices_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
