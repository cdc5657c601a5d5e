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

struct key {
	size_t file, index;
	unsigned line;
};

static int compare(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->line != y->line)
		return x->line - 1 < y->line - 1 ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

void ks_diags_sort(struct ks_diags *diags)
{
	struct key *keys;
	struct ks_diag *sorted;

	if (diags->n < 2)
		return;
	keys = xcalloc(diags->n, sizeof(*keys));
	sorted = arena_alloc(&diags->arena, diags->n * sizeof(*sorted));
	for (size_t i = 0; i < diags->n; i++) {
		size_t f = i ? keys[i - 1].file : 0;

		if (i && strcmp(diags->v[i].file, diags->v[f].file) != 0)
			for (f = 0; strcmp(diags->v[i].file, diags->v[f].file) != 0;)
				f++;
		keys[i] = (struct key){ .file = f, .index = i, .line = diags->v[i].line };
	}
	qsort(keys, diags->n, sizeof(*keys), compare);
	for (size_t i = 0; i < diags->n; i++)
		sorted[i] = diags->v[keys[i].index];
	memcpy(diags->v, sorted, diags->n * sizeof(*sorted));
	free(keys);
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
