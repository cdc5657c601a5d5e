#include <ctype.h>

#include "base/util.h"
#include "packages/fetch.h"
#include "packages/image_priv.h"
#include "packages/release.h"

#define FIRST_BYTES 65536ull
#define HEAD_MAX    (32ull << 20)

static int fetch_head(const struct image *image, uint64_t len, struct buf *ret, struct err *err)
{
	struct fetch_opts opts = { .proxy = image->proxy, .insecure = image->insecure, .first_bytes = len };

	return fetch_to_buf(image->url, &opts, image->log, ret, err);
}

/* The skippable frame at *at: its content goes to ret. Returns false if it isn't of that kind or isn't whole;
 * *need is then how much of the file is wanted to tell. */
static bool take_skippable(const struct buf *file, uint64_t *at, uint32_t magic, struct buf *ret,
			   uint64_t *need)
{
	uint64_t len;

	*need = *at + IMAGE_SKIP_HEAD;
	if (file->len < *need || image_get_u32(file->data + *at) != magic)
		return false;
	len = image_get_u32(file->data + *at + 4);
	*need += len;
	if (file->len < *need)
		return false;
	buf_add(ret, file->data + *at + IMAGE_SKIP_HEAD, len);
	*at = *need;
	return true;
}

/* Both parts of the head, fetching more of the file while it turns out to be longer. */
static int read_head(struct image *image, struct buf *signature, struct err *err)
{
	uint64_t need = FIRST_BYTES;

	for (;;) {
		uint64_t at = 0, more = 0;
		int r = fetch_head(image, need, &image->head, err);
		bool whole;

		if (r)
			return r;
		image->manifest.text.len = signature->len = 0;
		whole = take_skippable(&image->head, &at, IMAGE_MAGIC_MANIFEST, &image->manifest.text, &more);
		/* A frame that is there and of another kind: not signed. */
		if (whole)
			whole = take_skippable(&image->head, &at, IMAGE_MAGIC_SIGNATURE, signature, &more) ||
				(more == at + IMAGE_SKIP_HEAD && image->head.len >= more);
		if (whole) {
			image->head.len = at;
			return 0;
		}
		if (more <= need || more > HEAD_MAX || image->head.len < need)
			return err_set(err, ERR_IMG_FORMAT, "%s: is no image that xenith image build made",
				       image->shown);
		need = more + FIRST_BYTES;
	}
}

/* sha256:HEX or HEX, in lower case. free(3); NULL if it is no checksum. */
static char *checksum_hex(const char *s)
{
	char *hex = xstrdup(str_starts(s, "sha256:") ? s + strlen("sha256:") : s);

	for (char *p = hex; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	if (strlen(hex) == HASH_HEX_LEN && strspn(hex, "0123456789abcdef") == HASH_HEX_LEN)
		return hex;
	free(hex);
	return NULL;
}

static int check(struct image *image, const struct image_source *source, const struct buf *signature,
		 struct err *err)
{
	char found[HASH_HEX_LEN + 1];
	auto_free char *wanted = source->checksum ? checksum_hex(source->checksum) : NULL;

	if (source->checksum && !wanted)
		return err_set(err, ERR_IMG_URL, "%s: checksum \"%s\" is no SHA-256 of 64 hex digits",
			       image->shown, source->checksum);
	if (!source->checksum && !source->keyring)
		return err_set(err, ERR_IMG_URL,
			       "%s: nothing says which image is meant: give its checksum (xenith image build "
			       "printed it)",
			       image->shown);
	if (source->keyring) {
		if (!signature->len)
			return err_set(err, ERR_SRC_SIGNATURE, "%s: is not signed", image->shown);
		if (release_verify_detached(&image->manifest.text, signature, source->keyring, image->log,
					    err))
			return err_wrap(err, "%s", image->shown);
	}
	hash_mem(buf_str(&image->manifest.text), image->manifest.text.len, found);
	/* Else it is the whole file's, which only its last byte can show. */
	if (wanted && !str_eq(wanted, found))
		image->file_checksum = TAKE(wanted);
	return 0;
}

int image_open(const struct image_source *source, struct log *log, struct image **ret, struct err *err)
{
	struct image *image = xcalloc(1, sizeof(*image));
	auto_buf signature = { 0 };
	int r;

	*image = (struct image){ .url = xstrdup(source->url),
				 .shown = fetch_url_masked(source->url),
				 .proxy = source->proxy ? xstrdup(source->proxy) : NULL,
				 .insecure = source->insecure,
				 .log = log };
	r = read_head(image, &signature, err);
	if (!r)
		r = check(image, source, &signature, err);
	if (!r && image_manifest_parse(&image->manifest, image->head.len, err))
		r = err_wrap(err, "%s", image->shown);
	if (r)
		image_free(image);
	else
		*ret = image;
	return r;
}

void image_free(struct image *image)
{
	if (!image)
		return;
	free(image->url);
	free(image->shown);
	free(image->proxy);
	free(image->file_checksum);
	buf_clear(&image->head);
	image_manifest_clear(&image->manifest);
	free(image);
}

bool image_has_package(const struct image *image, const char *name)
{
	const char *p = image->manifest.packages;
	size_t len = strlen(name);

	while (p && *p) {
		p += strspn(p, " ");
		if (!strncmp(p, name, len) && p[len] == ' ')
			return true;
		p = strchr(p, '\n');
		p += p ? 1 : 0;
	}
	return false;
}

size_t image_n_packages(const struct image *image)
{
	size_t n = 0;

	for (const char *p = image->manifest.packages; p && *p; p = strchr(p, '\n'), p += p ? 1 : 0)
		n++;
	return n;
}

uint64_t image_bytes(const struct image *image)
{
	const struct image_frame *last = &image->manifest.frames[image->manifest.n - 1];

	return last->offset + last->len;
}

uint64_t image_unpacked_bytes(const struct image *image)
{
	return image->manifest.unpacked_bytes;
}
