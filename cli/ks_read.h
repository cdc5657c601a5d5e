/* Kickstart files for the commands: FILE or "-", --version, what is wrong as JSON. */
#ifndef CLI_KS_READ_H
#define CLI_KS_READ_H

#include "base/json.h"
#include "kickstart/ks.h"

/*
 * Append FILE, or standard input for "-"; or what an http:, https:, ftp:, nfs: or file: URL names. ERR_INPUT
 * if it can't be read, ERR_FETCH if it can't be fetched. No medium is mounted.
 */
int ks_read_text(const char *file, struct buf *b, struct err *err);
/* A ks_include_fn: ks_read_text of what %include names; arg is unused. */
int ks_read_include(void *arg, const char *path, const char *from, struct buf *ret, struct err *err);
/* Read and parse FILE or URL; warnings go to standard error. ERR_INPUT with all errors. */
int ks_read_file(const char *file, struct ks *ret, struct err *err);
/* KS_VERSION_NONE where name is NULL; ERR_USAGE for an unknown name. */
int ks_read_version(const char *name, enum ks_version *ret, struct err *err);
/* Append the diagnostics to a JSON array, an object each. */
void ks_diags_add_json(const struct ks_diags *diags, json_t *all);
/* Append the diagnostics as a JSON array. */
void ks_diags_json(const struct ks_diags *diags, struct buf *b);

#endif
