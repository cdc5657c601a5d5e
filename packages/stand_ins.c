#include "packages/stand_ins.h"

#include "base/file.h"
#include "base/util.h"

/* deb-systemd-helper.sh, from the folder that the compiler runs in. */
extern const char stand_in_systemd[], stand_in_systemd_end[];
__asm__(".section .rodata\n"
	".global stand_in_systemd, stand_in_systemd_end\n"
	"stand_in_systemd:\n"
	".incbin \"packages/deb-systemd-helper.sh\"\n"
	"stand_in_systemd_end:\n"
	".byte 0\n"
	".previous\n");

/* The kernel's hook asks for the version first; no answer, no initramfs. The package's name is empty when its
 * trigger runs, after all that activated it was configured. */
static const struct {
	const char *name, *text;
} programs[] = {
	{ "depmod", "#!/bin/sh\nexit 0\n" },
	{ "update-initramfs", "#!/bin/sh\n"
			      "[ \"$1\" = -u ] && echo \"$DPKG_MAINTSCRIPT_PACKAGE\" >>/" STAND_IN_CALLS "\n"
			      "exit 0\n" },
	{ "update-ca-certificates", "#!/bin/sh\n: >/" STAND_IN_CERTS "\nexit 0\n" },
	{ "deb-systemd-helper", stand_in_systemd },
};

/* Whether the true one does what ours does: before trixie it made the links itself. */
static bool knows_presets(const char *dir)
{
	static const char *const signs[] = { "\"--preset-mode=enable-only\"", "create_links => $create_links",
					     "'.dsh-also'" };
	auto_free char *path = path_join(dir, "usr/bin/deb-systemd-helper");
	auto_buf text = { 0 };

	if (!file_exists(path) || file_read(path, &text, NULL))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (!strstr(buf_str(&text), signs[i]))
			return false;
	return true;
}

int stand_ins_write(const char *dir, struct door *door, struct err *err)
{
	auto_free char *folder = path_join(dir, STAND_IN_PATH);
	int r = door_mkdirs(door, folder, 0755, err);

	for (size_t i = 0; i < ARRAY_SIZE(programs) && !r; i++) {
		auto_free char *path = path_join(folder, programs[i].name);

		if (programs[i].text != stand_in_systemd || knows_presets(dir))
			r = door_write(door, path, programs[i].text, strlen(programs[i].text), 0755, err);
	}
	return r;
}
