/* Reading and storing the value of an option row. */
#ifndef KICKSTART_VALUE_H
#define KICKSTART_VALUE_H

#include "kickstart/table.h"

/* Store a word (NULL for a flag) in data; false after ks_line_error. */
bool ks_value_store(struct ks_line *line, const struct ks_opt *opt, void *data, const char *value);
/* The struct that a new line of cmd stores into. */
void *ks_cmd_begin(struct ks *ks, const struct ks_cmd *cmd);
/* "removed in F41", "known from RHEL8 on" or nothing, within the line of products (Fedora or RHEL). */
void ks_say_when(const struct ks_line *line, ks_versions set, const char *instead, struct buf *b);
bool ks_value_int(const char *s, int64_t *ret);

#endif
