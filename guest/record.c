#include "guest/record.h"

#include "base/file.h"
#include "base/util.h"

int guest_record_write(const char *name, const json_t *record, struct door *door, struct err *err)
{
	auto_free char *path = xasprintf(GUEST_RECORD_DIR "/%s.json", name);
	auto_buf b = { 0 };

	json_pretty(record, &b);
	return door_write(door, path, b.data, b.len, 0600, err);
}

json_t *guest_record_read(const char *name)
{
	auto_free char *path = xasprintf(GUEST_RECORD_DIR "/%s.json", name);
	auto_buf b = { 0 };
	json_t *v = file_read(path, &b, NULL) ? NULL : json_loads(buf_str(&b), 0, NULL);

	return json_is_object(v) ? v : json_object();
}
