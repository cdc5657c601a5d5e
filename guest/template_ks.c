#include "guest/template_ks.h"

#include "base/util.h"
#include "facts/sysroot.h"

#define WORD_MAX 64
#define LETTERS  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/*
 * What a guest says of itself is written into a file that this host obeys: it is taken only if it is one
 * plain word.
 */
static const char *word(struct arena *a, const char *s, size_t len, const char *more)
{
	auto_free char *allowed = xasprintf(LETTERS "%s", more);
	const char *w = arena_strndup(a, s, len);

	return len && len <= WORD_MAX && strspn(w, allowed) == len && *w != '-' ? w : NULL;
}

/* Of lines KEY=VALUE, with or without quotes: os-release(5), locale.conf(5), keyboard(5). */
static const char *value_of(struct arena *a, const char *text, const char *key, const char *more)
{
	auto_argv lines = { 0 };

	argv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		const char *s = lines.v[i];

		if (!str_starts(s, key) || s[strlen(key)] != '=')
			continue;
		s += strlen(key) + 1;
		if (*s == '"' || *s == '\'')
			return word(a, s + 1, strcspn(s + 1, "\"'"), more);
		return word(a, s, strcspn(s, " \t"), more);
	}
	return NULL;
}

static const char *read_lang(const struct sysroot *sr)
{
	auto_buf text = { 0 };

	/* The first may be missing, and the second a link to it. */
	if (!sysroot_read(sr, &text, "etc/locale.conf"))
		sysroot_read(sr, &text, "etc/default/locale");
	return value_of(sr->arena, buf_str(&text), "LANG", "_.@-");
}

static const char *read_timezone(const struct sysroot *sr)
{
	const char *link = sysroot_link(sr, "etc/localtime"), *at = link ? strstr(link, "zoneinfo/") : NULL;
	const char *name = at ? at + strlen("zoneinfo/") : sysroot_line(sr, "etc/timezone");

	return name ? word(sr->arena, name, strlen(name), "_+-/") : NULL;
}

static int read_debian(const struct sysroot *sr, struct template_root *ret, struct err *err)
{
	auto_buf text = { 0 };
	const char *id;

	if (!sysroot_read(sr, &text, "etc/os-release"))
		return err_set(err, ERR_GUEST_DISK, "its file system has no /etc/os-release");
	id = value_of(sr->arena, buf_str(&text), "ID", "._-");
	if (!str_eq(id, "debian"))
		return err_set(err, ERR_GUEST_DISK, "its system is %s, not Debian", id ? id : "unknown");
	if (!str_eq(sysroot_real(sr, "var/lib/dpkg/status"), "/var/lib/dpkg/status") ||
	    !sysroot_exists(sr, "vmlinuz") || !sysroot_exists(sr, "initrd.img"))
		return err_set(
			err, ERR_GUEST_DISK,
			"its root has no /vmlinuz, /initrd.img and /var/lib/dpkg/status, as one that was "
			"written directly has");
	ret->release = value_of(sr->arena, buf_str(&text), "VERSION_ID", ".");
	ret->suite = value_of(sr->arena, buf_str(&text), "VERSION_CODENAME", "-");
	return 0;
}

int template_root_read(const char *root, struct template_root *ret, struct err *err)
{
	struct template_root t = { 0 };
	struct sysroot sr = { .fd = -1 };
	auto_buf keyboard = { 0 };
	int r = sysroot_open(&sr, root, &t.arena, err);

	if (!r)
		r = read_debian(&sr, &t, err);
	if (!r) {
		t.lang = read_lang(&sr);
		t.timezone = read_timezone(&sr);
		if (sysroot_read(&sr, &keyboard, "etc/default/keyboard"))
			t.keyboard = value_of(&t.arena, buf_str(&keyboard), "XKBLAYOUT", "_-");
	}
	sysroot_close(&sr);
	if (r)
		template_root_clear(&t);
	else
		*ret = t;
	return r;
}

void template_root_clear(struct template_root *root)
{
	arena_clear(&root->arena);
	*root = (struct template_root){ 0 };
}

void template_ks_print(const struct template_root *root, const struct template_image *image, struct buf *b)
{
	const struct {
		const char *name, *value;
	} defaults[] = {
		/* What every image has, where this one doesn't say. */
		{ "lang", root->lang ? root->lang : "C.UTF-8" },
		{ "keyboard", root->keyboard },
		{ "timezone", root->timezone },
		{ "suite", root->suite },
		{ "checksum", image->checksum },
	};
	struct tm tm;
	char made[32];

	strftime(made, sizeof(made), "%Y-%m-%d %H:%M", gmtime_r(&image->made, &tm));
	buf_addf(b, "%%%%# Debian%s%s%s%s, of guest %s as it was on %s UTC\n", root->release ? " " : "",
		 root->release ? root->release : "", root->suite ? " " : "", root->suite ? root->suite : "",
		 image->guest, made);
	buf_addf(b, "%%%%crypt yescrypt\n%%%%default image file://%s\n", image->path);
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		if (defaults[i].value)
			buf_addf(b, "%%%%default %s %s\n", defaults[i].name, defaults[i].value);
	buf_addf(b, "%%%%default min_mib %llu\n%%%%include debian-direct.inc\n",
		 (unsigned long long)image->min_mib);
}
