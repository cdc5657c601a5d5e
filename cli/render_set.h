/* The values that the command line gives to a template's names. */
#ifndef CLI_RENDER_SET_H
#define CLI_RENDER_SET_H

#include "base/argv.h"
#include "base/err.h"
#include "base/json.h"

/* Read NAME=VALUE words, or NAME=FILE ones, into an object. ERR_USAGE for what is neither. */
int render_read_set(const struct argv *words, bool files, json_t *ret, struct err *err);

#endif
