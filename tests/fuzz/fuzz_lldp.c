/* Fuzz the LLDP parser: any frame, and what is printed of it is printable. */
#include "netbridge/lldp.h"
#include "tests/fuzz/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* At the very end of its memory, so that a sanitizer sees a read behind it. */
	uint8_t *frame = memcpy(xmalloc(size + 1), data, size);
	struct net_lldp lldp = { 0 };
	struct arena a = { 0 };
	auto_buf text = { 0 };

	frame = xrealloc(frame, size ? size : 1);
	if (net_lldp_parse(frame, size, &a, &lldp)) {
		net_lldp_print(&lldp, &text);
		for (size_t i = 0; i < text.len; i++)
			if (text.data[i] < ' ' || text.data[i] > '~')
				abort();
	}
	free(frame);
	arena_clear(&a);
	return 0;
}
