/* A template on its way to checked kickstart files. */
#ifndef CLI_RENDER_H
#define CLI_RENDER_H

#include "base/argv.h"
#include "kickstart/ks.h"
#include "template/hash.h"
#include "template/template.h"

struct render_job {
	struct tmpl *t;
	struct tmpl_input in;
	struct ks_parse_opts parse;
	struct tmpl_map map;
	struct tmpl_errors errors; /* of the template, and of what was rendered */
	struct buf warnings;
	struct tmpl_hasher hasher;
};

/* Read NAME=VALUE words, or NAME=FILE ones, into an object. ERR_USAGE for what is neither. */
int render_read_set(const struct argv *words, bool files, json_t *ret, struct err *err);
/*
 * Read the template ("-": standard input); its errors are in job->errors. Passwords are hashed as the version
 * of job->parse, or else the template's #version= line, knows them.
 */
int render_open(struct render_job *job, const char *file, struct err *err);
/* ERR_USAGE if the template uses no name of that object: a typing error. */
int render_check_set(const struct render_job *job, const json_t *set, struct err *err);
/*
 * Render one file with job->in and check it, as the file name it will have. ERR_INPUT: the errors are added
 * to job->errors, at the template's lines. Warnings go to job->warnings.
 */
int render_one(struct render_job *job, const char *name, struct buf *ret);
/*
 * Replace the values of those names in an object by their hashes; found (of as many) is set where there is
 * one. Errors are added to job->errors, at that place.
 */
void render_hash(struct render_job *job, const struct argv *names, struct tmpl_at at, json_t *values,
		 bool *found);
void render_close(struct render_job *job);

#endif
