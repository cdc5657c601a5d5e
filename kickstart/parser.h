/* The state of one ks_parse, shared by the files that read sections. */
#ifndef KICKSTART_PARSER_H
#define KICKSTART_PARSER_H

#include "kickstart/lex.h"
#include "kickstart/table.h"

struct ks_parser;

/* A kind of section. begin sees the header's words in p->line; line sees each line within, whole. */
struct ks_section {
	const char *name;         /* "%packages" */
	const struct ks_cmd *cmd; /* the rows of its header, or NULL */
	bool script;              /* the body is kept as it is: no words, no comments */
	void (*begin)(struct ks_parser *p);
	void (*line)(struct ks_parser *p, const char *text, size_t len);
	void (*end)(struct ks_parser *p);
};

extern const struct ks_section ks_sect_packages, ks_sect_pre, ks_sect_pre_install, ks_sect_post,
	ks_sect_onerror, ks_sect_traceback, ks_sect_addon, ks_sect_anaconda, ks_sect_certificate;

/* A file that is being read; parent is the one that includes it. */
struct ks_source {
	const char *name;
	const struct ks_source *parent;
	unsigned depth;
	bool spliced; /* by %ksappend: its lines stand in the parent's place, sections go on behind it */
};

struct ks_parser {
	struct ks *ks;
	struct ks_diags *diags;
	const struct ks_parse_opts *opts;
	struct ks_line line;
	struct ks_words words;
	const struct ks_section *section; /* NULL: among the commands */
	const struct ks_source *section_source;
	unsigned section_line;
	bool is_host;       /* there was an %addon xenith */
	bool addon_ours;    /* in one */
	bool skipping;      /* in a section of unknown name, up to its %end */
	bool continued;     /* the line before ended in a backslash */
	size_t line_end;    /* bytes of a rare line end (VT, FF, U+2028, ...) that the line keeps */
	bool body_begun;    /* an included file's leading comments are over */
	const char *header; /* of a raw section */
	const char *text;   /* of the outermost file */
	size_t text_len;
	unsigned n_includes;
	size_t n_bytes;     /* of all included files */
	unsigned n_lines;   /* commands and packages so far */
	bool stopped;       /* there are too many */
	size_t not_fetched; /* included files that could not be fetched */
	struct ks_script script;
	struct buf body;
};

#define KS_TOO_LARGE    "is larger than 16 MiB; is this a kickstart file?"
#define KS_INCLUDES_MAX (4 * KS_SIZE_MAX)
/*
 * No kickstart file has more lines of commands and packages: what grows with their square stays below a
 * second. Public files have some hundred.
 */
#define KS_LINES_MAX    20000

/* Count a command or package; false, after one error, from KS_LINES_MAX on. */
bool ks_parser_count(struct ks_parser *p);
/* Split the line; false if it has no words, or after an error. */
bool ks_parser_words(struct ks_parser *p, const char *text, size_t len);
/* Say what is wrong with the line's bytes; returns how many of them to leave out in front. */
size_t ks_parser_bytes(struct ks_parser *p, const char *text, size_t len);
void ks_parser_error(struct ks_parser *p, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Read the lines of text, a part or the whole of src. */
void ks_parser_text(struct ks_parser *p, const struct ks_source *src, const char *text, size_t size);
/* Follow the %include or %ksappend that p->line is. */
void ks_parser_include(struct ks_parser *p, const struct ks_source *src);
/* The file whose text src is spliced into; src itself if it isn't. */
const struct ks_source *ks_source_file(const struct ks_source *src);
/* A file's name or URL for messages: without the password in it. */
const char *ks_source_shown(const char *name, struct arena *arena);

#endif
