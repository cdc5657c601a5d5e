/* Debian's control syntax (deb822): paragraphs of "Field: value", continued by lines that start with a blank.
 */
#ifndef PACKAGES_CONTROL_H
#define PACKAGES_CONTROL_H

#include <stdbool.h>

/*
 * The value of a field in one paragraph, without blanks around it, continuation lines included; NULL if
 * absent. Names match without case. free(3).
 */
char *control_field(const char *text, const char *field);
/* Whether one of the value's words (split at blanks) is word. */
bool control_field_has(const char *text, const char *field, const char *word);

#endif
