#include "pkg_archive.h"

#include "packages/fetch.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>

/* Packages that are unpacked without any script, and looked at with this machine's dpkg. */
struct state {
	struct archive_dir archive;
	struct pkg_source source;
	struct pkg_request req;
	struct pkg_set set;
	struct door door;
	char *root;
	struct err err;
};

static char *in_archive(const struct state *s, const char *name)
{
	return path_join(s->archive.dir, name);
}

/* Build work/NAME (with its DEBIAN/control written here) into the pool and list it. */
static void build(struct state *s, const char *name, const char *version, const char *fields)
{
	auto_free char *work = xasprintf("%s/stage/%s", s->archive.dir, name);
	auto_free char *filename = xasprintf("pool/%s_%s.deb", name, version);
	auto_free char *deb = xasprintf("%s/mirror/%s", s->archive.dir, filename);
	auto_free char *pool = in_archive(s, "mirror/pool");
	auto_free char *control = archive_control(name, version, fields);

	archive_put(work, "DEBIAN/control", 0644, control);
	assert_int_equal(file_mkdirs(pool, 0755, NULL), 0);
	archive_tool(NULL, "dpkg-deb", "-Zxz", "-z0", "--root-owner-group", "-b", work, deb, NULL);
	archive_list(&s->archive, control, deb, filename);
}

static void put(struct state *s, const char *package, const char *name, const char *text)
{
	auto_free char *work = xasprintf("%s/stage/%s", s->archive.dir, package);

	archive_put(work, name, 0644, text);
}

static void begin(struct state *s)
{
	memset(s, 0, sizeof(*s));
	archive_init(&s->archive);
	s->root = in_archive(s, "root");
	s->source = (struct pkg_source){ .name = "main", .base = s->archive.base, .suite = "test" };
	s->req = (struct pkg_request){ .sources = &s->source,
				       .n_sources = 1,
				       .arch = "amd64",
				       .keyring = s->archive.keyring,
				       .no_minimal = true };
	put(s, "base-files", "usr/share/base", "base\n");
	build(s, "base-files", "1", "");
	put(s, "app", "etc/app.conf", "setting=1\n");
	put(s, "app", "usr/bin/app", "program\n");
	put(s, "app", "DEBIAN/conffiles", "/etc/app.conf\nremove-on-upgrade /etc/app.old\n");
	put(s, "app", "DEBIAN/triggers",
	    "interest-noawait /usr/share/icons\ninterest app-changed\n"
	    "activate-noawait ldconfig\n");
	build(s, "app", "1", "Depends: base-files, lib\n");
	put(s, "lib", "usr/lib/lib.so.1", "library\n");
	build(s, "lib", "2", "Multi-Arch: same\n");
	archive_publish(&s->archive, "test", "");
	argv_add(&s->req.want, "app");
}

static void end(struct state *s)
{
	free(s->root);
	argv_clear(&s->req.want);
	pkg_set_clear(&s->set);
	archive_clear(&s->archive);
}

static bool needs_root(void)
{
	if (geteuid() == 0)
		return false;
	print_message("unpacking with owners needs root\n");
	return true;
}

static void unpack(struct state *s, int wanted)
{
	if (pkg_solve(&s->req, NULL, NULL, &s->set, &s->err))
		fail_msg("%s", s->err.msg);
	assert_int_equal(pkg_unpack(&s->req, &s->set, s->root, &s->door, NULL, &s->err), -wanted);
}

static void expect_file(const struct state *s, const char *name, const char *wanted)
{
	auto_free char *path = path_join(s->root, name);
	auto_buf b = { 0 };

	if (file_read(path, &b, NULL))
		fail_msg("%s is missing", name);
	assert_string_equal(buf_str(&b), wanted);
}

static bool in_root(const struct state *s, const char *name)
{
	auto_free char *path = path_join(s->root, name);

	return file_exists(path);
}

