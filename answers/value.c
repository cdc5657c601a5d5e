#include "answers/value.h"

#include <arpa/inet.h>
#include <ctype.h>

#include "base/util.h"

const char *answer_address(const char *s)
{
	unsigned char a[16];

	return inet_pton(AF_INET, s, a) == 1 || inet_pton(AF_INET6, s, a) == 1 ? NULL : "is no address";
}

const char *answer_cidr(const char *s)
{
	const char *slash = strchr(s, '/');
	auto_free char *a = slash ? xstrndup(s, (size_t)(slash - s)) : NULL;
	uint64_t bits;

	if (!a || answer_address(a) || !str_u64(slash + 1, &bits) || bits > (strchr(a, ':') ? 128 : 32))
		return "is no address with /BITS";
	return NULL;
}

const char *answer_netmask(const char *s)
{
	uint32_t mask, rest;

	if (!str_ip4(s, &mask))
		return "is no netmask";
	rest = ~mask;
	return rest & (rest + 1) ? "is no netmask" : NULL;
}

const char *answer_hostname(const char *s)
{
	static const char wrong[] = "is no host name";
	size_t total = strlen(s);

	if (!total || total > 253)
		return wrong;
	for (;;) {
		size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

		if (!n || n > 63 || s[0] == '-' || s[n - 1] == '-')
			return wrong;
		if (!s[n])
			return NULL;
		if (s[n] != '.')
			return wrong;
		s += n + 1;
	}
}

const char *answer_mac(const char *s)
{
	for (int i = 0; i < 17; i++)
		if (i % 3 == 2 ? s[i] != ':' : !isxdigit((unsigned char)s[i]))
			return "is no MAC address";
	return s[17] ? "is no MAC address" : NULL;
}

const char *answer_hash(const char *s)
{
	while (*s == '!' || *s == '*')
		s++;
	if (!*s || (*s == '$' && strlen(s) > 20 && strchr(s + 1, '$') && !strpbrk(s, " :\t")))
		return NULL;
	return "is no password hash";
}

const char *answer_ssh_key(const char *s)
{
	static const char *const kinds[] = { "ssh-", "ecdsa-", "sk-", NULL };
	const char *blank;

	/* Options may stand in front of the kind. */
	for (size_t i = 0; kinds[i]; i++) {
		const char *kind = strstr(s, kinds[i]);

		blank = kind ? strchr(kind, ' ') : NULL;
		if (blank && strspn(blank + 1,
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") >= 4)
			return NULL;
	}
	return "is no public SSH key";
}

const char *answer_url(const char *s)
{
	const char *rest = strstr(s, "://");

	if (!rest || !rest[3] || rest[3] == '/' || strpbrk(s, " \t"))
		return "is no URL";
	return str_starts(s, "http:") || str_starts(s, "https:") || str_starts(s, "ftp:") ? NULL
											  : "is no URL";
}

const char *answer_boolean_word(const char *s)
{
	return strcmp(s, "true") == 0 || strcmp(s, "false") == 0 ? NULL : "is neither true nor false";
}
