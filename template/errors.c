#include <stdarg.h>

#include "base/util.h"
#include "template/template.h"

void tmpl_errors_clear(struct tmpl_errors *errors)
{
	buf_clear(&errors->text);
	errors->n = 0;
}

void tmpl_error(struct tmpl_errors *errors, struct tmpl_at at, const char *word, const char *fmt, ...)
{
	struct buf *b = &errors->text;
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
	errors->n++;
}

void tmpl_map_clear(struct tmpl_map *map)
{
	free(map->v);
	*map = (struct tmpl_map){ 0 };
}
