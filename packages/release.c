#include "packages/release.h"

#include <ctype.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/run.h"
#include "base/util.h"
#include "packages/control.h"
#include "packages/fetch.h"
#include "packages/minisign.h"

#define DEFAULT_KEYRING   "/usr/share/keyrings/debian-archive-keyring.gpg"
#define RELEASE_MAX_BYTES (4u << 20)
#define GPGV_TIMEOUT_S    60
#define DAY_S             86400

void release_clear(struct release *release)
{
	buf_clear(&release->text);
	buf_clear(&release->file);
}

/* OpenPGP hash algorithm numbers (RFC 9580, 9.5) that no longer prove anything: MD5, SHA-1, RIPEMD-160. */
static bool is_weak_hash(const char *algorithm)
{
	return str_eq(algorithm, "1") || str_eq(algorithm, "2") || str_eq(algorithm, "3");
}

static int future_error(int64_t signed_s, struct err *err)
{
	time_t then = (time_t)signed_s, now = time(NULL);
	char signed_at[32], clock[32];
	struct tm tm;

	strftime(signed_at, sizeof(signed_at), "%Y-%m-%d", gmtime_r(&then, &tm));
	strftime(clock, sizeof(clock), "%Y-%m-%d", gmtime_r(&now, &tm));
	return err_set(err, ERR_SRC_CLOCK, "signed on %s, but this machine's clock says %s: set the clock",
		       signed_at, clock);
}

/*
 * Judge gpgv's status lines (doc/DETAILS in GnuPG). The exit status is of no use: it is a failure as soon as
 * one of several signatures is by a key that isn't in the keyring.
 */
static int judge(const char *status, const char *keyring, struct err *err)
{
	auto_argv lines = { 0 };
	auto_argv unknown = { 0 };
	size_t valid = 0;
	int64_t future_s = 0;
	uint64_t made_s;

	argv_split(&lines, status, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		auto_argv w = { 0 };

		argv_split(&w, lines.v[i], " ");
		if (w.n < 3 || !str_eq(w.v[0], "[GNUPG:]"))
			continue;
		if (str_eq(w.v[1], "BADSIG"))
			return err_set(err, ERR_SRC_SIGNATURE,
				       "bad signature by key %s: the file was changed on its way", w.v[2]);
		if (str_eq(w.v[1], "NO_PUBKEY") || str_eq(w.v[1], "EXPKEYSIG") ||
		    str_eq(w.v[1], "REVKEYSIG") || str_eq(w.v[1], "EXPSIG"))
			argv_addf(&unknown, "%s %s", w.v[1], w.v[2]);
		/* ERRSIG keyid pubkey-algo hash-algo class time: one that gpgv can't check, because the key
		 * is younger than its clock, say. */
		if (str_eq(w.v[1], "ERRSIG") && w.n > 6 && str_u64(w.v[6], &made_s) &&
		    (int64_t)made_s > (int64_t)time(NULL) + DAY_S)
			future_s = MAX(future_s, (int64_t)made_s);
		/* VALIDSIG fpr date time expiry version reserved pubkey-algo hash-algo class primary: also
		 * follows EXPKEYSIG and its like, which the GOODSIG before a good one tells apart. */
		if (str_eq(w.v[1], "VALIDSIG") && w.n > 9 && !is_weak_hash(w.v[9]) && i > 0) {
			bool good = false;

			for (size_t k = i; k-- > 0 && !strstr(lines.v[k], " NEWSIG");)
				good |= strstr(lines.v[k], "] GOODSIG ") != NULL;
			valid += good;
		}
	}
	if (valid)
		return 0;
	if (future_s)
		return future_error(future_s, err);
	if (unknown.n) {
		auto_buf b = { 0 };

		argv_quote(&unknown, &b);
		return err_set(err, ERR_SRC_SIGNATURE, "no signature by a key of %s (%s)", keyring,
			       buf_str(&b));
	}
	return err_set(err, ERR_SRC_SIGNATURE, "not signed (no signature that gpgv understands)");
}

/* one and two: the file for the signed text and the signed file; detached: the signature and the text. */
static int run_gpgv(const char *dir, const char *keyring, bool detached, const char *one, const char *two,
		    struct log *log, struct err *err)
{
	auto_buf status = { 0 };
	auto_run run = { .out = &status, .log = log, .timeout_s = GPGV_TIMEOUT_S };
	struct err failed = { 0 };
	int r;

	argv_addl(&run.argv, "gpgv", "--homedir", dir, "--status-fd", "1", "--keyring", keyring, NULL);
	if (!detached)
		argv_add(&run.argv, "--output");
	argv_addl(&run.argv, one, two, NULL);
	r = run_argv(&run, &failed);
	if (r && !strstr(buf_str(&status), "[GNUPG:]"))
		return err_copy(err, &failed);
	return judge(buf_str(&status), keyring, err);
}

static int verify_in(const char *dir, const char *text, size_t len, const char *keyring, struct log *log,
		     struct buf *ret, struct err *err)
{
	auto_free char *in = path_join(dir, "InRelease");
	auto_free char *out = path_join(dir, "Release");
	int r = file_write(in, text, len, 0600, err);

	if (!r)
		r = run_gpgv(dir, keyring, false, out, in, log, err);
	return r ? r : file_read(out, ret, err);
}

static int verify_detached_in(const char *dir, const struct buf *text, const struct buf *signature,
			      const char *keyring, struct log *log, struct err *err)
{
	auto_free char *text_path = path_join(dir, "text");
	auto_free char *signature_path = path_join(dir, "signature");
	int r = file_write(text_path, buf_str(text), text->len, 0600, err);

	if (!r)
		r = file_write(signature_path, buf_str(signature), signature->len, 0600, err);
	return r ? r : run_gpgv(dir, keyring, true, signature_path, text_path, log, err);
}

