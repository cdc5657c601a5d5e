#include "kickstart/names.h"

#include "base/util.h"
#include "kickstart/check.h"

void ks_names_clear(struct ks_names *names)
{
	argv_clear(&names->zones);
	argv_clear(&names->locales);
	argv_clear(&names->keymaps);
	argv_clear(&names->layouts);
}

/* Words of the next line of *text, which moves behind it; false at the end. */
static bool next_line(const char **text, struct argv *words)
{
	size_t len = strcspn(*text, "\n");
	auto_free char *line = xstrndup(*text, len);

	if (!**text)
		return false;
	argv_clear(words);
	argv_split(words, line, " \t\r");
	*text += len + ((*text)[len] == '\n');
	return true;
}

/* "Z NAME ..." and "L TARGET NAME". */
void ks_names_zones(struct ks_names *names, const char *text)
{
	auto_argv w = { 0 };

	while (next_line(&text, &w))
		if (w.n > 2 && (strcmp(w.v[0], "Z") == 0 || strcmp(w.v[0], "L") == 0))
			argv_add(&names->zones, w.v[w.v[0][0] == 'Z' ? 1 : 2]);
}

/* The locale without its codeset: "ca_ES.UTF-8@valencia" is "ca_ES@valencia". */
static void add_locale(const char *name, struct buf *b)
{
	const char *dot = strchr(name, '.'), *at = strchr(name, '@');

	buf_add(b, name, dot ? (size_t)(dot - name) : strlen(name));
	if (dot && at)
		buf_adds(b, at);
}

/* "es_ES.UTF-8 UTF-8". */
void ks_names_locales(struct ks_names *names, const char *text)
{
	auto_argv w = { 0 };

	while (next_line(&text, &w))
		if (w.n == 2 && w.v[0][0] != '#') {
			auto_buf b = { 0 };

			add_locale(w.v[0], &b);
			argv_add(&names->locales, buf_str(&b));
		}
}

/* "KEYMAP XLAYOUT XMODEL XVARIANT XOPTIONS". */
void ks_names_keymaps(struct ks_names *names, const char *text)
{
	auto_argv w = { 0 };

	while (next_line(&text, &w))
		if (w.n > 1 && w.v[0][0] != '#')
			argv_add(&names->keymaps, w.v[0]);
}

/* "! layout" with "LAYOUT TEXT", and "! variant" with "VARIANT LAYOUT: TEXT". */
void ks_names_layouts(struct ks_names *names, const char *text)
{
	auto_argv w = { 0 };
	enum { OTHER, LAYOUTS, VARIANTS } part = OTHER;

	while (next_line(&text, &w)) {
		if (w.n == 2 && strcmp(w.v[0], "!") == 0) {
			part = strcmp(w.v[1], "layout") == 0    ? LAYOUTS
			       : strcmp(w.v[1], "variant") == 0 ? VARIANTS
								: OTHER;
		} else if (part == LAYOUTS && w.n > 1) {
			argv_add(&names->layouts, w.v[0]);
			argv_add(&names->keymaps, w.v[0]);
		} else if (part == VARIANTS && w.n > 1) {
			argv_addf(&names->keymaps, "%.*s-%s", (int)strcspn(w.v[1], ":"), w.v[1], w.v[0]);
		}
	}
}

static void check_name(const char *name, const struct argv *known, const char *what, const struct ks_at *at,
		       struct ks_fault *f)
{
	const char *near;

	if (!name || !*name || !known->n || argv_has(known, name))
		return;
	near = str_nearest(name, (const char *const *)known->v, known->n);
	ks_fault(f, at, name, "unknown %s%s%s%s", what, near ? "; did you mean " : "", near ? near : "",
		 near ? "?" : "");
}

static void check_locale(const char *name, const struct ks_names *names, const struct ks_at *at,
			 struct ks_fault *f)
{
	auto_buf b = { 0 };

	if (!name || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0 || str_starts(name, "C."))
		return;
	add_locale(name, &b);
	check_name(buf_str(&b), &names->locales, "locale", at, f);
}

void ks_check_names(const struct ks *ks, const struct ks_names *names, enum ks_severity severity,
		    struct ks_diags *diags)
{
	struct ks_fault f = { .severity = severity, .diags = diags, .file = ks->file };
	const struct ks_keyboard *k = &ks->keyboard;

	check_name(ks->timezone.timezone, &names->zones, "time zone", &ks->timezone.at, &f);
	check_locale(ks->lang.lang, names, &ks->lang.at, &f);
	for (size_t i = 0; i < ks->lang.addsupport.n; i++)
		check_locale(ks->lang.addsupport.v[i], names, &ks->lang.at, &f);
	check_name(k->keymap, &names->keymaps, "keymap", &k->at, &f);
	check_name(k->vckeymap, &names->keymaps, "keymap", &k->at, &f);
	for (size_t i = 0; i < k->xlayouts.n; i++) { /* "us" or "us (intl)" */
		auto_free char *layout = xstrndup(k->xlayouts.v[i], strcspn(k->xlayouts.v[i], " ("));

		check_name(layout, &names->layouts, "keyboard layout", &k->at, &f);
	}
	ks_diags_sort(diags);
}
