#include "installer/disk/grow.h"

static uint64_t share(uint64_t spare, uint64_t size, uint64_t total)
{
	return (uint64_t)((unsigned __int128)spare * size / total);
}

static uint64_t growing(const struct grow *v, size_t n)
{
	uint64_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += v[i].grow ? v[i].size : 0;
	return total;
}

/* Give those that reach their limit what they may take, and let them grow no further. */
static bool cap(struct grow *v, size_t n, uint64_t total, uint64_t *spare)
{
	uint64_t all = *spare;
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (!v[i].grow || !v[i].max || v[i].size + share(all, v[i].size, total) < v[i].max)
			continue;
		*spare -= v[i].max - v[i].size;
		v[i].size = v[i].max;
		v[i].grow = false;
		any = true;
	}
	return any;
}

uint64_t disk_grow(struct grow *v, size_t n, uint64_t spare)
{
	uint64_t total, all;

	for (;;) {
		total = growing(v, n);
		if (!total || !spare)
			return spare;
		if (!cap(v, n, total, &spare))
			break;
	}
	all = spare;
	for (size_t i = 0; i < n; i++)
		if (v[i].grow) {
			uint64_t more = share(all, v[i].size, total);

			v[i].size += more;
			spare -= more;
		}
	/* What rounding left over, less than one unit for each of them. */
	for (size_t i = 0; i < n && spare; i++)
		if (v[i].grow && (!v[i].max || v[i].size < v[i].max)) {
			v[i].size++;
			spare--;
		}
	return spare;
}
