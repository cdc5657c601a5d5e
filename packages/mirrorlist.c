#include "packages/mirrorlist.h"

#include "base/util.h"
#include "packages/fetch.h"

#define LIST_MAX_BYTES 65536

bool mirrorlist_split(const char *url, char **base, char **suite)
{
	static const char middle[] = "/dists/";
	const char *dists = url ? strstr(url, middle) : NULL;
	size_t len;

	if (!dists || dists == url || !dists[strlen(middle)])
		return false;
	*base = xstrndup(url, (size_t)(dists - url));
	*suite = xstrdup(dists + strlen(middle));
	for (len = strlen(*suite); len && (*suite)[len - 1] == '/'; len--)
		(*suite)[len - 1] = '\0';
	return true;
}

/* found: the suite, then the bases. */
static int read_list(const struct pkg_source *source, const char *text, struct argv *found, struct err *err)
{
	auto_argv lines = { 0 };

	argv_split(&lines, text, "\r\n");
	for (size_t i = 0; i < lines.n; i++) {
		auto_free char *base = NULL, *suite = NULL;
		char *url = lines.v[i] + strspn(lines.v[i], " \t");

		url[strcspn(url, " \t")] = '\0';
		if (!*url || *url == '#')
			continue;
		if (!mirrorlist_split(url, &base, &suite) || (found->n && !str_eq(suite, found->v[0])))
			return err_set(err, ERR_SRC_URL,
				       "%s: %s: wants the URL of a suite%s%s, "
				       "http://mirror.example.org/debian/dists/trixie",
				       source->mirrorlist, url, found->n ? ", here of " : "",
				       found->n ? found->v[0] : "");
		if (!found->n)
			argv_add(found, suite);
		argv_add(found, base);
	}
	return found->n ? 0 : err_set(err, ERR_SRC_URL, "%s: the list holds no mirror", source->mirrorlist);
}

static int fetch_list(const struct pkg_request *req, struct pkg_source *source, struct log *log,
		      struct err *err)
{
	struct fetch_opts opts = { .proxy = req->proxy, .max_bytes = LIST_MAX_BYTES };
	auto_buf text = { 0 };
	int r = fetch_to_buf(source->mirrorlist, &opts, log, &text, err);

	if (!r)
		r = read_list(source, buf_str(&text), &source->found, err);
	if (r)
		return r;
	source->suite = source->found.v[0];
	source->base = source->found.v[1];
	for (size_t i = 2; i < source->found.n; i++)
		argv_add(&source->mirrors, source->found.v[i]);
	return 0;
}

int mirrorlist_fetch(struct pkg_request *req, struct log *log, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < req->n_sources && !r; i++)
		if (req->sources[i].mirrorlist && !req->sources[i].found.n)
			r = fetch_list(req, &req->sources[i], log, err);
	return r;
}
