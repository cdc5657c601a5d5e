#include "facts/udev.h"

#include <ctype.h>

#include "base/util.h"

void udev_clear(struct udev *u)
{
	argv_clear(&u->links);
	argv_clear(&u->props);
}

void udev_read(const struct sysroot *sr, const char *name, struct udev *ret)
{
	auto_buf b = { 0 };
	auto_argv lines = { 0 };

	if (!sysroot_read(sr, &b, "run/udev/data/%s", name))
		return;
	argv_split(&lines, buf_str(&b), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		if (str_starts(lines.v[i], "S:"))
			argv_add(&ret->links, lines.v[i] + 2);
		else if (str_starts(lines.v[i], "E:"))
			argv_add(&ret->props, lines.v[i] + 2);
	}
	argv_sort_unique(&ret->links);
}

const char *udev_get(const struct udev *u, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < u->props.n; i++) {
		const char *p = u->props.v[i];

		if (strncmp(p, key, len) == 0 && p[len] == '=')
			return p[len + 1] ? p + len + 1 : NULL;
	}
	return NULL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *udev_decode(const char *s)
{
	char *out = xcalloc(1, strlen(s) + 1), *p = out, *start = out;

	while (*s) {
		int hi = s[0] == '\\' && s[1] == 'x' && s[2] ? hex_digit(s[2]) : -1;
		int lo = hi >= 0 ? hex_digit(s[3]) : -1;

		if (lo >= 0 && (hi || lo)) {
			*p++ = (char)(hi * 16 + lo);
			s += 4;
		} else {
			*p++ = *s++;
		}
	}
	*p = '\0';
	while (p > out && isspace((unsigned char)p[-1]))
		*--p = '\0';
	while (isspace((unsigned char)*start))
		start++;
	memmove(out, start, strlen(start) + 1);
	return out;
}

const char *udev_text(const struct udev *u, const char *key_enc, const char *key, struct arena *arena)
{
	const char *s = udev_get(u, key_enc);
	auto_free char *text = s ? udev_decode(s) : NULL;

	if (text && *text)
		return arena_strdup(arena, text);
	s = udev_get(u, key);
	return s ? arena_strdup(arena, s) : NULL;
}
