#include "template/filter.h"

#include <arpa/inet.h>

#include "base/util.h"

#define BLANKS " \t,"

bool tmpl_has_control(const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;

	for (size_t i = 0; i < len; i++) {
		if ((u[i] < 0x20 && u[i] != '\t') || u[i] == 0x7f)
			return true;
		if (u[i] == 0xc2 && i + 1 < len && u[i + 1] < 0xa0)
			return true;
		if (u[i] == 0xe2 && i + 2 < len && u[i + 1] == 0x80 && (u[i + 2] == 0xa8 || u[i + 2] == 0xa9))
			return true;
	}
	return false;
}

/* One word of a kickstart file, whatever it holds. */
static const char *quote(const char *s, size_t len, struct buf *out)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '"' || s[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, s[i]);
	}
	buf_addc(out, '"');
	return NULL;
}

/* One word of a POSIX shell, whatever it holds. */
static const char *shell(const char *s, size_t len, struct buf *out)
{
	buf_addc(out, '\'');
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, s[i]);
	}
	buf_addc(out, '\'');
	return NULL;
}

/* A double-quoted YAML scalar (YAML 1.2, 5.7): always a string, whatever it holds. */
static const char *yaml(const char *s, size_t len, struct buf *out)
{
	const unsigned char *u = (const unsigned char *)s;

	buf_addc(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (u[i] == '"' || u[i] == '\\')
			buf_addf(out, "\\%c", u[i]);
		else if (u[i] == '\n')
			buf_adds(out, "\\n");
		else if (u[i] < 0x20 || u[i] == 0x7f)
			buf_addf(out, "\\x%02x", u[i]);
		else if (u[i] == 0xc2 && i + 1 < len && u[i + 1] < 0xa0)
			buf_addf(out, "\\x%02x", u[++i]);
		else if (u[i] == 0xe2 && i + 2 < len && u[i + 1] == 0x80 &&
			 (u[i + 2] == 0xa8 || u[i + 2] == 0xa9))
			buf_adds(out, u[i + 2] == 0xa8 ? "\\u2028" : "\\u2029"), i += 2;
		else
			buf_addc(out, s[i]);
	}
	buf_addc(out, '"');
	return NULL;
}

/* A whole value of a debconf-set-selections(1) line, which knows no quotes. */
static const char *preseed(const char *s, size_t len, struct buf *out)
{
	if (len && s[len - 1] == '\\')
		return "a preseed value can't end with a backslash, which would join the next line to it";
	if (len && (strchr(" \t", s[0]) || strchr(" \t", s[len - 1])))
		return "a preseed value can't begin or end with a blank";
	buf_add(out, s, len);
	return NULL;
}

/* "192.0.2.1/24" -> "192.0.2.1" */
static const char *address(const char *s, size_t len, struct buf *out)
{
	const char *slash = memchr(s, '/', len);

	buf_add(out, s, slash ? (size_t)(slash - s) : len);
	return NULL;
}

/* The bits of "24", "/24", "192.0.2.1/24" or "255.255.255.0"; -1: none of these. */
static int prefix_bits(const char *s)
{
	const char *slash = strchr(s, '/');
	uint32_t mask;
	uint64_t bits;

	if (slash)
		s = slash + 1;
	if (str_u64(s, &bits))
		return bits <= 32 ? (int)bits : -1;
	if (!str_ip4(s, &mask))
		return -1;
	mask = ~mask;
	return mask & (mask + 1) ? -1 : 32 - __builtin_popcount(mask);
}

static const char no_mask[] = "is neither a netmask nor ends with /BITS";

static const char *prefix(const char *s, size_t len, struct buf *out)
{
	int bits = prefix_bits(s);

	(void)len;
	if (bits < 0)
		return no_mask;
	buf_addf(out, "%d", bits);
	return NULL;
}

static const char *netmask(const char *s, size_t len, struct buf *out)
{
	int bits = prefix_bits(s);
	uint32_t mask = bits > 0 ? UINT32_MAX << (32 - bits) : 0;

	(void)len;
	if (bits < 0)
		return no_mask;
	buf_addf(out, "%u.%u.%u.%u", mask >> 24, mask >> 16 & 255, mask >> 8 & 255, mask & 255);
	return NULL;
}

