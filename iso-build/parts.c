#include "iso-build/parts.h"

#include "base/util.h"

const char *const parts_signed_packages[] = { "shim-signed", "grub-efi-amd64-signed", NULL };
const char *const parts_firmware_packages[] = { "firmware-bnx2",         "firmware-bnx2x",
						"firmware-qlogic",       "firmware-netxen",
						"firmware-misc-nonfree", "firmware-realtek",
						"firmware-intel-misc",   NULL };

static bool asked_for(const struct argv *names, const char *name)
{
	/* The kernel's package depends on the one that holds it. */
	return argv_has(names, name) || (argv_has(names, PARTS_KERNEL) && str_starts(name, "linux-image-"));
}

static void only_asked(const struct pkg_set *set, const struct argv *names, struct pkg_set *ret,
		       struct buf *versions)
{
	*ret = *set;
	ret->items = xcalloc(set->n + 1, sizeof(*set->items));
	ret->n = 0;
	ret->download_bytes = 0;
	for (size_t i = 0; i < set->n; i++) {
		if (!asked_for(names, set->items[i].name))
			continue;
		ret->items[ret->n++] = set->items[i];
		ret->download_bytes += set->items[i].size_bytes;
		buf_addf(versions, "%s %s\n", set->items[i].name, set->items[i].version);
	}
}

int parts_fetch(const struct pkg_request *archive, const struct argv *names, const char *dir,
		struct door *door, struct buf *versions, struct err *err)
{
	struct pkg_request req = *archive;
	struct pkg_set set = { 0 }, asked = { 0 };
	int r;

	req.no_minimal = true;
	req.want = (struct argv){ 0 };
	argv_addv(&req.want, names->v);
	r = pkg_solve(&req, door->log, NULL, &set, err);
	if (!r) {
		only_asked(&set, names, &asked, versions);
		r = pkg_extract(&req, &asked, dir, door, NULL, err);
	}
	free(asked.items);
	pkg_set_clear(&set);
	argv_clear(&req.want);
	return r ? err_wrap(err, "the medium's parts from the archive") : 0;
}
