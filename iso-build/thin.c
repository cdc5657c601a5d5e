#include "iso-build/thin.h"

#include "base/file.h"
#include "base/util.h"

/* Of Debian 13; older ones read no autoexec.ipxe. */
#define IPXE_BIOS "boot/ipxe.lkrn"
#define IPXE_EFI  "boot/ipxe.efi"

static const char grub_cfg[] = "linux16 /boot/ipxe.krn\n"
			       "initrd16 /boot/boot.ipxe\n"
			       "boot\n";

/* A link may take a while, and a server may be away: it goes on trying. */
void thin_script(const char *url, struct buf *b)
{
	buf_addf(b,
		 "#!ipxe\n"
		 ":again\n"
		 "echo Xenith: asking for %s/boot.ipxe\n"
		 "ifconf || goto later\n"
		 "chain --autofree %s/boot.ipxe && exit ||\n"
		 ":later\n"
		 "sleep 5\n"
		 "goto again\n",
		 url, url);
}

static int find(const char *parts, const char *name, char **ret, struct err *err)
{
	auto_free char *below = path_join(parts, "usr/lib/ipxe");
	auto_free char *other = path_join(below, strrchr(name, '/') + 1);

	*ret = path_join(parts, name);
	if (file_exists(*ret))
		return 0;
	free(*ret);
	*ret = TAKE(other);
	if (file_exists(*ret))
		return 0;
	return err_set(err, ERR_ISO_PARTS, "%s holds no %s of the package ipxe", parts, name);
}

int thin_boot_files(struct image_opts *image, const char *url, const char *parts, struct door *door,
		    struct err *err)
{
	auto_free char *krn = path_join(image->tree, "boot/ipxe.krn");
	auto_free char *script = path_join(image->tree, "boot/boot.ipxe");
	auto_free char *bios = NULL;
	auto_buf text = { 0 };
	auto_buf data = { 0 };
	char *efi = NULL;
	int r = find(parts, IPXE_BIOS, &bios, err);

	if (!r)
		r = find(parts, IPXE_EFI, &efi, err);
	if (!r)
		r = file_read(bios, &data, err);
	if (!r)
		r = door_write(door, krn, data.data, data.len, 0644, err);
	thin_script(url, &text);
	if (!r)
		r = door_write(door, script, text.data, text.len, 0644, err);
	image->grub_cfg = grub_cfg;
	image->efi[0] = (struct image_file){ efi, "EFI/BOOT/BOOTX64.EFI" };
	image->efi[1] = (struct image_file){ TAKE(script), "EFI/BOOT/autoexec.ipxe" };
	return r ? r : image_boot_files(image, door, err);
}

void thin_clear(struct image_opts *image)
{
	if (image->grub_cfg != grub_cfg)
		return;
	free((char *)image->efi[0].from);
	free((char *)image->efi[1].from);
}
