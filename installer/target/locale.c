#include "installer/target/settings.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/target/chroot.h"

char *locale_name(const char *lang)
{
	const char *at = lang ? strchr(lang, '@') : NULL;

	if (!lang || !*lang || strcmp(lang, "C") == 0 || strcmp(lang, "POSIX") == 0)
		return xstrdup("C.UTF-8");
	if (strchr(lang, '.'))
		return xstrdup(lang);
	if (at) /* "ca_ES@valencia" */
		return xasprintf("%.*s.UTF-8%s", (int)(at - lang), lang, at);
	return xasprintf("%s.UTF-8", lang);
}

bool locale_builtin(const char *name)
{
	return strcmp(name, "C.UTF-8") == 0 || strcmp(name, "C.utf8") == 0;
}

/* A line of locale.gen(5), "es_ES.UTF-8 UTF-8"; glibc's SUPPORTED has "ca_ES@valencia UTF-8" without the dot.
 */
static void gen_line(const char *name, struct buf *b)
{
	const char *dot = strchr(name, '.'), *at = strchr(name, '@');
	size_t charset = dot ? strcspn(dot + 1, "@") : 0;

	if (locale_builtin(name) || !dot)
		return;
	if (at)
		buf_addf(b, "%.*s%s", (int)(dot - name), name, at);
	else
		buf_adds(b, name);
	buf_addf(b, " %.*s\n", (int)charset, dot + 1);
}

static void gen_lines(const struct ks *ks, struct buf *b)
{
	auto_free char *name = locale_name(ks->lang.lang);

	gen_line(name, b);
	for (size_t i = 0; i < ks->lang.addsupport.n; i++) {
		auto_free char *more = locale_name(ks->lang.addsupport.v[i]);

		if (strcmp(more, name) != 0)
			gen_line(more, b);
	}
}

static int apply_lang(const struct ks *ks, const char *root, struct door *door, struct err *err)
{
	auto_free char *conf = path_join(root, "etc/locale.conf");
	auto_free char *legacy = path_join(root, "etc/default/locale");
	auto_free char *gen = path_join(root, "etc/locale.gen");
	auto_free char *name = locale_name(ks->lang.lang);
	auto_free char *line = xasprintf("LANG=%s\n", name);
	auto_buf text = { 0 };
	int r;

	gen_lines(ks, &text);
	if (text.len) {
		r = door_write(door, gen, text.data, text.len, 0644, err);
		if (!r)
			r = chroot_runl(door, root, err, "locale-gen", "--keep-existing", NULL);
		if (r)
			return err_wrap(err, "%s:%u: lang", ks->lang.at.file, ks->lang.at.line);
	}
	r = door_write(door, conf, line, strlen(line), 0644, err);
	if (!r) /* where pam_env(8) reads it; Debian 13 has the same link */
		r = door_symlink(door, "../locale.conf", legacy, err);
	return r;
}

static int apply_keyboard(const struct ks *ks, const char *root, struct door *door, struct err *err)
{
	auto_free char *path = path_join(root, "etc/default/keyboard");
	struct keyboard kb = { 0 };
	auto_buf b = { 0 };

	keyboard_make(&ks->keyboard, &kb);
	buf_addf(&b,
		 "# keyboard(5)\nXKBMODEL=\"pc105\"\nXKBLAYOUT=\"%s\"\nXKBVARIANT=\"%s\"\n"
		 "XKBOPTIONS=\"%s\"\nBACKSPACE=\"guess\"\n",
		 kb.layout, kb.variant, kb.options);
	keyboard_clear(&kb);
	return door_write(door, path, b.data, b.len, 0644, err);
}

int locale_apply(const struct ks *ks, const char *root, struct door *door, struct err *err)
{
	int r = apply_lang(ks, root, door, err);

	if (!r && KS_SAID(ks->keyboard))
		r = apply_keyboard(ks, root, door, err);
	return r;
}

void locale_print(const struct ks *ks, struct buf *b)
{
	auto_free char *name = locale_name(ks->lang.lang);

	buf_addf(b, "locale %s", name);
	for (size_t i = 0; i < ks->lang.addsupport.n; i++) {
		auto_free char *more = locale_name(ks->lang.addsupport.v[i]);

		buf_addf(b, "%s%s", i ? ", " : "; also ", more);
	}
	buf_adds(b, "\n");
	if (KS_SAID(ks->keyboard)) {
		struct keyboard kb = { 0 };

		keyboard_make(&ks->keyboard, &kb);
		buf_addf(b, "keyboard %s%s%s\n", kb.layout, *kb.variant ? ", variant " : "", kb.variant);
		keyboard_clear(&kb);
	}
}
