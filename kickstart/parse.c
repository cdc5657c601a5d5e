/* A file from its first line to its last: commands, sections and what %include brings in. */
#include <stdarg.h>

#include "base/util.h"
#include "kickstart/parser.h"

static const struct ks_section *const sections[] = {
	&ks_sect_packages,  &ks_sect_pre,   &ks_sect_pre_install, &ks_sect_post,        &ks_sect_onerror,
	&ks_sect_traceback, &ks_sect_addon, &ks_sect_anaconda,    &ks_sect_certificate,
};

void ks_parser_error(struct ks_parser *p, const char *word, const char *fmt, ...)
{
	auto_buf reason = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&reason, fmt, ap);
	va_end(ap);
	ks_diag_add(p->diags, KS_ERROR, p->line.file, p->line.number, word, "%s", buf_str(&reason));
}

/* The word ends in these bytes. */
static bool ends_in(const char *word, const char *end, size_t len)
{
	size_t n = strlen(word);

	return n >= len && memcmp(word + n - len, end, len) == 0;
}

bool ks_parser_words(struct ks_parser *p, const char *text, size_t len)
{
	enum ks_lex_error e = ks_lex_words(text, len, &p->ks->arena, &p->words);

	p->line.words = p->words.v;
	p->line.n_words = p->words.n;
	if (e == KS_LEX_QUOTE)
		ks_parser_error(p, p->words.v[0], "a quote is not closed on this line");
	else if (e == KS_LEX_CONTINUED)
		p->continued = true;
	if (e == KS_LEX_CONTINUED)
		ks_parser_error(p, p->words.v[0],
				"the line ends in \"\\\": kickstart lines can't be continued");
	if (!p->words.n || !ks_parser_count(p) || e != KS_LEX_OK)
		return false;
	if (!p->line_end || !ends_in(p->words.v[p->words.n - 1], text + len - p->line_end, p->line_end))
		return true;
	ks_parser_error(
		p, p->words.v[0],
		"the line ends in a vertical tab, form feed or the like, which belongs to its last word");
	return false;
}

static const struct ks_section *find_section(const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		if (strlen(sections[i]->name) == len && strncmp(sections[i]->name, word, len) == 0)
			return sections[i];
	return NULL;
}

/* Before Fedora 8 (RHEL 5 and older) the next section's header ended a section too. */
static bool needs_end(const struct ks_parser *p)
{
	enum ks_version v = p->line.version;

	return !(v < KS_F8 || (v >= KS_RHEL3 && v <= KS_RHEL5));
}

static void section_end(struct ks_parser *p)
{
	if (p->section->end)
		p->section->end(p);
	p->section = NULL;
	p->body.len = 0;
}

static void section_begin(struct ks_parser *p, const struct ks_section *s, const struct ks_source *src,
			  const char *text, size_t len)
{
	p->section = s;
	p->section_source = ks_source_file(src);
	p->section_line = p->line.number;
	p->body.len = 0;
	p->addon_ours = false;
	p->header = arena_strndup(&p->ks->arena, text, len);
	p->line.cmd = s->cmd;
	if (s->begin)
		s->begin(p);
}

static void unknown_section(struct ks_parser *p, const char *word)
{
	const char *names[ARRAY_SIZE(sections) + 2], *near;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		names[i] = sections[i]->name;
	names[ARRAY_SIZE(sections)] = "%include";
	names[ARRAY_SIZE(sections) + 1] = "%ksappend";
	near = str_nearest(word, names, ARRAY_SIZE(names));
	ks_parser_error(p, word, near ? "unknown section; did you mean %s?" : "unknown section", near);
	p->skipping = true;
}

static void command_line(struct ks_parser *p, const struct ks_source *src, const char *text, size_t len)
{
	const struct ks_section *s;
	const char *word, *shown = text;
	size_t shown_len = len;

	/* What was meant to continue the line before would only be a second error. */
	if (p->continued) {
		p->continued = len > 0 && text[len - 1] == '\\';
		return;
	}
	if (p->skipping && !(len && memchr(text, '%', len)))
		return;
	ks_lex_trim(&shown, &shown_len);
	if (!shown_len || shown[0] == '#')
		return;
	if (!ks_parser_words(p, text, len))
		return;
	word = p->line.words[0];
	if (p->skipping && strcmp(word, "%end") == 0) {
		p->skipping = false;
		return;
	}
	if (p->skipping && !find_section(word, strlen(word)))
		return;
	p->skipping = false;
	if (word[0] != '%') {
		ks_line_run(&p->line, ks_commands);
		return;
	}
	s = find_section(word, strlen(word));
	if (s)
		section_begin(p, s, src, text, len);
	else if (strcmp(word, "%include") == 0 || strcmp(word, "%ksappend") == 0)
		ks_parser_include(p, src);
	else if (strcmp(word, "%end") == 0)
		ks_parser_error(p, "%end", "no section is open here");
	else
		unknown_section(p, word);
}

static void missing_end(struct ks_parser *p)
{
	if (needs_end(p))
		ks_parser_error(p, p->section->name, "the section of line %u has no %%end", p->section_line);
	section_end(p);
}

