/* A throw-away Debian archive for tests: packages made with dpkg-deb, indices, and a key to sign them. */
#ifndef TESTS_UNIT_PKG_ARCHIVE_H
#define TESTS_UNIT_PKG_ARCHIVE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/run.h"
#include "base/util.h"
#include "packages/packages.h"

struct archive_dir {
	char *dir;     /* everything is below it */
	char *keyring; /* the key as gpgv reads it */
	char *base;    /* file:// URL */
	struct buf index;
};

__attribute__((unused)) static void archive_tool(struct buf *out, const char *first, ...)
{
	auto_run run = { .out = out, .timeout_s = 60 };
	struct err err = { 0 };
	va_list ap;

	va_start(ap, first);
	for (const char *w = first; w; w = va_arg(ap, const char *))
		argv_add(&run.argv, w);
	va_end(ap);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
}

__attribute__((unused)) static void archive_put(const char *dir, const char *name, mode_t mode,
						const char *text)
{
	auto_free char *path = path_join(dir, name);
	struct err err = { 0 };

	if (file_write(path, text, strlen(text), mode, &err))
		fail_msg("%s", err.msg);
}

/* An empty archive with a new key. */
__attribute__((unused)) static void archive_init(struct archive_dir *a)
{
	auto_free char *home = NULL;

	*a = (struct archive_dir){ .dir = xstrdup("/tmp/xenith-test-archive.XXXXXX") };
	assert_non_null(mkdtemp(a->dir));
	home = path_join(a->dir, "gnupg");
	assert_int_equal(mkdir(home, 0700), 0);
	a->keyring = path_join(a->dir, "keyring.gpg");
	a->base = xasprintf("file://%s/mirror", a->dir);
	archive_tool(NULL, "gpg", "--homedir", home, "--batch", "--quiet", "--passphrase", "",
		     "--quick-gen-key", "Xenith Test <test@example.org>", "ed25519", "sign", "never", NULL);
	archive_tool(NULL, "gpg", "--homedir", home, "--batch", "--quiet", "--output", a->keyring, "--export",
		     NULL);
}

__attribute__((unused)) static void archive_clear(struct archive_dir *a)
{
	auto_free char *home = path_join(a->dir, "gnupg");

	archive_tool(NULL, "gpgconf", "--homedir", home, "--kill", "all", NULL);
	file_remove_tree(a->dir, NULL);
	free(a->dir);
	free(a->keyring);
	free(a->base);
	buf_clear(&a->index);
}

/* The index's paragraph of a package whose file is PATH, or of none (only for resolving). */
__attribute__((unused)) static void archive_list(struct archive_dir *a, const char *control, const char *path,
						 const char *filename)
{
	char hex[HASH_HEX_LEN + 1];
	struct stat st = { 0 };

	if (path) {
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(hash_file(path, hex, NULL), 0);
	} else {
		hash_mem("", 0, hex);
	}
	buf_addf(&a->index, "%sFilename: %s\nSize: %lld\nSHA256: %s\n\n", control, filename,
		 (long long)st.st_size, hex);
}

/* A paragraph of the usual form; fields: further lines, each with its newline. */
__attribute__((unused)) static char *archive_control(const char *name, const char *version,
						     const char *fields)
{
	return xasprintf(
		"Package: %s\nVersion: %s\nArchitecture: amd64\nMaintainer: Test <test@example.org>\n"
		"%sDescription: a test\n",
		name, version, fields);
}

/* List a package without a file. */
__attribute__((unused)) static void archive_add(struct archive_dir *a, const char *name, const char *version,
						const char *fields)
{
	auto_free char *control = archive_control(name, version, fields);
	auto_free char *filename = xasprintf("pool/%s_%s.deb", name, version);

	archive_list(a, control, NULL, filename);
}

/* Write the index and an InRelease with these further fields ("Valid-Until: ...\n"), signed. */
__attribute__((unused)) static void archive_publish(struct archive_dir *a, const char *suite,
						    const char *fields)
{
	auto_free char *home = path_join(a->dir, "gnupg");
	auto_free char *dists = xasprintf("%s/mirror/dists/%s", a->dir, suite);
	auto_free char *release = path_join(dists, "Release");
	auto_free char *inrelease = path_join(dists, "InRelease");
	auto_buf text = { 0 };
	char hex[HASH_HEX_LEN + 1];

	archive_put(dists, "main/binary-amd64/Packages", 0644, buf_str(&a->index));
	hash_mem(buf_str(&a->index), a->index.len, hex);
	buf_addf(&text,
		 "Origin: Test\nSuite: %s\nCodename: %s\n%sSHA256:\n %s %zu main/binary-amd64/Packages\n",
		 suite, suite, fields, hex, a->index.len);
	archive_put(dists, "Release", 0644, buf_str(&text));
	unlink(inrelease);
	archive_tool(NULL, "gpg", "--homedir", home, "--batch", "--quiet", "--output", inrelease,
		     "--clearsign", release, NULL);
}

#endif
