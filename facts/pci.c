#include "facts/pci.h"

#include <ctype.h>

#include "base/argv.h"
#include "base/util.h"

/* "0000:00:10.0": domain (4 digits or more), bus, device, function in hex. */
static bool is_address(const char *s)
{
	size_t domain = strspn(s, "0123456789abcdef");

	if (domain < 4 || s[domain] != ':' || strlen(s + domain) != 8)
		return false;
	s += domain;
	return isxdigit((unsigned char)s[1]) && isxdigit((unsigned char)s[2]) && s[3] == ':' &&
	       isxdigit((unsigned char)s[4]) && isxdigit((unsigned char)s[5]) && s[6] == '.' &&
	       isdigit((unsigned char)s[7]);
}

const char *pci_parent(struct arena *a, const char *path)
{
	auto_argv words = { 0 };

	argv_split(&words, path, "/");
	for (size_t i = words.n; i-- > 0;)
		if (is_address(words.v[i]))
			return arena_strdup(a, words.v[i]);
	return NULL;
}

const char *pci_address(struct arena *a, const char *path)
{
	return strstr(path, "/usb") ? NULL : pci_parent(a, path);
}
