/* Kickstart files for the commands: FILE or "-", and --version. */
#ifndef CLI_KS_READ_H
#define CLI_KS_READ_H

#include "kickstart/ks.h"

/* Append FILE, or standard input for "-". ERR_INPUT if it can't be read. */
int ks_read_text(const char *file, struct buf *b, struct err *err);
/* KS_VERSION_NONE where name is NULL; ERR_USAGE for an unknown name. */
int ks_read_version(const char *name, enum ks_version *ret, struct err *err);

#endif