/* "web1.example.org" -> "web1" */
static const char *label(const char *s, size_t len, struct buf *out)
{
	(void)len;
	buf_add(out, s, strcspn(s, "."));
	return NULL;
}

/* "web1.example.org" -> "example.org"; nothing where there is no dot. */
static const char *domain(const char *s, size_t len, struct buf *out)
{
	const char *dot = strchr(s, '.');

	(void)len;
	buf_adds(out, dot ? dot + 1 : "");
	return NULL;
}

/* "es_ES.UTF-8" -> "ES"; nothing where the locale names none, as C.UTF-8 does. */
static const char *country(const char *s, size_t len, struct buf *out)
{
	const char *underscore = strchr(s, '_');

	(void)len;
	if (underscore)
		buf_add(out, underscore + 1, strcspn(underscore + 1, ".@"));
	return NULL;
}

/* The first of a list's elements. */
static const char *first(const char *s, size_t len, struct buf *out)
{
	(void)len;
	s += strspn(s, BLANKS);
	buf_add(out, s, strcspn(s, BLANKS));
	return NULL;
}

static void join(const char *s, char between, struct buf *out)
{
	bool more = false;

	for (s += strspn(s, BLANKS); *s; s += strspn(s, BLANKS)) {
		size_t n = strcspn(s, BLANKS);

		if (more)
			buf_addc(out, between);
		buf_add(out, s, n);
		more = true;
		s += n;
	}
}

static const char *words(const char *s, size_t len, struct buf *out)
{
	(void)len;
	join(s, ' ', out);
	return NULL;
}

static const char *commas(const char *s, size_t len, struct buf *out)
{
	(void)len;
	join(s, ',', out);
	return NULL;
}

/* What follows "://"; NULL: no URL. */
static const char *url_rest(const char *s)
{
	const char *colon = strstr(s, "://");

	return colon && colon > s && colon[3] && colon[3] != '/' ? colon + 3 : NULL;
}

static const char no_url[] = "is no URL (scheme://host/path)";

static const char *url_scheme(const char *s, size_t len, struct buf *out)
{
	(void)len;
	if (!url_rest(s))
		return no_url;
	buf_add(out, s, strcspn(s, ":"));
	return NULL;
}

/* With its port. */
static const char *url_host(const char *s, size_t len, struct buf *out)
{
	const char *rest = url_rest(s);

	(void)len;
	if (!rest)
		return no_url;
	buf_add(out, rest, strcspn(rest, "/"));
	return NULL;
}

/* As it is, but for slashes at its end. */
static const char *url_dir(const char *s, size_t len, struct buf *out)
{
	while (len && s[len - 1] == '/')
		len--;
	buf_add(out, s, len);
	return NULL;
}

static const char *url_path(const char *s, size_t len, struct buf *out)
{
	const char *rest = url_rest(s);

	(void)len;
	if (!rest)
		return no_url;
	rest += strcspn(rest, "/");
	buf_adds(out, *rest ? rest : "/");
	return NULL;
}

const struct tmpl_filter tmpl_filter_crypt = { .name = "crypt" };

static const struct tmpl_filter filters[] = {
	{ "address", false, address },   { "commas", false, commas },     { "country", false, country },
	{ "domain", false, domain },     { "first", false, first },       { "label", false, label },
	{ "netmask", false, netmask },   { "prefix", false, prefix },     { "preseed", false, preseed },
	{ "quote", false, quote },       { "shell", false, shell },       { "url-dir", false, url_dir },
	{ "url-host", false, url_host }, { "url-path", false, url_path }, { "url-scheme", false, url_scheme },
	{ "words", false, words },       { "yaml", true, yaml },
};

const struct tmpl_filter *tmpl_filter_at(size_t i)
{
	if (i == 0)
		return &tmpl_filter_crypt;
	return i <= ARRAY_SIZE(filters) ? &filters[i - 1] : NULL;
}

const struct tmpl_filter *tmpl_filter_find(const char *name, size_t len)
{
	const struct tmpl_filter *f;

	for (size_t i = 0; (f = tmpl_filter_at(i)); i++)
		if (strlen(f->name) == len && memcmp(f->name, name, len) == 0)
			return f;
	return NULL;
}
