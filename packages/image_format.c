#include "packages/image_format.h"

#include "base/util.h"
#include "packages/control.h"
#include "packages/image.h"

#define FRAMES_MAX 262144 /* 1 TiB */

void image_put_u32(struct buf *b, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		buf_addc(b, (char)(value >> (8 * i) & 0xff));
}

uint32_t image_get_u32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

void image_manifest_print(struct image_manifest *m)
{
	auto_argv packages = { 0 };

	buf_addf(&m->text, "Xenith-Image: 1\nBytes: %llu\n", (unsigned long long)m->unpacked_bytes);
	buf_adds(&m->text, "Packages:\n");
	argv_split(&packages, m->packages ? m->packages : "", "\n");
	for (size_t i = 0; i < packages.n; i++)
		buf_addf(&m->text, " %s\n", packages.v[i]);
	buf_adds(&m->text, "Frames:\n");
	for (size_t i = 0; i < m->n; i++)
		buf_addf(&m->text, " %u %u %s\n", m->frames[i].len, m->frames[i].unpacked_len,
			 m->frames[i].sha256);
}

static int parse_frame(struct image_manifest *m, const char *line, uint64_t *offset, struct err *err)
{
	auto_argv w = { 0 };
	uint64_t len, unpacked;
	struct image_frame *f;

	argv_split(&w, line, " ");
	if (w.n != 3 || !str_u64(w.v[0], &len) || !str_u64(w.v[1], &unpacked) ||
	    strlen(w.v[2]) != HASH_HEX_LEN || len > 2 * IMAGE_FRAME_BYTES || unpacked > IMAGE_FRAME_BYTES ||
	    m->n >= FRAMES_MAX)
		return err_set(err, ERR_IMG_FORMAT, "the manifest's line \"%s\" is no frame", line);
	xgrow(&m->frames, &m->cap, m->n, sizeof(*m->frames));
	f = &m->frames[m->n++];
	*f = (struct image_frame){ .offset = *offset,
				   .len = (uint32_t)len,
				   .unpacked_len = (uint32_t)unpacked };
	snprintf(f->sha256, sizeof(f->sha256), "%s", w.v[2]);
	*offset += len;
	m->unpacked_bytes += unpacked;
	return 0;
}

int image_manifest_parse(struct image_manifest *m, uint64_t offset, struct err *err)
{
	const char *text = buf_str(&m->text);
	auto_free char *version = control_field(text, "Xenith-Image");
	auto_free char *bytes = control_field(text, "Bytes");
	auto_free char *frames = control_field(text, "Frames");
	auto_argv lines = { 0 };
	uint64_t wanted;
	int r = 0;

	if (!str_eq(version, "1"))
		return err_set(err, ERR_IMG_FORMAT, "the manifest is of version \"%s\", wanted 1",
			       version ? version : "");
	argv_split(&lines, frames ? frames : "", "\n");
	for (size_t i = 0; i < lines.n && !r; i++)
		r = parse_frame(m, lines.v[i], &offset, err);
	if (r)
		return r;
	if (!m->n || !str_u64(bytes ? bytes : "", &wanted) || wanted != m->unpacked_bytes)
		return err_set(err, ERR_IMG_FORMAT, "the manifest's frames don't add up");
	m->packages = control_field(text, "Packages");
	return 0;
}

void image_manifest_clear(struct image_manifest *m)
{
	buf_clear(&m->text);
	free(m->packages);
	free(m->frames);
	*m = (struct image_manifest){ 0 };
}
