#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>

#include "base/util.h"

struct hash {
	EVP_MD_CTX *ctx;
};

static void restart(struct hash *h)
{
	if (!EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL))
		abort();
}

struct hash *hash_new(void)
{
	struct hash *h = xcalloc(1, sizeof(*h));

	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx)
		abort();
	restart(h);
	return h;
}

void hash_free(struct hash *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

void hash_add(struct hash *h, const void *data, size_t len)
{
	if (!EVP_DigestUpdate(h->ctx, data, len))
		abort();
}

void hash_hex(struct hash *h, char hex[HASH_HEX_LEN + 1])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int len;

	if (!EVP_DigestFinal_ex(h->ctx, md, &len) || len != HASH_HEX_LEN / 2)
		abort();
	for (unsigned i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", md[i]);
	restart(h);
}

void hash_mem(const void *data, size_t len, char hex[HASH_HEX_LEN + 1])
{
	struct hash *h = hash_new();

	hash_add(h, data, len);
	hash_hex(h, hex);
	hash_free(h);
}

int hash_file(const char *path, char hex[HASH_HEX_LEN + 1], struct err *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct hash *h;
	char data[65536];
	ssize_t n;

	if (fd < 0)
		return err_sys(err, "cannot open %s", path);
	h = hash_new();
	while ((n = read(fd, data, sizeof(data))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			hash_add(h, data, (size_t)n);
	if (n == 0)
		hash_hex(h, hex);
	hash_free(h);
	return n < 0 ? err_sys(err, "cannot read %s", path) : 0;
}
