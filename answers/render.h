/* A template on its way to checked answer files. */
#ifndef ANSWERS_RENDER_H
#define ANSWERS_RENDER_H

#include "answers/dialect.h"
#include "base/argv.h"
#include "template/hash.h"
#include "template/template.h"

struct render_job {
	struct tmpl *t;
	struct tmpl_input in;
	struct ks_parse_opts parse;
	struct tmpl_out out;       /* of the last rendering */
	struct tmpl_errors errors; /* of the template, and of what was rendered */
	struct tmpl_errors warnings;
	struct tmpl_hasher hasher;
};

/*
 * Parse a template; dirs as tmpl_parse has it. Its errors are in job->errors; ERR_INPUT if there was any.
 * job->parse and job->in.values are the caller's. Passwords are hashed as the template's %%crypt line says,
 * else as the version of the language knows them: job->parse's, or the one of the rendered "#version=" line.
 */
int render_open(struct render_job *job, const char *file, const char *text, size_t len, char *const *dirs);
/* ERR_USAGE if the template uses no name of that object: a typing error. */
int render_check_set(const struct render_job *job, const json_t *set, struct err *err);
/*
 * Render with job->in into job->out, and check each file of it, named name (with its dialect's .EXT if ext),
 * or name/FILE where it has a name of its own. ERR_INPUT: the errors are added to job->errors, at the
 * template's lines. Warnings go to job->warnings. Both say context behind each line; or NULL.
 */
int render_one(struct render_job *job, const char *name, bool ext, const char *context);
void render_close(struct render_job *job);

#endif