/* A folder for gpgv's files; the keyring must be there. */
static int gpgv_folder(const char *keyring, char **ret, struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	auto_free char *dir = path_join(tmp ? tmp : "/tmp", "xenith-release.XXXXXX");

	if (!file_exists(keyring))
		return err_set(err, ERR_SRC_KEYRING,
			       "no keyring %s: install debian-archive-keyring, or name another keyring",
			       keyring);
	if (!mkdtemp(dir))
		return err_sys(err, "cannot make the folder %s", dir);
	*ret = TAKE(dir);
	return 0;
}

int release_verify_detached(const struct buf *text, const struct buf *signature, const char *keyring,
			    struct log *log, struct err *err)
{
	auto_free char *dir = NULL;
	auto_buf keys = { 0 };
	int r;

	if (!file_read(keyring, &keys, NULL) && minisign_is(&keys))
		return minisign_verify(text, signature, &keys, keyring, log, err);
	r = gpgv_folder(keyring, &dir, err);
	if (r)
		return r;
	r = verify_detached_in(dir, text, signature, keyring, log, err);
	file_remove_tree(dir, NULL);
	return r;
}

int release_verify(const char *text, size_t len, const char *keyring, struct log *log, struct buf *ret,
		   struct err *err)
{
	auto_free char *dir = NULL;
	int r;

	keyring = keyring ? keyring : DEFAULT_KEYRING;
	r = gpgv_folder(keyring, &dir, err);
	if (r)
		return r;
	r = verify_in(dir, text, len, keyring, log, ret, err);
	file_remove_tree(dir, NULL);
	return r;
}

/* "Sat, 12 Sep 2026 07:55:41 UTC"; -1 if it isn't such a date. */
static int64_t parse_date(const char *s)
{
	struct tm tm = { 0 };
	const char *end = s ? strptime(s, "%a, %d %b %Y %H:%M:%S", &tm) : NULL;

	return end ? (int64_t)timegm(&tm) : -1;
}

int release_check(const char *text, const char *suite, int64_t now, bool ages, struct err *err)
{
	auto_free char *until = control_field(text, "Valid-Until");
	auto_free char *date = control_field(text, "Date");
	auto_free char *its_suite = control_field(text, "Suite");
	auto_free char *codename = control_field(text, "Codename");
	int64_t until_s = parse_date(until), date_s = parse_date(date);

	if (!str_eq(its_suite, suite) && !str_eq(codename, suite))
		return err_set(err, ERR_SRC_SUITE, "is for the suite \"%s\" (%s), wanted \"%s\"",
			       its_suite ? its_suite : "", codename ? codename : "no codename", suite);
	if (until && until_s < 0)
		return err_set(err, ERR_SRC_INDEX, "Valid-Until: \"%s\" is no date", until);
	if (ages && until && now > until_s)
		return err_set(
			err, ERR_SRC_EXPIRED,
			"expired: valid until %s; use a mirror that is up to date, and check this clock",
			until);
	if (date_s >= 0 && now + DAY_S < date_s)
		return err_set(err, ERR_SRC_CLOCK, "is from %s, in the future: this machine's clock is wrong",
			       date);
	return 0;
}

static int fetch_from(const char *base, const struct pkg_request *req, const struct pkg_source *source,
		      struct log *log, struct release *ret, struct err *err)
{
	auto_free char *url = xasprintf("%s/dists/%s/InRelease", base, source->suite);
	auto_free char *shown = fetch_url_masked(url);
	struct fetch_opts opts = { .proxy = req->proxy, .max_bytes = RELEASE_MAX_BYTES };
	auto_buf in = { 0 };
	auto_buf text = { 0 };
	int r = fetch_to_buf(url, &opts, log, &in, err);

	if (r)
		return r;
	r = release_verify(buf_str(&in), in.len, req->keyring, log, &text, err);
	if (!r)
		r = release_check(buf_str(&text), source->suite, (int64_t)time(NULL), !source->medium, err);
	if (r)
		return err_wrap(err, "%s", shown);
	ret->by_hash = control_field_has(buf_str(&text), "Acquire-By-Hash", "yes");
	ret->text = text;
	text = (struct buf){ 0 };
	ret->file = in;
	in = (struct buf){ 0 };
	return 0;
}

/* One that is expired or can't be reached is no reason to give up, while another mirror has a good one. */
int release_fetch(const struct pkg_request *req, const struct pkg_source *source, struct log *log,
		  struct release *ret, struct err *err)
{
	int r = fetch_from(source->base, req, source, log, ret, err);

	for (size_t i = 0; i < source->mirrors.n && r; i++) {
		struct err other = { 0 };

		log_printf(log, "%s; trying %s", err->msg, source->mirrors.v[i]);
		if (!fetch_from(source->mirrors.v[i], req, source, log, ret, &other))
			return 0;
	}
	return r;
}

bool release_find(const struct release *release, const char *path, char hex[HASH_HEX_LEN + 1],
		  uint64_t *size_bytes)
{
	const char *p = strstr(buf_str(&release->text), "\nSHA256:");

	for (p = p ? strchr(p + 1, '\n') : NULL; p && p[1] == ' '; p = strchr(p + 1, '\n')) {
		auto_free char *line = xstrndup(p + 1, strcspn(p + 1, "\n"));
		auto_argv w = { 0 };

		argv_split(&w, line, " \t");
		if (w.n != 3 || !str_eq(w.v[2], path) || strlen(w.v[0]) != HASH_HEX_LEN)
			continue;
		snprintf(hex, HASH_HEX_LEN + 1, "%s", w.v[0]);
		return str_u64(w.v[1], size_bytes);
	}
	return false;
}
