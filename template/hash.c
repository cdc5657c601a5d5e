#include "template/hash.h"

#include <crypt.h>

#include "base/util.h"

static const struct {
	const char *name, *prefix;
} methods[] = {
	[TMPL_HASH_YESCRYPT] = { "yescrypt", "$y$" },
	[TMPL_HASH_SHA512] = { "sha512", "$6$" },
};

static bool is_hash(const char *s)
{
	int salt = *s == '$' ? crypt_checksalt(s) : CRYPT_SALT_INVALID;
	const char *last = strrchr(s, '$');

	return salt != CRYPT_SALT_INVALID && strlen(last) > 20;
}

int tmpl_hash(void *arg, const char *plain, struct buf *ret, struct err *err)
{
	struct tmpl_hasher *h = arg;
	const char *known = json_string_value(json_object_get(h->known, plain)), *hash = NULL;
	auto_free char *salt = NULL;
	auto_free void *scratch = NULL;
	int size = 0;

	if (known || is_hash(plain)) {
		buf_adds(ret, known ? known : plain);
		return 0;
	}
	if (!*plain)
		return err_set(err, ERR_INPUT, "an empty password");
	if (strlen(plain) >= CRYPT_MAX_PASSPHRASE_SIZE)
		return err_set(err, ERR_INPUT, "a password of more than %d bytes",
			       CRYPT_MAX_PASSPHRASE_SIZE - 1);
	salt = crypt_gensalt_ra(methods[h->method].prefix, 0, NULL, 0);
	if (salt)
		hash = crypt_ra(plain, salt, &scratch, &size);
	if (hash) {
		buf_adds(ret, hash);
		if (!h->known)
			h->known = json_object();
		json_object_set_new(h->known, plain, json_string(hash));
	}
	if (scratch)
		explicit_bzero(scratch, (size_t)size);
	return buf_str(ret)[0] ? 0
			       : err_set(err, ERR_INPUT, "cannot be hashed with %s", methods[h->method].name);
}

void tmpl_hasher_clear(struct tmpl_hasher *hasher)
{
	json_decref(hasher->known);
	hasher->known = NULL;
}
