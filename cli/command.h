/* A program's commands, and what its main() does with them. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/opt.h"

struct command_list {
	const struct command *const *v;
	size_t n;
};

/* The words of the command line; the exit status. */
int command_main(const struct command_list *list, int argc, char **argv);
/* One command, with the words behind its name. */
int command_run(const struct command *cmd, char **words);

#endif
