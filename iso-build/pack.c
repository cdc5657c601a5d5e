#include "iso-build/pack.h"

#include <errno.h>
#include <unistd.h>

#include "base/util.h"

/* The kernel's decoders allocate the dictionary, and a machine may have 256 MiB: more than this gains little.
 */
#define DICT_LOG   25
#define DICT_BYTES (1u << DICT_LOG)

static bool put(struct packer *p, const void *data, size_t len)
{
	return !len || write(p->fd, data, len) == (ssize_t)len;
}

static bool pack_xz(struct packer *p, const void *data, size_t len, bool last)
{
	lzma_ret ret = LZMA_OK;

	p->xz.next_in = data;
	p->xz.avail_in = len;
	while (ret == LZMA_OK && (p->xz.avail_in || last)) {
		p->xz.next_out = p->out;
		p->xz.avail_out = sizeof(p->out);
		ret = lzma_code(&p->xz, last ? LZMA_FINISH : LZMA_RUN);
		if (!put(p, p->out, sizeof(p->out) - p->xz.avail_out))
			return false;
	}
	return ret == LZMA_OK || ret == LZMA_STREAM_END;
}

static bool pack_zstd(struct packer *p, const void *data, size_t len, bool last)
{
	ZSTD_inBuffer in = { data, len, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { p->out, sizeof(p->out), 0 };

		left = ZSTD_compressStream2(p->zstd, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left) || !put(p, p->out, out.pos))
			return false;
	} while (last ? left : in.pos < in.size);
	return true;
}

static bool pack(struct packer *p, const void *data, size_t len, bool last)
{
	switch (p->method) {
	case PACK_XZ:
		return pack_xz(p, data, len, last);
	case PACK_ZSTD:
		return pack_zstd(p, data, len, last);
	default:
		return put(p, data, len);
	}
}

static la_ssize_t on_write(struct archive *a, void *arg, const void *data, size_t len)
{
	if (pack(arg, data, len, false))
		return (la_ssize_t)len;
	archive_set_error(a, errno, "cannot compress or write");
	return -1;
}

static int on_close(struct archive *a, void *arg)
{
	if (pack(arg, NULL, 0, true))
		return ARCHIVE_OK;
	archive_set_error(a, errno, "cannot compress or write");
	return ARCHIVE_FATAL;
}

/* The kernel knows no CRC64, which libarchive's own xz writer makes (linux: Documentation/staging/xz.rst). */
static bool open_xz(struct packer *p)
{
	lzma_options_lzma options;
	/* Programs and libraries gain by the filter for x86. */
	lzma_filter filters[] = { { LZMA_FILTER_X86, NULL },
				  { LZMA_FILTER_LZMA2, &options },
				  { LZMA_VLI_UNKNOWN, NULL } };

	if (lzma_lzma_preset(&options, 9 | LZMA_PRESET_EXTREME))
		return false;
	options.dict_size = DICT_BYTES;
	return lzma_stream_encoder(&p->xz, filters, LZMA_CHECK_CRC32) == LZMA_OK;
}

static bool open_zstd(struct packer *p, int level)
{
	p->zstd = ZSTD_createCCtx();
	return p->zstd && !ZSTD_isError(ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, level)) &&
	       !ZSTD_isError(ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_windowLog, DICT_LOG)) &&
	       !ZSTD_isError(ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1));
}

bool pack_open(struct packer *p, struct archive *a, enum pack_method method, int level, int fd)
{
	*p = (struct packer){ .method = method, .fd = fd, .xz = LZMA_STREAM_INIT };
	if ((method == PACK_XZ && !open_xz(p)) || (method == PACK_ZSTD && !open_zstd(p, level))) {
		archive_set_error(a, ENOMEM, "cannot compress");
		return false;
	}
	return archive_write_open2(a, p, NULL, on_write, on_close, NULL) == ARCHIVE_OK;
}

void pack_clear(struct packer *p)
{
	lzma_end(&p->xz);
	ZSTD_freeCCtx(p->zstd);
}
