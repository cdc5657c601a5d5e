/* TOML host tables, through toml++ (C++). */
#ifndef TEMPLATE_TABLE_TOML_H
#define TEMPLATE_TABLE_TOML_H

#include <jansson.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The document as an object; dates and times as texts. *line is where a table within an array begins. NULL:
 * *ret_error (free(3)) says why, at *ret_line.
 */
json_t *toml_read(const char *text, size_t len, char **ret_error, unsigned *ret_line);

/* The key under which toml_read puts the line of each table. No TOML key is empty. */
#define TOML_LINE "\x01line"

#ifdef __cplusplus
}
#endif

#endif
