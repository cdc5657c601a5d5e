#include "base/file.h"
#include "base/util.h"
#include "packages/export.h"
#include "packages/packages.h"

#define TARGET_KEYRING "/usr/share/keyrings/debian-archive-keyring.gpg"

struct pkg_source *pkg_request_insert(struct pkg_request *req, size_t at)
{
	struct pkg_source *source;

	req->sources = xrealloc(req->sources, (req->n_sources + 1) * sizeof(*req->sources));
	source = req->sources + at;
	memmove(source + 1, source, (req->n_sources++ - at) * sizeof(*source));
	*source = (struct pkg_source){ 0 };
	return source;
}

static int write_text(const char *dir, const char *name, const struct buf *text, mode_t mode,
		      struct door *door, struct err *err)
{
	auto_free char *path = path_join(dir, name);

	return door_write(door, path, buf_str(text), text->len, mode, err);
}

/* A name that apt takes for a file of sources.list.d: letters, digits, -_. */
static char *file_name(const char *name)
{
	char *s = xstrdup(name);

	for (char *p = s; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *p))
			*p = '-';
	return s;
}

/* sources.list(5), the deb822 style. */
static int write_source(const struct pkg_source *source, const char *dir, struct door *door, struct err *err)
{
	auto_free char *plain = file_name(source->name);
	auto_free char *name = xasprintf("etc/apt/sources.list.d/%s.sources", plain);
	auto_buf text = { 0 };

	/* apt has no method for it. */
	if (export_is(source->origin ? source->origin : source->base))
		buf_adds(&text, "Enabled: no\n");
	buf_addf(&text, "Types: deb\nURIs: %s", source->origin ? source->origin : source->base);
	for (size_t i = 0; i < source->mirrors.n; i++)
		buf_addf(&text, " %s", source->mirrors.v[i]);
	buf_addf(&text, "\nSuites: %s\nComponents:", source->suite);
	for (size_t i = 0; i < source->components.n; i++)
		buf_addf(&text, " %s", source->components.v[i]);
	buf_addf(&text, "%s\nSigned-By: " TARGET_KEYRING "\n", source->components.n ? "" : " main");
	return write_text(dir, name, &text, 0644, door, err);
}

/* apt_preferences(5): 500 is apt's own, up to 990 wins over a newer version, below 500 loses to an older one.
 */
static int pin_priority(unsigned cost)
{
	return cost < 1000 ? MIN(501 + (1000 - (int)cost) / 2, 990)
			   : MAX(499 - ((int)MIN(cost, 100000u) - 1000) / 10, 100);
}

/* What resolving did by the costs, apt shall do as well. */
static int write_pins(const struct pkg_request *req, const char *dir, struct door *door, struct err *err)
{
	auto_buf text = { 0 };

	for (size_t i = 0; i < req->n_sources; i++) {
		const struct pkg_source *s = &req->sources[i];

		if (s->cost && s->cost != 1000)
			buf_addf(&text,
				 "%sExplanation: cost %u of %s\nPackage: *\nPin: release n=%s\nPin-Priority: "
				 "%d\n",
				 text.len ? "\n" : "", s->cost, s->name, s->suite, pin_priority(s->cost));
	}
	return text.len ? write_text(dir, "etc/apt/preferences.d/xenith", &text, 0644, door, err) : 0;
}

int pkg_write_sources(const struct pkg_request *req, const char *dir, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < req->n_sources && !r; i++)
		r = write_source(&req->sources[i], dir, door, err);
	if (!r)
		r = write_pins(req, dir, door, err);
	if (!r && req->proxy) {
		auto_buf text = { 0 };
		/* A password may stand in it. */
		mode_t mode = strchr(req->proxy, '@') ? 0600 : 0644;

		buf_addf(&text, "Acquire::http::Proxy \"%s\";\nAcquire::https::Proxy \"%s\";\n", req->proxy,
			 req->proxy);
		r = write_text(dir, "etc/apt/apt.conf.d/80xenith-proxy", &text, mode, door, err);
	}
	return r;
}
