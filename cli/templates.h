/* Ready templates, found by name. */
#ifndef CLI_TEMPLATES_H
#define CLI_TEMPLATES_H

#include "base/argv.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * The file that a template's name means: the file itself where there is one ("-" and URLs stay as they are),
 * else NAME or NAME.EXT in ./templates, /etc/xenith/templates, or share/xenith/templates of where xenith is
 * installed. free(3). ERR_INPUT with the nearest name if there is none.
 */
int template_find(const char *name, char **ret, struct err *err);
/* The file of a ready template; NULL: there is none. free(3). */
char *template_ready(const char *name);
/* The folders of ready templates. */
void template_folders(struct argv *ret);
/* Append "name  dialect  what it is" of every ready template, a line each, sorted. */
void template_list(struct buf *b);

#endif
