#include "guest/record.h"

#include "base/file.h"
#include "base/util.h"
#include "guest/xlcfg.h"

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

void guest_record_disks(json_t *record, const char *kind, const struct argv *places)
{
	json_t *disks = json_array();

	for (size_t i = 0; i < places->n; i++)
		json_array_append_new(
			disks, json_pack("{s:s, s:s}", "kind", kind, "path", strchr(places->v[i], '\n') + 1));
	json_object_set_new(record, "disks", disks);
}

int guest_files_write(const char *name, const char *by, const json_t *config, const json_t *record,
		      struct guest_journal *j, struct door *door, struct err *err)
{
	auto_free char *path = xasprintf("/etc/xen/%s.cfg", name);
	auto_free char *record_path = xasprintf(GUEST_RECORD_DIR "/%s.json", name);
	auto_buf b = { 0 };
	int r = guest_journal_add(j, "config", path, err);

	buf_addf(&b, "# Written by xenith %s. xl.cfg(5)\n", by);
	xlcfg_print(config, &b);
	if (!r)
		r = door_write(door, path, b.data, b.len, 0600, err);
	if (!r)
		r = guest_journal_add(j, "state", record_path, err);
	return r ? r : guest_record_write(name, record, door, err);
}
