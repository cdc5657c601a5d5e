#include "packages/minisign.h"

#include <openssl/evp.h>

#include "base/argv.h"
#include "base/util.h"

/* The files' format: https://jedisct1.github.io/minisign/#signature-format */
#define COMMENT   "untrusted comment:"
#define TRUSTED   "trusted comment: "
#define ID_LEN    8
#define KEY_LEN   32
#define SIG_LEN   64
#define HASH_LEN  64
#define LINE_LEN  104 /* of base64, at most */
#define MAX_LINES 4

/* A line of base64 that holds algorithm, key's number and a key or a signature. */
struct piece {
	unsigned char algorithm[2], id[ID_LEN], data[SIG_LEN];
};

bool minisign_is(const struct buf *file)
{
	return str_starts(buf_str(file), COMMENT);
}

/* A line of base64 (RFC 4648) that is exactly len bytes; false: it isn't. */
static bool decode(const char *line, unsigned char *ret, size_t len)
{
	unsigned char bytes[LINE_LEN / 4 * 3];
	size_t chars = strlen(line), padding = chars - strcspn(line, "=");

	if (chars > LINE_LEN || chars != (len + 2) / 3 * 4 || padding != (3 - len % 3) % 3 ||
	    EVP_DecodeBlock(bytes, (const unsigned char *)line, (int)chars) < 0)
		return false;
	memcpy(ret, bytes, len);
	return true;
}

static bool read_piece(const char *line, size_t data_len, struct piece *ret)
{
	unsigned char bytes[sizeof(*ret)];

	if (!decode(line, bytes, sizeof(ret->algorithm) + ID_LEN + data_len))
		return false;
	memcpy(ret->algorithm, bytes, sizeof(ret->algorithm));
	memcpy(ret->id, bytes + sizeof(ret->algorithm), ID_LEN);
	memcpy(ret->data, bytes + sizeof(ret->algorithm) + ID_LEN, data_len);
	return true;
}

static bool read_key(const char *line, struct piece *ret)
{
	return read_piece(line, KEY_LEN, ret) && memcmp(ret->algorithm, "Ed", 2) == 0;
}

int minisign_check_keys(const struct buf *keys, const char *name, struct err *err)
{
	auto_argv lines = { 0 };
	struct piece key;
	size_t n = 0;

	argv_split(&lines, buf_str(keys), "\r\n");
	for (size_t i = 0; i < lines.n; i++) {
		if (str_starts(lines.v[i], COMMENT))
			continue;
		if (!read_key(lines.v[i], &key))
			return err_set(err, ERR_ISO_KEYS, "%s:%zu: is no public key of minisign", name,
				       i + 1);
		n++;
	}
	return n ? 0 : err_set(err, ERR_ISO_KEYS, "%s: holds no public key of minisign", name);
}

/* The key of that number; false: there is none. */
static bool find_key(const struct buf *keys, const unsigned char id[ID_LEN], struct piece *ret)
{
	auto_argv lines = { 0 };

	argv_split(&lines, buf_str(keys), "\r\n");
	for (size_t i = 0; i < lines.n; i++)
		if (!str_starts(lines.v[i], COMMENT) && read_key(lines.v[i], ret) &&
		    memcmp(ret->id, id, ID_LEN) == 0)
			return true;
	return false;
}

static bool is_signed(const struct piece *key, const unsigned char signature[SIG_LEN], const void *data,
		      size_t len)
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->data, KEY_LEN);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ret = pkey && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
		   EVP_DigestVerify(ctx, signature, SIG_LEN, data, len) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return ret;
}

static bool text_is_signed(const struct piece *key, const struct piece *s, const struct buf *text)
{
	unsigned char hash[HASH_LEN];
	unsigned int len = 0;

	if (memcmp(s->algorithm, "Ed", 2) == 0)
		return is_signed(key, s->data, buf_str(text), text->len);
	return memcmp(s->algorithm, "ED", 2) == 0 &&
	       EVP_Digest(buf_str(text), text->len, hash, &len, EVP_blake2b512(), NULL) == 1 &&
	       len == HASH_LEN && is_signed(key, s->data, hash, len);
}

/* The signature and its comment are signed together. */
static bool comment_is_signed(const struct piece *key, const struct piece *s, const char *comment,
			      const unsigned char signature[SIG_LEN])
{
	auto_buf both = { 0 };

	buf_add(&both, s->data, SIG_LEN);
	buf_adds(&both, comment);
	return is_signed(key, signature, both.data, both.len);
}

int minisign_verify(const struct buf *text, const struct buf *signature, const struct buf *keys,
		    const char *keys_name, struct log *log, struct err *err)
{
	unsigned char global[SIG_LEN];
	auto_argv lines = { 0 };
	const char *comment;
	struct piece s, key;

	argv_split(&lines, buf_str(signature), "\r\n");
	if (lines.n != MAX_LINES || !str_starts(lines.v[0], COMMENT) ||
	    !read_piece(lines.v[1], SIG_LEN, &s) || !str_starts(lines.v[2], TRUSTED) ||
	    !decode(lines.v[3], global, SIG_LEN))
		return err_set(err, ERR_SRC_SIGNATURE,
			       "not signed: what is beside it is no signature of minisign");
	comment = lines.v[2] + strlen(TRUSTED);
	if (!find_key(keys, s.id, &key))
		return err_set(err, ERR_SRC_SIGNATURE, "no signature by a key of %s", keys_name);
	if (!text_is_signed(&key, &s, text))
		return err_set(err, ERR_SRC_SIGNATURE, "bad signature: the file was changed on its way");
	if (!comment_is_signed(&key, &s, comment, global))
		return err_set(err, ERR_SRC_SIGNATURE, "bad signature: its trusted comment was changed");
	log_printf(log, "signed: %s", comment);
	return 0;
}
