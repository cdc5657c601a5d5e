#include <stdarg.h>

#include "base/util.h"
#include "template/template.h"

void tmpl_errors_clear(struct tmpl_errors *errors)
{
	buf_clear(&errors->text);
	errors->n = errors->last = 0;
}

void tmpl_error(struct tmpl_errors *errors, struct tmpl_at at, const char *word, const char *fmt, ...)
{
	struct buf *b = &errors->text;
	size_t start = b->len;
	va_list ap;

	buf_adds(b, at.file ? at.file : "-");
	if (at.line)
		buf_addf(b, ":%u", at.line);
	buf_adds(b, ": ");
	if (word)
		buf_addf(b, "%s: ", word);
	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
	if (errors->context)
		buf_addf(b, " (%s)", errors->context);
	buf_addc(b, '\n');
	/* A name that is used twice in a line is wrong twice: once is enough. */
	if (start >= errors->last && start - errors->last == b->len - start &&
	    memcmp(b->data + errors->last, b->data + start, b->len - start) == 0) {
		b->len = start;
		b->data[start] = '\0';
		return;
	}
	errors->last = start;
	errors->n++;
}

void tmpl_out_clear(struct tmpl_out *out)
{
	buf_clear(&out->text);
	free(out->map.v);
	free(out->files);
	*out = (struct tmpl_out){ 0 };
}
