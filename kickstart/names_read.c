#include "base/file.h"
#include "base/util.h"
#include "kickstart/names.h"

void ks_names_read(struct ks_names *ret)
{
	static const struct {
		const char *path;
		void (*add)(struct ks_names *names, const char *text);
	} lists[] = {
		{ "/usr/share/zoneinfo/tzdata.zi", ks_names_zones },
		{ "/usr/share/i18n/SUPPORTED", ks_names_locales },
		{ "/usr/share/systemd/kbd-model-map", ks_names_keymaps },
		{ "/usr/share/X11/xkb/rules/base.lst", ks_names_layouts },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		auto_buf text = { 0 };

		if (file_exists(lists[i].path) && file_read(lists[i].path, &text, NULL) == 0)
			lists[i].add(ret, buf_str(&text));
	}
	/* Console keymaps alone, without those made of XKB's layouts, are too few to judge by. */
	if (!ret->layouts.n)
		argv_clear(&ret->keymaps);
}

void ks_check_names_here(const struct ks *ks, struct ks_diags *diags)
{
	struct ks_names names = { 0 };

	ks_names_read(&names);
	ks_check_names(ks, &names, KS_ERROR, diags);
	ks_names_clear(&names);
}
