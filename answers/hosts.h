/* A file, or a folder of files, for each host of a table: all are rendered and checked, then all are written.
 */
#ifndef ANSWERS_HOSTS_H
#define ANSWERS_HOSTS_H

#include "answers/render.h"
#include "answers/write.h"
#include "template/table.h"

/*
 * Render job's template for each row, as NAME.EXT or NAME/FILE, NAME from that column. Rows must have names
 * that differ and can be files'; their errors are added to job->errors. ERR_INPUT if there was any; all rows
 * are gone through. dir is where the files will be.
 */
int render_hosts(struct render_job *job, const char *table_file, const struct tmpl_table *table,
		 const char *column, const char *dir, struct write_files *ret);
/* Add what was rendered last, as name.EXT or name/FILE. */
void render_add_files(const struct render_job *job, const char *name, struct write_files *ret);

#endif
