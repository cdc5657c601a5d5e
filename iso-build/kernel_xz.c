#include "iso-build/kernel_xz.h"

#include <lzma.h>

#include "base/util.h"

#define DICT_MAX   (4u << 20)
#define MEMORY_MAX (128u << 20)

static uint32_t dict_bytes(size_t len)
{
	uint32_t n = LZMA_DICT_SIZE_MIN;

	while (n < len && n < DICT_MAX)
		n *= 2;
	return n;
}

int kernel_xz_pack(const struct buf *in, struct buf *out, struct err *err)
{
	lzma_options_lzma options;
	lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &options }, { LZMA_VLI_UNKNOWN, NULL } };
	size_t max = lzma_stream_buffer_bound(in->len), n = 0;
	uint8_t *to = (uint8_t *)buf_room(out, max);
	bool ok = !lzma_lzma_preset(&options, LZMA_PRESET_DEFAULT);

	options.dict_size = dict_bytes(in->len);
	ok = ok && lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32, NULL, (const uint8_t *)in->data,
					     in->len, to, &n, max) == LZMA_OK;
	if (!ok)
		return err_set(err, ERR_SYS, "liblzma cannot compress");
	buf_used(out, n);
	return 0;
}

int kernel_xz_unpack(const struct buf *in, struct buf *out, struct err *err)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret ret = lzma_stream_decoder(&s, MEMORY_MAX, LZMA_CONCATENATED);

	s.next_in = (const uint8_t *)in->data;
	s.avail_in = in->len;
	while (ret == LZMA_OK) {
		size_t room = 1u << 20;

		s.next_out = (uint8_t *)buf_room(out, room);
		s.avail_out = room;
		ret = lzma_code(&s, LZMA_FINISH);
		buf_used(out, room - s.avail_out);
	}
	lzma_end(&s);
	return ret == LZMA_STREAM_END ? 0 : err_set(err, ERR_INPUT, "no sound xz file");
}
