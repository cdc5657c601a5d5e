/* What is known of LUNs beside their paths: maps, contents, volume groups, reservations, the paths wanted. */
#include "base/util.h"
#include "facts/udev.h"
#include "multipath/read.h"

/* Maps are known by the uuid "mpath-WWID" that multipath gives them. */
static void read_maps(const struct sysroot *sr, struct mpath *san)
{
	auto_argv names = { 0 };

	sysroot_list(sr, &names, "sys/block");
	for (size_t i = 0; i < names.n; i++) {
		const char *uuid = NULL;
		struct mpath_lun *lun;

		if (name_numbered(names.v[i], "dm-"))
			uuid = sysroot_line(sr, "sys/block/%s/dm/uuid", names.v[i]);
		lun = uuid && str_starts(uuid, "mpath-") ? mpath_find(san, uuid + strlen("mpath-")) : NULL;
		if (!lun)
			continue;
		lun->map = arena_strdup(&san->arena, names.v[i]);
		lun->alias = sysroot_line(sr, "sys/block/%s/dm/name", names.v[i]);
	}
}

static void read_udev(const struct sysroot *sr, const char *block, struct mpath *san, struct mpath_lun *lun)
{
	const char *dev = sysroot_line(sr, "sys/block/%s/dev", block);
	auto_free char *record = xasprintf("b%s", dev ? dev : "");
	auto_udev udev = { 0 };
	const char *fs, *table;

	udev_read(sr, record, &udev);
	fs = udev_get(&udev, "ID_FS_TYPE");
	table = udev_get(&udev, "ID_PART_TABLE_TYPE");
	if (fs && strcmp(fs, "mpath_member") != 0)
		*(struct mpath_content *)arena_push(&san->arena, &lun->contents, &lun->n_contents,
						    sizeof(*lun->contents)) = (struct mpath_content){
			arena_strdup(&san->arena, fs),
			udev_text(&udev, "ID_FS_LABEL_ENC", "ID_FS_LABEL", &san->arena),
			udev_text(&udev, "ID_FS_UUID_ENC", "ID_FS_UUID", &san->arena)
		};
	if (table)
		*(struct mpath_content *)arena_push(&san->arena, &lun->contents, &lun->n_contents,
						    sizeof(*lun->contents)) =
			(struct mpath_content){ arena_strdup(&san->arena, table), NULL, NULL };
}

/* Calls fn with the words of each line of a small file whose first word is a LUN's WWID. */
static void each_line(const struct sysroot *sr, const char *path, struct mpath *san,
		      void (*fn)(struct mpath *san, struct mpath_lun *lun, const struct argv *words))
{
	auto_argv lines = { 0 };
	auto_buf b = { 0 };

	if (!sysroot_read(sr, &b, "%s", path))
		return;
	argv_split(&lines, buf_str(&b), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		auto_argv words = { 0 };
		struct mpath_lun *lun;

		argv_split(&words, lines.v[i], " \t");
		lun = words.n && words.v[0][0] != '#' ? mpath_find(san, words.v[0]) : NULL;
		if (lun)
			fn(san, lun, &words);
	}
}

/* A capture's "WWID VG VG-UUID PVS LV...". */
static void vg_line(struct mpath *san, struct mpath_lun *lun, const struct argv *words)
{
	uint64_t pvs;

	if (words->n < 4 || !str_u64(words->v[3], &pvs))
		return;
	lun->vg.name = arena_strdup(&san->arena, words->v[1]);
	lun->vg.uuid = arena_strdup(&san->arena, words->v[2]);
	lun->vg.n_pvs = pvs;
	lun->vg.lvs = arena_alloc(&san->arena, (words->n - 3) * sizeof(*lun->vg.lvs));
	for (size_t i = 4; i < words->n; i++)
		lun->vg.lvs[i - 4] = arena_strdup(&san->arena, words->v[i]);
}

/* A capture's "WWID the reservation in words". */
static void reservation_line(struct mpath *san, struct mpath_lun *lun, const struct argv *words)
{
	auto_buf b = { 0 };

	for (size_t i = 1; i < words->n; i++)
		buf_addf(&b, "%s%s", i > 1 ? " " : "", words->v[i]);
	lun->reservation = arena_strdup(&san->arena, buf_str(&b));
}

/* /etc/xenith/luns, which the installer writes: "WWID PATHS ALIAS ...". */
static void expected_line(struct mpath *san, struct mpath_lun *lun, const struct argv *words)
{
	uint64_t n;

	if (words->n > 1 && str_u64(words->v[1], &n))
		lun->expected = n;
	if (words->n > 4 && strcmp(words->v[4], "-") != 0)
		lun->own_vg_uuid = arena_strdup(&san->arena, words->v[4]);
}

/* "WWID" in a file of the installer's own. */
static void made_line(struct mpath *san, struct mpath_lun *lun, const struct argv *words)
{
	(void)san, (void)words;
	lun->made = true;
}

void mpath_read_held(const struct sysroot *sr, struct mpath *san)
{
	read_maps(sr, san);
	for (size_t i = 0; i < san->n_luns; i++) {
		struct mpath_lun *lun = &san->luns[i];

		if (mpath_is_san(san, lun))
			read_udev(sr, lun->map ? lun->map : lun->paths[0].name, san, lun);
	}
	each_line(sr, "xenith/lvm", san, vg_line);
	each_line(sr, "xenith/reservations", san, reservation_line);
	each_line(sr, MPATH_LUNS_FILE, san, expected_line);
	each_line(sr, MPATH_MADE_FILE, san, made_line);
}
