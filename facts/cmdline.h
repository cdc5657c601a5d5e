/* Words of the kernel command line (Linux, lib/cmdline.c next_arg): blanks separate, double quotes keep. */
#ifndef FACTS_CMDLINE_H
#define FACTS_CMDLINE_H

#include "base/argv.h"

/* Add its words, without the quotes. cmdline may be NULL. */
void cmdline_split(const char *cmdline, struct argv *words);

#endif
