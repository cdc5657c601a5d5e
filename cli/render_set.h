/* The values that the command line gives to a template's names. */
#ifndef CLI_RENDER_SET_H
#define CLI_RENDER_SET_H

#include "base/argv.h"
#include "base/err.h"
#include "base/json.h"

/* Read NAME=VALUE words, or NAME=FILE ones, into an object. ERR_USAGE for what is neither. */
int render_read_set(const struct argv *words, bool files, json_t *ret, struct err *err);
/* --hash's names as an object. ERR_USAGE for one that has no value in any of the n objects. */
int render_read_hash(const struct argv *names, const json_t *const *objects, size_t n, json_t *ret,
		     struct err *err);

/* The options that these read: struct argv set, set_file and hash of a type. */
#define RENDER_SET_OPTS(type)                                                                               \
	{ "--set", 0, OPT_LIST, offsetof(type, set), "NAME=VALUE", "the value of a name in the template" }, \
		{ "--set-file", 0,                                                                          \
		  OPT_LIST,     offsetof(type, set_file),                                                   \
		  "NAME=FILE",  "the value is what the file holds, less its last newline" },                \
	{                                                                                                   \
		"--hash", 0, OPT_LIST, offsetof(type, hash), "NAME",                                        \
			"that value is a plain-text password: write its hash"                               \
	}

#endif
