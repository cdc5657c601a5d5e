#include "packages/unpack_scripts.h"

#include "base/util.h"
#include "packages/chroot.h"
#include "packages/kernel_jobs.h"
#include "packages/preinst.h"
#include "packages/thin.h"
#include "packages/timing.h"

#define DPKG_SECONDS 1800

/* First what the others take for granted: the user database, then the base folders. */
static int run_preinsts(const struct unpack_scripts *u, struct err *err)
{
	static const char *const first[] = { "base-passwd", "base-files" };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(first) && !r; i++)
		if (argv_has(&u->rc->preinsts, first[i]))
			r = preinst_run(u->dir, first[i], u->arch, u->door, err);
	for (size_t i = 0; i < u->set->n && !r; i++) {
		const char *name = u->set->items[i].name;

		if (argv_has(&u->rc->preinsts, name) && !str_eq(name, first[0]) && !str_eq(name, first[1]))
			r = preinst_run(u->dir, name, u->arch, u->door, err);
	}
	return r;
}

static int dpkg_unpack_spooled(const struct unpack_scripts *u, struct err *err)
{
	auto_run run = { .chroot = u->dir, .timeout_s = DPKG_SECONDS };
	struct phase phase = phase_begin(u->progress, "dpkg --unpack");
	int r;

	if (!u->rc->spooled.n)
		return 0;
	argv_addl(&run.argv, "dpkg", "--unpack", "--no-triggers", "--force-depends", "--force-unsafe-io",
		  "--force-confdef", "--force-confold", NULL);
	for (size_t i = 0; i < u->set->n; i++)
		if (argv_has(&u->rc->spooled, u->set->items[i].name))
			argv_addf(&run.argv, "/" SPOOL "/%s.deb", u->set->items[i].name);
	chroot_run_setup(&run);
	r = door_run(u->door, &run, err);
	phase_end_cpu(&phase, run.cpu_ms);
	return r;
}

/* What pkg_configure needs first begins while scripts leave a processor free: it takes over what is done. */
static struct thin_tree *begin_thin(const struct unpack_scripts *u)
{
	long others = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	auto_argv kernels = { 0 };

	kernel_versions(u->dir, &kernels);
	return kernels.n && others > 0 ? thin_tree_start(u->dir, kernels.v[0], (unsigned)others, u->door->log)
				       : NULL;
}

int unpack_scripts(const struct unpack_scripts *u, struct err *err)
{
	struct thin_tree *thin = begin_thin(u);
	struct chroot root = { 0 };
	struct phase phase;
	int r = chroot_open(&root, u->dir, u->door, err);

	phase = phase_begin(u->progress, "preinst scripts");
	if (!r)
		r = run_preinsts(u, err);
	phase_end_cpu(&phase, 0);
	if (!r)
		r = dpkg_unpack_spooled(u, err);
	thin_tree_finish(thin, true);
	return chroot_close(&root, r, err);
}
