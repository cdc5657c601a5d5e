/* %addon xenith by its own tables; the addons of others, %anaconda and %certificate are kept unread. */
#include "base/util.h"
#include "kickstart/parser.h"

static void begin(struct ks_parser *p)
{
	p->body_begun = true;
	p->addon_ours = p->line.n_words > 1 && strcmp(p->line.words[1], "xenith") == 0;
	p->is_host = p->is_host || p->addon_ours;
	if (p->addon_ours && p->line.n_words > 2)
		ks_parser_error(p, p->line.words[2], "%%addon xenith takes no options");
}

static void begin_raw(struct ks_parser *p)
{
	p->body_begun = true;
}

static void line(struct ks_parser *p, const char *text, size_t len)
{
	if (!p->addon_ours)
		buf_add(&p->body, text, len);
	else if (ks_parser_words(p, text, strcspn(text, "\r\n") < len ? strcspn(text, "\r\n") : len))
		ks_line_run(&p->line, ks_addon_commands);
}

static void end(struct ks_parser *p)
{
	struct ks *ks = p->ks;
	struct ks_raw *raw;

	if (p->addon_ours)
		return;
	raw = arena_push(&ks->arena, &ks->raws, &ks->n_raws, sizeof(*raw));
	raw->at.file = p->line.file;
	raw->at.line = p->section_line;
	raw->header = p->header;
	raw->body = arena_strdup(&ks->arena, buf_str(&p->body));
}

const struct ks_section ks_sect_addon = {
	.name = "%addon", .script = true, .begin = begin, .line = line, .end = end
};
const struct ks_section ks_sect_anaconda = {
	.name = "%anaconda", .script = true, .begin = begin_raw, .line = line, .end = end
};

struct certificate {
	struct ks_at at;
	const char *filename, *dir, *type;
};

static const struct ks_opt certificate_opts[] = {
	{ "--filename", KS_STRING, KS_OFF(certificate, filename), .required = KS_ALWAYS },
	{ "--dir", KS_STRING, KS_OFF(certificate, dir) },
	{ "--type", KS_STRING, KS_OFF(certificate, type) },
	{ 0 },
};

const struct ks_cmd ks_section_certificate = {
	.name = "%certificate",
	.versions = KS_ALWAYS,
	.opts = certificate_opts,
	.size = sizeof(struct certificate),
};

static void begin_certificate(struct ks_parser *p)
{
	struct certificate c = { 0 };
	size_t before = p->line.errors;

	p->body_begun = true;
	ks_line_options(&p->line, &c);
	if (p->line.errors == before && !(c.dir && *c.dir) && !(c.type && *c.type))
		ks_line_error(&p->line, NULL, "--dir or --type is needed");
}

static void end_certificate(struct ks_parser *p)
{
	const char *s = buf_str(&p->body);

	if (!s[strspn(s, " \t\r\n\v\f")])
		ks_diag_add(p->line.diags, KS_ERROR, p->line.file, p->section_line, p->section->name,
			    "the section is empty");
	end(p);
}

const struct ks_section ks_sect_certificate = {
	.name = "%certificate",
	.cmd = &ks_section_certificate,
	.script = true,
	.begin = begin_certificate,
	.line = line,
	.end = end_certificate,
};
