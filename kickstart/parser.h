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
	bool addon_ours;    /* in %addon xenith */
	bool skipping;      /* in a section of unknown name, up to its %end */
	bool continued;     /* the line before ended in a backslash */
	bool body_begun;    /* an included file's leading comments are over */
	const char *header; /* of a raw section */
	struct ks_script script;
	struct buf body;
};

/* Split the line; false if it has no words, or after an error. */
bool ks_parser_words(struct ks_parser *p, const char *text, size_t len);
void ks_parser_error(struct ks_parser *p, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
