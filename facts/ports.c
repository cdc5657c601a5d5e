#include "facts/facts.h"

#include "facts/parts.h"

int facts_read_ports(const char *root, struct facts *ret, struct err *err)
{
	struct facts f = { 0 };
	struct sysroot sr;
	struct xen xen;
	int r = sysroot_open(&sr, root, &f.arena, err);

	if (r)
		return r;
	xen_read(&sr, &xen);
	facts_read_machine(&sr, &xen, &f);
	facts_read_nics(&sr, &f);
	facts_read_undriven(&sr, &f);
	sysroot_close(&sr);
	*ret = f;
	return 0;
}
