/* A file for each host of a table: all are rendered and checked, then all are written. */
#ifndef CLI_RENDER_HOSTS_H
#define CLI_RENDER_HOSTS_H

#include "cli/render.h"
#include "template/table.h"

/*
 * Render job's template for each row into DIR/NAME.ks, NAME from that column. Rows must have names that
 * differ and can be files'; their errors are added to job->errors. Nothing is written if there is any error.
 * Files come under temporary names first and get theirs when all of them are on the disk.
 */
int render_hosts(struct render_job *job, const char *table_file, const struct tmpl_table *table,
		 const char *column, const char *dir, struct err *err);

#endif