static void database_is_dpkgs(void **state)
{
	auto_free char *root_option = NULL, *admin = NULL;
	auto_buf audit = { 0 };
	auto_buf verify = { 0 };
	auto_buf list = { 0 };
	struct state s;

	(void)state;
	if (needs_root())
		skip();
	begin(&s);
	unpack(&s, 0);
	root_option = xasprintf("--root=%s", s.root);
	admin = xasprintf("--admindir=%s/var/lib/dpkg", s.root);
	archive_tool(&list, "dpkg-query", admin, "-W", "-f", "${binary:Package} ${Version} ${Status}\n",
		     NULL);
	assert_string_equal(buf_str(&list), "app 1 install ok unpacked\nbase-files 1 install ok unpacked\n"
					    "lib:amd64 2 install ok unpacked\n");
	archive_tool(&verify, "dpkg", root_option, "--verify", NULL);
	assert_string_equal(buf_str(&verify), "");
	archive_tool(&audit, "dpkg-query", admin, "-W", "-f", "${Conffiles}", "app", NULL);
	assert_string_equal(buf_str(&audit), " /etc/app.conf 7d43cb06abb8273056a580aca18d8acb\n"
					     " /etc/app.old newconffile remove-on-upgrade");
	expect_file(&s, "var/lib/dpkg/triggers/File", "/usr/share/icons app/noawait\n");
	expect_file(&s, "var/lib/dpkg/triggers/app-changed", "app\n");
	expect_file(&s, "var/lib/dpkg/info/app.list",
		    "/.\n/etc\n/etc/app.conf\n/usr\n/usr/bin\n/usr/bin/app\n");
	expect_file(&s, "var/lib/dpkg/info/lib:amd64.md5sums",
		    "7dd30896a524bfafa03b33d15bc7e62a  usr/lib/lib.so.1\n");
	expect_file(&s, "var/lib/dpkg/info/format", "1\n");
	expect_file(&s, "etc/app.conf", "setting=1\n");
	assert_false(in_root(&s, "var/cache/xenith"));
	/* A second system isn't put over the first. */
	assert_int_equal(pkg_unpack(&s.req, &s.set, s.root, &s.door, NULL, &s.err), -ERR_MACHINE);
	end(&s);
}

static void recording_door_writes_nothing(void **state)
{
	struct buf record = { 0 };
	struct state s;

	(void)state;
	begin(&s);
	s.door.record = &record;
	unpack(&s, 0);
	assert_false(file_exists(s.root));
	assert_non_null(strstr(buf_str(&record), "unpack 3 packages into"));
	buf_clear(&record);
	end(&s);
}

/* Overwrite one byte, or cut the file where text is NULL. */
static void spoil(const struct state *s, const char *name, off_t at)
{
	auto_free char *path = xasprintf("%s/mirror/pool/%s", s->archive.dir, name);
	auto_buf b = { 0 };

	assert_int_equal(file_read(path, &b, NULL), 0);
	if (at < 0)
		b.len -= (size_t)-at;
	else
		b.data[at] ^= 1;
	assert_int_equal(file_write(path, b.data, b.len, 0644, NULL), 0);
}

static void wrong_hash_leaves_nothing(void **state)
{
	auto_free char *cache = NULL;
	struct state s;

	(void)state;
	if (needs_root())
		skip();
	begin(&s);
	cache = in_archive(&s, "cache");
	s.req.cache_dir = cache;
	/* The date of the archive's first member: everything still unpacks. */
	spoil(&s, "lib_2.deb", 8 + 17);
	unpack(&s, ERR_FETCH);
	assert_non_null(strstr(s.err.msg, "lib: wrong hash: found SHA-256"));
	assert_int_equal(s.err.id, ERR_SRC_HASH);
	assert_false(in_root(&s, "usr/lib/lib.so.1"));
	assert_false(in_root(&s, "var/lib/dpkg/status"));
	assert_false(in_root(&s, "var/lib/dpkg/info/lib:amd64.list"));
	end(&s);
	begin(&s);
	spoil(&s, "app_1.deb", -100);
	unpack(&s, ERR_FETCH);
	assert_non_null(strstr(s.err.msg, "the index says"));
	assert_int_equal(s.err.id, ERR_SRC_SHORT);
	assert_false(in_root(&s, "var/lib/dpkg/status"));
	/* What follows finds it half done, or whole. */
	archive_put(s.root, "var/lib/dpkg/status", 0644, "Package: app\n\n");
	pkg_set_clear(&s.set);
	unpack(&s, ERR_MACHINE);
	assert_int_equal(s.err.id, ERR_PKG_NOT_EMPTY);
	end(&s);
}

