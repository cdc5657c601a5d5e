#include "installer/dialog/upload.h"

#include <curl/curl.h>
#include <openssl/evp.h>

#include "base/argv.h"
#include "base/util.h"
#include "packages/fetch.h"

#define TIMEOUT_S 60L

struct upload {
	struct buf left;
	struct upload_key *see; /* only look */
	const char *fingerprint;
	bool other_key;
};

static size_t give(char *to, size_t size, size_t n, void *arg)
{
	struct upload *u = arg;
	size_t len = MIN(size * n, u->left.len);

	memcpy(to, u->left.data, len);
	u->left.data += len;
	u->left.len -= len;
	return len;
}

bool upload_by_ssh(const char *url)
{
	return str_starts(url, "scp://") || str_starts(url, "sftp://");
}

/* The SHA-256 of the key's blob in base64 without its padding: RFC 4648, as OpenSSH prints it. */
static void fingerprint_of(const struct curl_khkey *key, char ret[64])
{
	unsigned char hash[EVP_MAX_MD_SIZE], blob[8192], text[128];
	const void *data = key->key;
	size_t len = key->len;
	unsigned n = 0;

	if (!len) { /* it is in base64 already (CURLOPT_SSH_KEYFUNCTION(3)) */
		int got = strlen(key->key) / 4 * 3 <= sizeof(blob)
				  ? EVP_DecodeBlock(blob, (const unsigned char *)key->key,
						    (int)strlen(key->key))
				  : 0;

		data = blob;
		len = (size_t)MAX(got, 0);
		for (const char *end = key->key + strlen(key->key); len && end > key->key && end[-1] == '=';
		     end--)
			len--;
	}
	EVP_Digest(data, len, hash, &n, EVP_sha256(), NULL);
	EVP_EncodeBlock(text, hash, (int)n);
	snprintf(ret, 64, "SHA256:%.43s", (const char *)text);
}

static const char *type_of(const struct curl_khkey *key)
{
	static const struct {
		enum curl_khtype type;
		const char *name;
	} types[] = { { CURLKHTYPE_RSA, "RSA" },
		      { CURLKHTYPE_DSS, "DSA" },
		      { CURLKHTYPE_ECDSA, "ECDSA" },
		      { CURLKHTYPE_ED25519, "ED25519" } };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == key->keytype)
			return types[i].name;
	return "unknown";
}

/* Called before the user's name or anything else is sent. */
static int judge(CURL *curl, const struct curl_khkey *known, const struct curl_khkey *found,
		 enum curl_khmatch match, void *arg)
{
	struct upload *u = arg;
	char fingerprint[64];

	(void)curl, (void)known;
	fingerprint_of(found, fingerprint);
	if (u->see) {
		memcpy(u->see->fingerprint, fingerprint, sizeof(fingerprint));
		u->see->type = type_of(found);
		u->see->is = match == CURLKHMATCH_OK         ? UPLOAD_KEY_KNOWN
			     : match == CURLKHMATCH_MISMATCH ? UPLOAD_KEY_CHANGED
							     : UPLOAD_KEY_NEW;
		return CURLKHSTAT_REJECT;
	}
	if (str_eq(fingerprint, u->fingerprint))
		return CURLKHSTAT_FINE;
	u->other_key = true;
	return CURLKHSTAT_REJECT;
}

static CURLcode perform(CURL *curl, const char *url, const char *password, const char *known_hosts,
			struct upload *u, char why[CURL_ERROR_SIZE])
{
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,scp,sftp");
	if (*password)
		curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
	if (upload_by_ssh(url)) {
		/* Without a file libcurl would take any key, and not call. */
		curl_easy_setopt(curl, CURLOPT_SSH_KNOWNHOSTS, known_hosts ? known_hosts : "/dev/null");
		curl_easy_setopt(curl, CURLOPT_SSH_KEYFUNCTION, judge);
		curl_easy_setopt(curl, CURLOPT_SSH_KEYDATA, u);
	}
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(curl, CURLOPT_READDATA, u);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)u->left.len);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	return curl_easy_perform(curl);
}

static int upload(const char *url, const char *password, const char *known_hosts, struct upload *u,
		  struct err *err)
{
	auto_free char *shown = fetch_url_masked(url);
	char why[CURL_ERROR_SIZE] = "";
	CURL *curl = curl_easy_init();
	CURLcode code;

	if (!curl)
		return err_set(err, ERR_SYS, "cannot save: no libcurl");
	code = perform(curl, url, password, known_hosts, u, why);
	curl_easy_cleanup(curl);
	if (code == CURLE_OK || (u->see && u->see->type))
		return 0;
	if (u->other_key)
		return err_set(
			err, ERR_RUN_HOSTKEY,
			"cannot save to %s: the server has another host key now than %s; nothing was sent",
			shown, u->fingerprint);
	return err_set(err, ERR_FETCH, "cannot save to %s: %s", shown, *why ? why : curl_easy_strerror(code));
}

int upload_see_key(const char *url, const char *known_hosts, struct upload_key *ret, struct err *err)
{
	struct upload u = { .see = ret };

	*ret = (struct upload_key){ 0 };
	return upload(url, "", known_hosts, &u, err);
}

int upload_key_check(const char *url, const struct upload_key *key, const char *given, bool *ret_sure,
		     struct err *err)
{
	auto_free char *shown = fetch_url_masked(url);
	auto_argv want = { 0 };

	argv_split(&want, given ? given : "", ",");
	*ret_sure = want.n ? argv_has(&want, key->fingerprint) : key->is == UPLOAD_KEY_KNOWN;
	if (*ret_sure || (!want.n && key->is == UPLOAD_KEY_NEW))
		return 0;
	return err_set(err, ERR_RUN_HOSTKEY,
		       "cannot save to %s: the server's host key is %s (%s), not %s; nothing was sent", shown,
		       key->fingerprint, key->type, want.n ? given : "the one in known_hosts");
}

int upload_put(const char *url, const char *password, const char *fingerprint, const struct buf *text,
	       struct err *err)
{
	struct upload u = { .left = *text, .fingerprint = fingerprint };

	return upload(url, password, NULL, &u, err);
}
