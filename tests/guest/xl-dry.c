/*
 * Preloaded into xl(1) so that `xl -N create` works where there is no hypervisor: what it would ask Xen and
 * xenstored is answered here, and its own parser does the rest. By name alone: no header of libxl is needed.
 */
#include <stddef.h>

static int handle;

void *xc_interface_open(void *logger, void *dombuild_logger, unsigned flags);
int xc_interface_close(void *h);
void *xs_open(unsigned long flags);
void xs_close(void *h);
int xc_get_max_cpus(void *h);
int xc_get_max_nodes(void *h);
int libxl_get_physinfo(void *ctx, void *ret);
const void *libxl_get_version_info(void *ctx);

void *xc_interface_open(void *logger, void *dombuild_logger, unsigned flags)
{
	(void)logger, (void)dombuild_logger, (void)flags;
	return &handle;
}

int xc_interface_close(void *h)
{
	(void)h;
	return 0;
}

void *xs_open(unsigned long flags)
{
	(void)flags;
	return &handle;
}

void xs_close(void *h)
{
	(void)h;
}

int xc_get_max_cpus(void *h)
{
	(void)h;
	return 64;
}

int xc_get_max_nodes(void *h)
{
	(void)h;
	return 1;
}

int libxl_get_physinfo(void *ctx, void *ret)
{
	(void)ctx, (void)ret;
	return 0;
}

/* All its strings are empty: xl looks for dom0_mem= in Xen's command line. */
const void *libxl_get_version_info(void *ctx)
{
	static const char *none[64];

	(void)ctx;
	for (int i = 0; i < 64; i++)
		none[i] = "";
	return none;
}
