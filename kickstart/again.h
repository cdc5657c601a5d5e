/* What a line takes away from what was said before it. */
#ifndef KICKSTART_AGAIN_H
#define KICKSTART_AGAIN_H

#include "kickstart/table.h"

/* Before opt is stored: rivals and what earlier lines gave of its pool are forgotten; what is lost is noted.
 */
void ks_again_option(struct ks_line *line, const struct ks_opt *opt, void *data, const char *value);
/* Before a second line of a command that stands once: forget what doesn't stay; lost gets those rows. */
void ks_again_line(struct ks_line *line, void *data, uint64_t lost[2]);
/* After it: note the rows of lost that the line didn't give again. */
void ks_again_lost(struct ks_line *line, const struct ks_at *at, const uint64_t lost[2]);

#endif
