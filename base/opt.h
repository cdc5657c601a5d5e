/* The command line: one table of options a command; parsing, --help and the man-page check come from it. */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/argv.h"
#include "base/err.h"

enum opt_type {
	OPT_FLAG, /* bool */
	OPT_STR,  /* const char * (points into argv) */
	OPT_U64,  /* uint64_t */
	OPT_LIST, /* struct argv: may be given several times */
};

struct opt {
	const char *name; /* "--json" */
	char letter;      /* 'o' for -o; 0: none */
	enum opt_type type;
	size_t offset;   /* of the value in the command's struct */
	const char *arg; /* "FILE", NULL for flags */
	const char *help;
};

/* A command, "facts" or "ks check". opts ends with a zeroed row. */
struct command {
	const char *name;
	const char *args; /* of what stands behind the options, "FILE|-" */
	const char *summary;
	const struct opt *opts;
	size_t values_size; /* of the command's struct, zeroed before parsing */
	size_t min_args, max_args;
	int (*run)(void *values, struct argv *args, struct err *err);
};

/*
 * Fill values and args from the words behind the command's name. --name value, --name=value, -o value,
 * -ovalue; "--" ends options. ERR_USAGE with the nearest name for an unknown option. Sets *help when --help
 * is seen. OPT_LIST values are the caller's to clear.
 */
int opt_parse(const struct command *cmd, char *const *words, void *values, struct argv *args, bool *help,
	      struct err *err);
/* The text of `xenith COMMAND --help`. */
void opt_help(const struct command *cmd, struct buf *b);

#endif
