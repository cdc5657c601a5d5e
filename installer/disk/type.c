#include "installer/disk/type.h"

#include "base/util.h"

static const struct disk_type *const types[] = {
	&disk_type_ext4, &disk_type_xfs,  &disk_type_btrfs, &disk_type_ext3,
	&disk_type_ext2, &disk_type_swap, &disk_type_efi,   &disk_type_vfat,
};

static const struct disk_kind kinds[] = {
	{ "biosboot", PED_PARTITION_BIOS_GRUB, "21686148-6449-6E6F-744E-656564454649" },
	{ "esp", PED_PARTITION_ESP, "C12A7328-F81F-11D2-BA4B-00A0C93EC93B" },
	{ "boot", 0, "0FC63DAF-8483-4772-8E79-3D69D8477DE4" },
	{ "linux", 0, "0FC63DAF-8483-4772-8E79-3D69D8477DE4" },
	{ "lvm", PED_PARTITION_LVM, "E6D6D379-F507-44C2-A23C-238F2A3DF928" },
	{ "raid", PED_PARTITION_RAID, "A19D880F-05FC-4D3B-A006-743F0F84911E" },
	{ "swap", PED_PARTITION_SWAP, "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F" },
};

const struct disk_type *disk_type_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (str_eq(types[i]->name, name))
			return types[i];
	return NULL;
}

const char *disk_type_nearest(const char *name)
{
	const char *names[ARRAY_SIZE(types)];

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		names[i] = types[i]->name;
	return str_nearest(name, names, ARRAY_SIZE(names));
}

const struct disk_kind *disk_kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_eq(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

void disk_type_mkfs(const struct disk_type *type, const char *device, const char *label, const char *options,
		    struct argv *argv)
{
	for (const char *const *w = type->mkfs; *w; w++)
		argv_add(argv, *w);
	if (label)
		argv_addl(argv, type->label_option, label, NULL);
	if (options)
		argv_split(argv, options, " \t");
	argv_add(argv, device);
}
