#include "template/hash.h"

#include <crypt.h>

#include "base/util.h"

static const struct {
	const char *name, *prefix;
} methods[] = {
	[TMPL_HASH_YESCRYPT] = { "yescrypt", "$y$" },
	[TMPL_HASH_SHA512] = { "sha512", "$6$" },
	[TMPL_HASH_MD5] = { "md5", "$1$" },
};

enum tmpl_hash_method tmpl_hash_find(const char *name)
{
	for (size_t i = TMPL_HASH_NONE + 1; i < ARRAY_SIZE(methods); i++)
		if (strcmp(methods[i].name, name) == 0)
			return (enum tmpl_hash_method)i;
	return TMPL_HASH_NONE;
}

static bool is_hash(const char *s)
{
	int salt = *s == '$' ? crypt_checksalt(s) : CRYPT_SALT_INVALID;
	const char *last = strrchr(s, '$');

	return salt != CRYPT_SALT_INVALID && strlen(last) > 20;
}

int tmpl_hash(struct tmpl_hasher *h, enum tmpl_hash_method method, const char *plain, struct buf *ret,
	      struct err *err)
{
	const char *known = json_string_value(json_object_get(h->known[method], plain)), *hash = NULL;
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
	salt = crypt_gensalt_ra(methods[method].prefix, 0, NULL, 0);
	if (salt)
		hash = crypt_ra(plain, salt, &scratch, &size);
	if (hash) {
		buf_adds(ret, hash);
		if (!h->known[method])
			h->known[method] = json_object();
		json_object_set_new(h->known[method], plain, json_string(hash));
	}
	if (scratch)
		explicit_bzero(scratch, (size_t)size);
	return hash ? 0 : err_set(err, ERR_INPUT, "cannot be hashed with %s", methods[method].name);
}

void tmpl_hasher_clear(struct tmpl_hasher *hasher)
{
	for (size_t i = 0; i < TMPL_HASH_COUNT; i++)
		json_decref(hasher->known[i]);
	*hasher = (struct tmpl_hasher){ 0 };
}
