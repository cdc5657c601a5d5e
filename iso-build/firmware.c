#include "iso-build/firmware.h"

#include <lzma.h>

#include "base/file.h"
#include "base/util.h"

static const char *const folders[] = { "usr/lib/firmware", "lib/firmware" };

/* The kernel's decoder knows no CRC64. */
static int compress_xz(const struct buf *in, struct buf *out, struct err *err)
{
	size_t max = lzma_stream_buffer_bound(in->len), n = 0;
	uint8_t *to = (uint8_t *)buf_room(out, max);

	if (lzma_easy_buffer_encode(9 | LZMA_PRESET_EXTREME, LZMA_CHECK_CRC32, NULL,
				    (const uint8_t *)in->data, in->len, to, &n, max) != LZMA_OK)
		return err_set(err, ERR_SYS, "liblzma cannot compress");
	out->len = n;
	return 0;
}

static int copy_one(const char *from, const char *to, struct door *door, struct err *err)
{
	auto_buf data = { 0 };
	auto_buf packed = { 0 };
	int r = file_read(from, &data, err);

	if (!r)
		r = compress_xz(&data, &packed, err);
	return r ? r : door_write(door, to, packed.data, packed.len, 0644, err);
}

int firmware_copy(struct argv *names, const char *parts, const char *dir, struct door *door, struct err *err)
{
	size_t copied = 0;
	int r = 0;

	argv_sort_unique(names);
	for (size_t i = 0; !r && i < names->n; i++) {
		auto_free char *to = xasprintf("%s/usr/lib/firmware/%s.xz", dir, names->v[i]);
		bool found = false;

		for (size_t j = 0; !r && !found && j < ARRAY_SIZE(folders); j++) {
			auto_free char *from = xasprintf("%s/%s/%s", parts, folders[j], names->v[i]);

			found = file_exists(from);
			if (found)
				r = copy_one(from, to, door, err);
		}
		copied += found;
		if (!found)
			log_printf(door->log, "no package has the firmware %s", names->v[i]);
	}
	log_printf(door->log, "%zu of %zu firmware files", copied, names->n);
	if (!r && !copied)
		r = err_set(err, ERR_ISO_PARTS,
			    "%s holds no firmware that the drivers ask for: unpack firmware-bnx2, "
			    "firmware-qlogic and "
			    "others of non-free-firmware there, or name a mirror",
			    parts);
	return r;
}
