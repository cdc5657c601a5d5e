#include "packages/control.h"

#include <ctype.h>
#include <strings.h>

#include "base/argv.h"
#include "base/util.h"

char *control_field(const char *text, const char *field)
{
	size_t len = strlen(field);

	for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line ? 1 : 0) {
		const char *end;

		if (strncasecmp(line, field, len) != 0 || line[len] != ':')
			continue;
		line += len + 1;
		for (end = line + strcspn(line, "\n"); end[0] && (end[1] == ' ' || end[1] == '\t');)
			end += 1 + strcspn(end + 1, "\n");
		while (line < end && isspace((unsigned char)*line))
			line++;
		while (end > line && isspace((unsigned char)end[-1]))
			end--;
		return xstrndup(line, (size_t)(end - line));
	}
	return NULL;
}

bool control_field_has(const char *text, const char *field, const char *word)
{
	auto_free char *value = control_field(text, field);
	auto_argv words = { 0 };

	if (value)
		argv_split(&words, value, " \t\n");
	return argv_has(&words, word);
}
