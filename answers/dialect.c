#include "answers/dialect.h"

#include <stdarg.h>

#include "base/util.h"

static const struct dialect dialects[] = {
	{ "kickstart", "ks", "RHEL and Fedora, kickstart(5)", dialect_check_kickstart },
	{ "preseed", "cfg", "debian-installer", dialect_check_preseed },
	{ "autoinstall", "yaml", "the Ubuntu installer", dialect_check_autoinstall },
	{ "cloud-config", "yaml", "cloud-init's user-data", dialect_check_cloud_config },
	{ "netplan", "yaml", "cloud-init's network-config", dialect_check_netplan },
	{ "yaml", "yaml", "any YAML", dialect_check_yaml },
};

const struct dialect *dialect_at(size_t i)
{
	return i < ARRAY_SIZE(dialects) ? &dialects[i] : NULL;
}

const struct dialect *dialect_find(const char *name)
{
	if (!name)
		return &dialects[0];
	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++)
		if (strcmp(dialects[i].name, name) == 0)
			return &dialects[i];
	return NULL;
}

const char *dialect_nearest(const char *name)
{
	const char *names[ARRAY_SIZE(dialects)];

	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++)
		names[i] = dialects[i].name;
	return str_nearest(name, names, ARRAY_SIZE(names));
}

static struct tmpl_at place(const struct dialect_check *c, unsigned line)
{
	return line && line <= c->n_map ? c->map[line - 1] : (struct tmpl_at){ c->name, line };
}

void dialect_error(struct dialect_check *c, unsigned line, const char *word, const char *fmt, ...)
{
	auto_buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	tmpl_error(c->errors, place(c, line), word, "%s", buf_str(&b));
}

void dialect_warn(struct dialect_check *c, unsigned line, const char *word, const char *fmt, ...)
{
	auto_buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	if (c->parse && c->parse->strict)
		tmpl_error(c->errors, place(c, line), word, "%s", buf_str(&b));
	else
		tmpl_error(c->warnings, place(c, line), word, "warning: %s", buf_str(&b));
}

void dialect_check_kickstart(struct dialect_check *c)
{
	struct ks_diags diags = { 0 };
	struct ks ks = { 0 };

	ks_parse(c->name, c->text, c->len, c->parse, &ks, &diags, NULL);
	ks_check_lint(&ks, c->parse->strict ? KS_ERROR : KS_WARNING, &diags);
	for (size_t i = 0; i < diags.n; i++) {
		const struct ks_diag *d = &diags.v[i];
		bool here = strcmp(d->file, c->name) == 0;
		struct tmpl_at at = here ? place(c, d->line) : (struct tmpl_at){ d->file, d->line };

		if (d->severity == KS_ERROR)
			tmpl_error(c->errors, at, d->word, "%s", d->reason);
		else
			tmpl_error(c->warnings, at, d->word, "warning: %s", d->reason);
	}
	ks_clear(&ks);
	ks_diags_clear(&diags);
}