static void section_text(struct ks_parser *p, const struct ks_source *src, const char *text, size_t len,
			 size_t whole_len)
{
	const char *word = text;
	size_t left = len, word_len = 0;

	ks_lex_trim(&word, &left);
	while (word_len < left && !ks_lex_space(word + word_len, left - word_len))
		word_len++;
	if (word_len > 1 && word[0] == '%') {
		if (word_len == 4 && strncmp(word, "%end", 4) == 0) {
			section_end(p);
			return;
		}
		if (find_section(word, word_len)) {
			missing_end(p);
			command_line(p, src, text, len);
			return;
		}
		if (word_len == 8 && strncmp(word, "%include", 8) == 0) {
			p->body_begun = false;
			if (ks_parser_words(p, text, len))
				ks_parser_include(p, src);
			p->body_begun = true;
			return;
		}
		if (word_len == 9 && strncmp(word, "%ksappend", 9) == 0) {
			if (ks_parser_words(p, text, len))
				ks_parser_include(p, src);
			return;
		}
	}
	if (ks_source_file(src) != p->section_source && p->section->script && !p->body_begun) {
		if (word_len && word[0] == '#')
			return;
		p->body_begun = true;
	}
	p->section->line(p, text, p->section->script ? whole_len : len);
}

/* src lives on the caller's stack: p->section_source never outlives it, for a section ends in its file. */
void ks_parser_text(struct ks_parser *p, const struct ks_source *src, const char *text, size_t size)
{
	const struct ks_section *open = p->section;
	const char *name = ks_source_shown(src->name, &p->ks->arena);
	size_t pos = 0, len, n;
	unsigned number = 0;

	while (pos < size && !p->stopped) {
		size_t next = ks_lex_next(text, size, pos, &len);

		p->line.file = name;
		p->line.number = ++number;
		n = ks_parser_bytes(p, text + pos, len);
		pos += n;
		len -= n;
		/* The rarer line ends stay in the line, as in the reference: no blanks between words. */
		p->line_end = 0;
		if (pos + len < size && text[pos + len] != '\n' && text[pos + len] != '\r') {
			p->line_end = next - pos - len;
			len = next - pos;
		}
		if (p->section)
			section_text(p, src, text + pos, len, next - pos);
		else
			command_line(p, src, text + pos, len);
		pos = next;
	}
	if (p->stopped)
		p->section = NULL;
	if (p->section && !src->spliced && (!open || p->section_source == src)) {
		p->line.number = number;
		missing_end(p);
	}
}

/* The version that a "#version=" comment names. */
static enum ks_version said_version(struct ks_parser *p, const char *text, size_t size)
{
	static const char word[] = "#version=";
	size_t word_len = sizeof(word) - 1, pos = 0, len;

	for (unsigned number = 1; pos < size; number++) {
		size_t next = ks_lex_next(text, size, pos, &len);
		const char *s = text + pos;

		pos = next;
		if (len < word_len || memcmp(s, word, word_len) != 0)
			continue;
		while (len > word_len && (s[len - 1] == ' ' || s[len - 1] == '\t'))
			len--;
		{
			auto_free char *name = xstrndup(s + word_len, len - word_len);
			enum ks_version v = ks_version_find(name);

			if (v)
				return v;
			p->line.number = number;
			ks_parser_error(p, "#version",
					"unknown version \"%s\"; known are RHEL3 to RHEL11 and FC3 to F45",
					name);
			return KS_VERSION_DEFAULT;
		}
	}
	return KS_VERSION_DEFAULT;
}

/* The words that only Xenith's installer takes. */
static void check_others(struct ks_parser *p)
{
	for (size_t i = 0; p->opts->others && !p->is_host && i < p->ks->n_networks; i++) {
		const struct ks_network *n = &p->ks->networks[i];

		if (str_eq(n->bootproto, "none"))
			ks_diag_add(p->line.diags, KS_ERROR, n->at.file, n->at.line, "--bootproto",
				    "\"none\" is for Xen hosts, whose files have a %%addon xenith; other "
				    "installers take --noipv4 --noipv6");
	}
}

int ks_parse(const char *name, const char *text, size_t len, const struct ks_parse_opts *opts, struct ks *ret,
	     struct ks_diags *diags, struct err *err)
{
	static const struct ks_parse_opts none = { 0 };
	struct ks_parser p = { .ks = ret, .diags = diags, .opts = opts ? opts : &none };
	struct ks_source src = { .name = name };
	size_t before = ks_diags_errors(diags), first = diags->n;

	*ret = (struct ks){ 0 };
	ks_init(ret);
	p.line.ks = ret;
	p.line.diags = diags;
	p.line.others = p.opts->others;
	p.text = text;
	p.text_len = len;
	p.line.file = ks_source_shown(name, &ret->arena);
	p.line.version = p.opts->version ? p.opts->version : said_version(&p, text, MIN(len, KS_SIZE_MAX));
	ret->version = p.line.version;
	ret->file = arena_strdup(&ret->arena, name);
	if (len <= KS_SIZE_MAX)
		ks_parser_text(&p, &src, text, len);
	else
		ks_diag_add(diags, KS_ERROR, p.line.file, 0, NULL, KS_TOO_LARGE);
	check_others(&p);
	free(p.words.v);
	buf_clear(&p.body);
	if (diags->n > first)
		ks_diags_sort(diags);
	for (size_t i = 0; p.opts->strict && i < diags->n; i++)
		diags->v[i].severity = KS_ERROR;
	if (ks_diags_errors(diags) > before) {
		auto_buf b = { 0 };

		ks_diags_print(diags, &b);
		return err_set(err, ks_diags_errors(diags) - before == p.not_fetched ? ERR_FETCH : ERR_INPUT,
			       "%s", buf_str(&b));
	}
	return 0;
}
