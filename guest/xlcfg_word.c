#include "guest/xlcfg_word.h"

#include "base/buf.h"
#include "base/util.h"

/* The value of key=... among words apart by commas; target= takes the rest. */
static char *get(const char *word, const char *key)
{
	size_t len = strlen(key);

	for (const char *s = word; s; s = strchr(s, ',')) {
		size_t n;

		s += *s == ',';
		s += strspn(s, " \t");
		n = strcspn(s, ",");
		if (str_starts(s, "target="))
			n = strlen(s);
		if (strncmp(s, key, len) == 0 && s[len] == '=' && n > len)
			return xstrndup(s + len + 1, n - len - 1);
		if (str_starts(s, "target="))
			return NULL;
	}
	return NULL;
}

char *xlcfg_vif_get(const char *word, const char *key)
{
	return get(word, key);
}

/* The positions of xl-disk-configuration(5): target, format, vdev, access; "phy:" and its kin before the
 * target. */
char *xlcfg_disk_get(const char *word, const char *key)
{
	static const char *const at[] = { "target", "format", "vdev", "access" };
	bool old = str_starts(word, "phy:") || str_starts(word, "file:") || str_starts(word, "tap:");
	size_t i = 0;
	char *v;

	if (strchr(word, '=') && !old)
		if ((v = get(word, key)))
			return v;
	for (const char *s = word; s; s = strchr(s, ','), i++) {
		size_t n;

		s += *s == ',';
		s += strspn(s, " \t");
		n = strcspn(s, ",");
		if (memchr(s, '=', n))
			return NULL;
		/* The old form has no format: PROTO:TARGET,VDEV,ACCESS. */
		if (old && i == 1)
			i = 2;
		if (i >= ARRAY_SIZE(at))
			return NULL;
		if (str_eq(at[i], key) && n) {
			const char *colon = i == 0 && old ? memchr(s, ':', n) : NULL;

			return colon ? xstrndup(colon + 1, n - (size_t)(colon + 1 - s)) : xstrndup(s, n);
		}
	}
	return NULL;
}

char *xlcfg_word_set(const char *word, const char *key, const char *value)
{
	auto_buf b = { 0 };
	auto_free char *old = get(word, key);
	const char *at = NULL;

	for (const char *s = word; old && (s = strstr(s, key)); s++)
		if (s[strlen(key)] == '=' && (s == word || s[-1] == ',' || s[-1] == ' ')) {
			at = s;
			break;
		}
	if (!at) {
		buf_addf(&b, "%s=%s", key, value);
		if (*word)
			buf_addf(&b, ",%s", word);
		return buf_take(&b);
	}
	buf_add(&b, word, (size_t)(at - word));
	buf_addf(&b, "%s=%s%s", key, value, at + strlen(key) + 1 + strlen(old));
	return buf_take(&b);
}
