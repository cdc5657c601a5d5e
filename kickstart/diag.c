#include <stdarg.h>

#include "base/util.h"
#include "kickstart/ks.h"

void ks_diag_add(struct ks_diags *diags, enum ks_severity severity, const char *file, unsigned line,
		 const char *word, const char *fmt, ...)
{
	struct ks_diag *d = arena_push(&diags->arena, &diags->v, &diags->n, sizeof(*d));
	auto_buf reason = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&reason, fmt, ap);
	va_end(ap);
	d->severity = severity;
	d->file = arena_strdup(&diags->arena, file ? file : "-");
	d->line = line;
	d->word = word ? arena_strdup(&diags->arena, word) : NULL;
	d->reason = arena_strdup(&diags->arena, buf_str(&reason));
}

void ks_diags_clear(struct ks_diags *diags)
{
	arena_clear(&diags->arena);
	diags->v = NULL;
	diags->n = 0;
}

size_t ks_diags_errors(const struct ks_diags *diags)
{
	size_t n = 0;

	for (size_t i = 0; i < diags->n; i++)
		n += diags->v[i].severity == KS_ERROR;
	return n;
}

void ks_diags_print(const struct ks_diags *diags, struct buf *b)
{
	for (size_t i = 0; i < diags->n; i++) {
		const struct ks_diag *d = &diags->v[i];

		buf_adds(b, d->file);
		if (d->line)
			buf_addf(b, ":%u", d->line);
		buf_adds(b, ": ");
		if (d->word)
			buf_addf(b, "%s: ", d->word);
		buf_addf(b, "%s%s\n", d->severity == KS_WARNING ? "warning: " : "", d->reason);
	}
}
