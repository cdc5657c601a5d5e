/* %pre, %pre-install, %post, %onerror, %traceback: a header with options and a body that is kept as it is. */
#include "base/util.h"
#include "kickstart/parser.h"

#define ROWS                                                                     \
	{ "--erroronfail", KS_FLAG, KS_OFF(ks_script, erroronfail) },            \
		{ "--interpreter", KS_STRING, KS_OFF(ks_script, interp) },       \
	{                                                                        \
		"--log", KS_STRING, KS_OFF(ks_script, log), .alias = "--logfile" \
	}

static const struct ks_opt opts[] = { ROWS, { 0 } };
static const struct ks_opt post_opts[] = {
	ROWS,
	{ "--nochroot", KS_FLAG, KS_OFF(ks_script, nochroot) },
	{ 0 },
};

#define SCRIPT(var, text, rows)                  \
	const struct ks_cmd ks_section_##var = { \
		.name = text,                    \
		.versions = KS_ALWAYS,           \
		.opts = rows,                    \
		KS_MANY(scripts, ks_script),     \
	}

SCRIPT(pre, "%pre", opts);
SCRIPT(pre_install, "%pre-install", opts);
SCRIPT(post, "%post", post_opts);
SCRIPT(onerror, "%onerror", opts);
SCRIPT(traceback, "%traceback", opts);

static void begin(struct ks_parser *p)
{
	p->script = (struct ks_script){ 0 };
	ks_line_options(&p->line, &p->script);
	if (!p->script.interp)
		p->script.interp = "/bin/sh";
	p->body_begun = true;
}

static void line(struct ks_parser *p, const char *text, size_t len)
{
	buf_add(&p->body, text, len);
}

static bool is_blank(const char *s)
{
	return !s[strspn(s, " \t\r\n\v\f")];
}

static void end(struct ks_parser *p)
{
	static const struct ks_section *const kinds[] = {
		[KS_PRE] = &ks_sect_pre,
		[KS_PREINSTALL] = &ks_sect_pre_install,
		[KS_POST] = &ks_sect_post,
		[KS_ONERROR] = &ks_sect_onerror,
		[KS_TRACEBACK] = &ks_sect_traceback,
	};
	struct ks_script *s;

	if (is_blank(buf_str(&p->body)))
		return;
	s = arena_push(&p->ks->arena, &p->ks->scripts, &p->ks->n_scripts, sizeof(*s));
	*s = p->script;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i] == p->section)
			s->type = (enum ks_script_type)i;
	s->body = arena_strdup(&p->ks->arena, buf_str(&p->body));
}

#define SECTION(var, text)                        \
	const struct ks_section ks_sect_##var = { \
		.name = text,                     \
		.cmd = &ks_section_##var,         \
		.script = true,                   \
		.begin = begin,                   \
		.line = line,                     \
		.end = end,                       \
	}

SECTION(pre, "%pre");
SECTION(pre_install, "%pre-install");
SECTION(post, "%post");
SECTION(onerror, "%onerror");
SECTION(traceback, "%traceback");
