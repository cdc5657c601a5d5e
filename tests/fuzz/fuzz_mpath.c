/*
 * Fuzz what reads `multipath -ll` and LVM's metadata: any bytes must be read and printed without a crash.
 *
 * With libFuzzer link LLVMFuzzerTestOneInput alone (-DFUZZER); else main() replays the files that it is
 * given.
 */
#include "multipath/lvm_label.h"
#include "multipath/parse.h"
#include "tests/fuzz/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpath_maps maps = { 0 };
	struct lvm_label label = { 0 };
	auto_buf text = { 0 }, printed = { 0 };

	buf_add(&text, data, size);
	if (!mpath_parse("fuzz", buf_str(&text), size, &maps, NULL)) {
		mpath_maps_print(&maps, &printed);
		mpath_maps_json(&maps, &printed);
	}
	mpath_maps_clear(&maps);
	lvm_label_parse(buf_str(&text), &label);
	lvm_label_clear(&label);
	return 0;
}