/* A package whose bytes are those of the index, and no package. */
static void no_package_at_all(void **state)
{
	auto_free char *deb = NULL, *control = NULL;
	struct state s;

	(void)state;
	if (needs_root())
		skip();
	begin(&s);
	archive_put(s.archive.dir, "mirror/pool/junk_1.deb", 0644, "!<arch>\nthis is none\n");
	deb = in_archive(&s, "mirror/pool/junk_1.deb");
	control = archive_control("junk", "1", "Depends: base-files\n");
	archive_list(&s.archive, control, deb, "pool/junk_1.deb");
	archive_publish(&s.archive, "test", "");
	argv_add(&s.req.want, "junk");
	unpack(&s, ERR_FETCH);
	assert_int_equal(s.err.id, ERR_SRC_DAMAGED);
	end(&s);
}

static bool is_link(const struct state *s, const char *name)
{
	auto_free char *path = path_join(s->root, name);
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* A package that tries to write outside, which only its hash would betray. */
static void stays_inside(void **state)
{
	auto_free char *outside = NULL, *link = NULL, *work = NULL;
	struct state s;

	(void)state;
	if (needs_root())
		skip();
	begin(&s);
	outside = in_archive(&s, "outside");
	assert_int_equal(file_mkdirs(outside, 0755, NULL), 0);
	work = in_archive(&s, "stage/evil/opt");
	assert_int_equal(file_mkdirs(work, 0755, NULL), 0);
	link = path_join(work, "way-out");
	assert_int_equal(symlink(outside, link), 0);
	build(&s, "evil", "1", "");
	put(&s, "evil-two", "opt/way-out/file", "out\n");
	build(&s, "evil-two", "1", "Depends: evil\n");
	archive_publish(&s.archive, "test", "");
	for (int i = 0; i < 2; i++) {
		argv_clear(&s.req.want);
		argv_add(&s.req.want, i ? "evil-two" : "evil");
		pkg_set_clear(&s.set);
		if (pkg_solve(&s.req, NULL, NULL, &s.set, &s.err))
			fail_msg("%s", s.err.msg);
		pkg_extract(&s.req, &s.set, s.root, &s.door, NULL, &s.err);
	}
	assert_true(is_link(&s, "opt/way-out"));
	free(link);
	link = xasprintf("%s/file", outside);
	assert_false(file_exists(link));
	end(&s);
}

/* What a folder holds already isn't written over: with a database, such a package is dpkg's to unpack. */
static void leaves_what_is_there(void **state)
{
	struct state s;

	(void)state;
	begin(&s);
	archive_put(s.root, "usr/bin/app", 0755, "mine\n");
	if (pkg_solve(&s.req, NULL, NULL, &s.set, &s.err))
		fail_msg("%s", s.err.msg);
	if (pkg_extract(&s.req, &s.set, s.root, &s.door, NULL, &s.err))
		fail_msg("%s", s.err.msg);
	expect_file(&s, "usr/bin/app", "mine\n");
	expect_file(&s, "etc/app.conf", "setting=1\n");
	assert_false(in_root(&s, "var/lib/dpkg"));
	end(&s);
}

/* A server that cuts every answer of over 100 kB short, but goes on where it is asked to. */
struct server {
	int fd;
	const char *dir;
	unsigned requests, ranges;
};

static void answer(struct server *sv, int fd)
{
	char request[4096] = "";
	auto_free char *name = NULL, *path = NULL;
	auto_buf body = { 0 };
	auto_buf head = { 0 };
	size_t len = 0, from = 0, send_len;
	const char *range;

	while (!strstr(request, "\r\n\r\n") && len < sizeof(request) - 1) {
		ssize_t n = read(fd, request + len, sizeof(request) - 1 - len);

		if (n <= 0)
			return;
		len += (size_t)n;
	}
	name = xstrndup(request + 4, strcspn(request + 4, " "));
	path = path_join(sv->dir, name);
	sv->requests++;
	range = strstr(request, "Range: bytes=");
	if (range) {
		from = strtoul(range + strlen("Range: bytes="), NULL, 10);
		sv->ranges++;
	}
	if (file_read(path, &body, NULL)) {
		buf_adds(&head, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
	} else {
		buf_addf(&head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n",
			 range ? "206 Partial Content" : "200 OK", body.len - from);
		if (range)
			buf_addf(&head, "Content-Range: bytes %zu-%zu/%zu\r\n", from, body.len - 1, body.len);
		buf_adds(&head, "\r\n");
	}
	send_len = MIN(body.len - from, (size_t)100000);
	buf_add(&head, body.len ? body.data + from : "", body.len ? send_len : 0);
	for (size_t done = 0; done < head.len;) {
		ssize_t n = send(fd, head.data + done, head.len - done, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

static void *serve(void *arg)
{
	struct server *sv = arg;
	int fd;

	while ((fd = accept(sv->fd, NULL, NULL)) >= 0) {
		answer(sv, fd);
		close(fd);
	}
	return NULL;
}

static char *server_start(struct server *sv, pthread_t *thread)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sa);

	sv->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(sv->fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(sv->fd, 16), 0);
	assert_int_equal(getsockname(sv->fd, (struct sockaddr *)&sa, &len), 0);
	assert_int_equal(pthread_create(thread, NULL, serve, sv), 0);
	return xasprintf("http://127.0.0.1:%u", ntohs(sa.sin_port));
}

static void takes_up_broken_transfers(void **state)
{
	auto_free char *mirror = NULL, *url = NULL, *name = NULL;
	struct server sv = { 0 };
	auto_buf noise = { 0 };
	pthread_t thread;
	struct state s;

	(void)state;
	if (needs_root())
		skip();
	begin(&s);
	for (unsigned i = 0, x = 1; i < 400000; i++, x = x * 1103515245 + 12345)
		buf_addc(&noise, (char)('a' + (x >> 16) % 26));
	put(&s, "big", "usr/share/big", buf_str(&noise));
	build(&s, "big", "1", "Depends: base-files\n");
	archive_publish(&s.archive, "test", "");
	argv_add(&s.req.want, "big");
	mirror = in_archive(&s, "mirror");
	sv.dir = mirror;
	url = server_start(&sv, &thread);
	s.source.base = url;
	unpack(&s, 0);
	expect_file(&s, "usr/share/big", buf_str(&noise));
	assert_true(sv.ranges >= 2);
	/* What is gone for good is said after one try. */
	pkg_set_clear(&s.set);
	free(s.root);
	s.root = in_archive(&s, "root2");
	name = in_archive(&s, "mirror/pool/big_1.deb");
	assert_int_equal(unlink(name), 0);
	unpack(&s, ERR_FETCH);
	assert_non_null(strstr(s.err.msg, "pool/big_1.deb: HTTP status 404"));
	free(name);
	name = xasprintf("%s/nowhere", url);
	buf_clear(&noise);
	assert_int_equal(fetch_to_buf(name, NULL, NULL, &noise, &s.err), -ERR_FETCH);
	assert_int_equal(s.err.id, ERR_SRC_STATUS);
	shutdown(sv.fd, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(sv.fd);
	end(&s);
}

static void writes_sources(void **state)
{
	struct state s;

	(void)state;
	begin(&s);
	s.source.base = "http://mirror.example.org/debian";
	s.req.proxy = "http://proxy.example.org:3128";
	assert_int_equal(pkg_write_sources(&s.req, s.root, &s.door, &s.err), 0);
	expect_file(&s, "etc/apt/sources.list.d/main.sources",
		    "Types: deb\nURIs: http://mirror.example.org/debian\nSuites: test\nComponents: main\n"
		    "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n");
	expect_file(&s, "etc/apt/apt.conf.d/80xenith-proxy",
		    "Acquire::http::Proxy \"http://proxy.example.org:3128\";\n"
		    "Acquire::https::Proxy \"http://proxy.example.org:3128\";\n");
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(database_is_dpkgs),
		cmocka_unit_test(recording_door_writes_nothing),
		cmocka_unit_test(wrong_hash_leaves_nothing),
		cmocka_unit_test(no_package_at_all),
		cmocka_unit_test(stays_inside),
		cmocka_unit_test(takes_up_broken_transfers),
		cmocka_unit_test(writes_sources),
		cmocka_unit_test(leaves_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
