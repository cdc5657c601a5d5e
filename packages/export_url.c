#include "packages/export_url.h"

#include <string.h>

#include "base/util.h"
#include "packages/export.h"

bool export_is(const char *url)
{
	return str_starts(url, "nfs:");
}

bool export_split(const char *url, char **host, char **path, const char **options, size_t *options_len)
{
	const char *rest = url + strlen("nfs:");
	const char *at, *end;

	*options_len = 0;
	if (str_starts(rest, "//")) {
		rest += 2;
		at = strchr(rest, '/');
		end = strrchr(rest, '?');
		if (end) {
			*options = end + 1;
			*options_len = strlen(end + 1);
		}
		if (!at || at == rest || (end && end < at))
			return false;
		*host = xstrndup(rest, (size_t)(at - rest));
		*path = end ? xstrndup(at, (size_t)(end - at)) : xstrdup(at);
		return true;
	}
	at = strchr(rest, '/');
	if (!at || at == rest)
		return false;
	end = at[-1] == ':' ? at - 1 : at;
	for (const char *c = end; c-- > rest && *c != ']';)
		if (*c == ':') {
			*options = rest;
			*options_len = (size_t)(c - rest);
			rest = c + 1;
			break;
		}
	if (end[-1] == ']') {
		const char *open = strchr(rest, '[');

		if (open && open > rest) {
			*options = rest;
			*options_len = (size_t)(open - rest) - 1;
			rest = open;
		}
	}
	*host = xstrndup(rest, (size_t)(end - rest));
	*path = xstrdup(at);
	return end > rest;
}

char *export_plain(const char *url)
{
	auto_free char *host = NULL, *path = NULL;
	const char *options = NULL;
	size_t len = 0;

	if (!export_split(url, &host, &path, &options, &len))
		return xstrdup(url);
	return len ? xasprintf("nfs:%.*s:%s:%s", (int)len, options, host, path)
		   : xasprintf("nfs:%s:%s", host, path);
}

size_t export_folder_len(const char *path)
{
	const char *dists = strstr(path, "/dists/"), *pool = strstr(path, "/pool/");
	const char *end = dists ? dists : pool ? pool : strrchr(path, '/');

	return (size_t)(end - path);
}

static const char *value_of(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, name, len) == 0 && word[len] == '=' ? word + len + 1 : NULL;
}

void export_words_read(const char *options, size_t len, struct export_words *ret)
{
	auto_free char *own = xstrndup(options ? options : "", len);

	*ret = (struct export_words){ 0 };
	argv_split(&ret->all, own, ",&");
	for (size_t i = 0; i < ret->all.n; i++) {
		const struct {
			const char *name, **value;
		} known[] = {
			{ "vers", &ret->version },
			{ "nfsvers", &ret->version },
			{ "version", &ret->version },
			{ "minorversion", &ret->minor },
			{ "port", &ret->port },
			{ "nfsport", &ret->port },
			{ "mountport", &ret->mount_port },
			{ "sec", &ret->sec },
		};

		for (size_t k = 0; k < ARRAY_SIZE(known); k++) {
			const char *value = value_of(ret->all.v[i], known[k].name);

			if (value && *value)
				*known[k].value = value;
		}
	}
}

void export_words_clear(struct export_words *w)
{
	argv_clear(&w->all);
	*w = (struct export_words){ 0 };
}
