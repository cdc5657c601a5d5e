#include "guest/lvm_report.h"

#include "base/buf.h"
#include "base/util.h"

const json_t *lvm_rows(const json_t *report, const char *kind)
{
	return json_object_get(json_array_get(json_object_get(report, "report"), 0), kind);
}

const char *lvm_field(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));

	return s ? s : "";
}

static void add_name(struct buf *b, const char *name)
{
	for (; *name; name++) {
		if (*name == '-')
			buf_addc(b, '-');
		buf_addc(b, *name);
	}
}

char *lvm_map_path(const char *vg, const char *lv)
{
	auto_buf b = { 0 };

	buf_adds(&b, "/dev/mapper/");
	add_name(&b, vg);
	buf_addc(&b, '-');
	add_name(&b, lv);
	return xstrdup(buf_str(&b));
}
