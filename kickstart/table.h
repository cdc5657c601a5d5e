/*
 * The tables that say what the language is: a command is a row list of options, with the versions that know
 * it.
 *
 * Parser, writer, secrets and the manual's check all read these tables; a new command is a new cmd_NAME.c and
 * its line in commands.c.
 */
#ifndef KICKSTART_TABLE_H
#define KICKSTART_TABLE_H

#include <stddef.h>

#include "kickstart/ks.h"

/* A set of versions: bit N is enum ks_version N. 0 stands for "as long as the command". */
typedef uint64_t ks_versions;

#define KS_V(v)                    (UINT64_C(1) << KS_##v)
#define KS_RANGE(from, to)         ((KS_V(to) << 1) - KS_V(from))
#define KS_ALWAYS                  KS_RANGE(FC3, RHEL11)
#define KS_SINCE(f, r)             (KS_RANGE(f, F45) | KS_RANGE(r, RHEL11))
#define KS_SINCE_F(f)              KS_RANGE(f, F45)
#define KS_SINCE_RHEL(r)           KS_RANGE(r, RHEL11)
#define KS_UNTIL(f, r)             (KS_RANGE(FC3, f) | KS_RANGE(RHEL3, r))
/* From Fedora f1 to f2 and from RHEL r1 to r2. */
#define KS_BETWEEN(f1, f2, r1, r2) (KS_RANGE(f1, f2) | KS_RANGE(r1, r2))
#define KS_HAS(set, version)       (((set) >> (version)) & 1)

enum ks_type {
	KS_FLAG,   /* bool; takes no value */
	KS_STRING, /* const char * */
	KS_INT,    /* int64_t within min..max; `none` where it is not given */
	KS_BOOL,   /* const char *, as written: yes no on off true false 1 0 */
	KS_LIST,   /* struct ks_list; split at commas, or all that is left for an argument */
	KS_CHOICE, /* const char *, one of choices */
};

enum ks_opt_flags {
	KS_SECRET = 1,      /* printed as *** and given to ks_secrets; of a list, each word */
	KS_SECRET_TAIL = 2, /* the part behind '=' of the value is secret; of a list, a --one-time-password */
	KS_ANY_CASE = 4,    /* the choice is stored as the table spells it */
	KS_NOT_EMPTY = 8,
	KS_APPEND = 32,     /* given again on a line, a list grows instead of being replaced */
	KS_JOIN = 128,      /* an argument: words right behind it are added with a blank between */
	KS_OPTIONAL = 64,   /* the value may be left out */
	KS_SECRET_URL = 16, /* a URL whose password is secret */
	KS_QUOTED = 2048,   /* a list whose words may hold commas between single quotes */
	KS_WHOLE = 256,     /* a list whose values are given one by one: no commas are split */
	/* Of a command that stands once, said again: a flag stays on; another value is forgotten. */
	KS_STAYS = 512,
	KS_FORGETS = 1024,
	KS_SIZE = 8192,   /* KS_INT: zero and negative ones are no sizes, as the linter says */
	KS_NUMBER = 4096, /* a string that should be a whole number: any other warns */
};

struct ks_choice {
	const char *word; /* NULL ends the list */
	ks_versions versions;
};

struct ks_line;

/* An option ("--name"), or an argument (a name without dashes, for messages). The list ends with a NULL name.
 */
struct ks_opt {
	const char *name;
	enum ks_type type;
	size_t offset;          /* of the value in the command's struct; unused where that is a ks_other */
	const char *alias;      /* a second spelling */
	ks_versions versions;   /* that know it */
	ks_versions deprecated; /* of these, those that warn */
	ks_versions required;
	unsigned flags;
	unsigned char group; /* not 0: only one option of a group may stand on a line */
	unsigned char rival; /* not 0: of the options with that number the last one given counts */
	unsigned char pool;  /* not 0: what a line gives of a pool replaces what earlier lines gave of it */
	int64_t none;        /* KS_INT: the value that means "not given" */
	int64_t min, max;    /* KS_INT, where not both 0 */
	const struct ks_choice *choices;
	const char *instead; /* what to write where it is deprecated or gone */
	/* A further check of the value, or NULL: may replace it. False after ks_line_error. */
	bool (*convert)(struct ks_line *line, const struct ks_opt *opt, const char **value);
};

/* One command. `repeats`: each line is an element of its own, else later lines add to the first. */
struct ks_cmd {
	const char *name;
	ks_versions versions;   /* that know it, deprecated ones included */
	ks_versions deprecated; /* of these, those that warn */
	ks_versions removed;    /* that know that it was there */
	const struct ks_opt *opts;
	size_t offset;   /* in struct ks: of its struct, or of the array's pointer */
	size_t n_offset; /* in struct ks: of the array's count */
	size_t size;     /* of its struct; 0: kept as a ks_other */
	bool repeats;
	ks_versions raw;              /* in which every word is an argument, those with dashes too */
	const char *instead;          /* what to do where it is deprecated or gone */
	bool strays;                  /* unknown options warn, and are left in the line for check */
	const struct ks_cmd *same_as; /* another name of that command: stored and printed there */
	const char *const *conflicts; /* commands that may not stand before it; NULL ends */
	ks_versions conflicting;      /* where conflicts count; 0: since Fedora 20 and RHEL 6 */
	/* After the line's options were stored in data: what the rows can't say. */
	void (*check)(struct ks_line *line, void *data);
	/* Print data where the rows can't; NULL: by the rows. */
	void (*print)(const struct ks *ks, const struct ks_cmd *cmd, const void *data, bool mask,
		      struct buf *b);
};

/* The line that is being parsed, for the hooks. */
struct ks_line {
	struct ks *ks;
	struct ks_diags *diags;
	enum ks_version version;
	const char *file;
	unsigned number;
	const struct ks_cmd *cmd;
	char **words; /* words[0] is the command */
	size_t n_words;
	uint64_t set[2]; /* rows given on this line */
	bool again;      /* the command stands once and was said before */
	bool others;     /* the file may be for other installers, as struct ks_parse_opts says */
	unsigned pools;  /* bit N: pool N was given on this line */
	size_t errors;
	struct ks_list strays; /* of a command that has them: unknown options, and words apart */
};

#define KS_OFF(type, member) .offset = offsetof(struct type, member)
/* The place of a row of a command that is kept as ks_other. */
#define KS_OTHER             .offset = 0
/* Where a command that stands once lives, and one that repeats. */
#define KS_ONE(member, type) .offset = offsetof(struct ks, member), .size = sizeof(struct type)
#define KS_MANY(member, type)                                                               \
	.offset = offsetof(struct ks, member), .n_offset = offsetof(struct ks, n_##member), \
	.size = sizeof(struct type), .repeats = true

/* The rows of struct ks_luks, for the commands that make devices. */
#define KS_LUKS_ROWS(type)                                                                              \
	{ "--escrowcert", KS_STRING, KS_OFF(type, luks.escrowcert), .versions = KS_SINCE(F12, RHEL6) }, \
		{ "--backuppassphrase", KS_FLAG, KS_OFF(type, luks.backuppassphrase),                   \
		  .versions = KS_SINCE(F12, RHEL6) },                                                   \
		{ "--cipher", KS_STRING, KS_OFF(type, luks.cipher), .versions = KS_SINCE(F18, RHEL6) }, \
		{ "--luks-version", KS_STRING, KS_OFF(type, luks.luks_version),                         \
		  .versions = KS_SINCE(F29, RHEL8) },                                                   \
		{ "--pbkdf", KS_STRING, KS_OFF(type, luks.pbkdf), .versions = KS_SINCE(F29, RHEL8) },   \
		{ "--pbkdf-memory",                                                                     \
		  KS_INT,                                                                               \
		  KS_OFF(type, luks.pbkdf_memory_kib),                                                  \
		  .versions = KS_SINCE(F29, RHEL8),                                                     \
		  .none = -1,                                                                           \
		  .flags = KS_SIZE },                                                                   \
		{ "--pbkdf-time",                                                                       \
		  KS_INT,                                                                               \
		  KS_OFF(type, luks.pbkdf_time_ms),                                                     \
		  .versions = KS_SINCE(F29, RHEL8),                                                     \
		  .none = -1,                                                                           \
		  .flags = KS_SIZE },                                                                   \
	{                                                                                               \
		"--pbkdf-iterations", KS_INT, KS_OFF(type, luks.pbkdf_iterations),                      \
			.versions = KS_SINCE(F29, RHEL8), .none = -1, .flags = KS_SIZE                  \
	}

/* All commands, in the order in which they print; NULL ends the list. */
extern const struct ks_cmd *const ks_commands[];
/* The commands of %addon xenith. */
extern const struct ks_cmd *const ks_addon_commands[];
/* The sections whose headers have options, by their names with the %. */
extern const struct ks_cmd ks_section_packages, ks_section_pre, ks_section_pre_install, ks_section_post,
	ks_section_onerror, ks_section_traceback, ks_section_certificate;

/* Error or warning about the line; word may be NULL for the command itself. */
void ks_line_error(struct ks_line *line, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void ks_line_warn(struct ks_line *line, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* What the reference overlooks: a warning where the file may be for other installers, else an error. */
void ks_line_fault(struct ks_line *line, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

const struct ks_cmd *ks_cmd_find(const struct ks_cmd *const *list, const char *name);
/* Parse line->words by the tables: find the command in list, store its values in line->ks. */
void ks_line_run(struct ks_line *line, const struct ks_cmd *const *list);
/* Parse the words behind the first one by line->cmd's rows into data. */
void ks_line_options(struct ks_line *line, void *data);
/* The row of line->cmd with that name was given on this line. */
bool ks_line_gave(const struct ks_line *line, const char *name);
bool ks_line_has(const struct ks_line *line, const struct ks_opt *opt);

/* Values of a command that is kept as ks_other, by the row's name; NULL and an empty list if not given. */
const char *ks_other_word(const struct ks_other *other, const char *name);
void ks_other_set_word(struct ks_other *other, const char *name, const char *word);
/* -1 (or the row's none) if not given. */
int64_t ks_other_number(const struct ks_other *other, const char *name);
struct ks_list ks_other_list(const struct ks_other *other, const char *name);

/* Where a row's value is. */
void *ks_opt_at(const struct ks_cmd *cmd, const struct ks_opt *opt, void *data);
bool ks_opt_is_argument(const struct ks_opt *opt);
/* The value differs from "not given". */
bool ks_opt_given(const struct ks_cmd *cmd, const struct ks_opt *opt, const void *data);
bool ks_opt_known(const struct ks_opt *opt, enum ks_version version);
/* The secret part of word i of a list, up to its end, or NULL. */
const char *ks_secret_word(const struct ks_opt *opt, const struct ks_list *list, size_t i);
/* The secret part of a value and its length (len may be NULL), or NULL. */
const char *ks_secret_part(const struct ks_opt *opt, const char *word, size_t *len);
/* Set the numbers of a zeroed struct to "not given". */
void ks_cmd_defaults(const struct ks_cmd *cmd, void *data);
/* A new zeroed element of cmd's array in ks, with its defaults. */
void *ks_cmd_push(struct ks *ks, const struct ks_cmd *cmd);
/* The struct of a command that stands once; NULL if it is kept as ks_other and wasn't said. */
void *ks_cmd_data(struct ks *ks, const struct ks_cmd *cmd);

/*
 * Call fn for every element of every command of list that ks holds, in the list's order; a command that
 * stands once is one element, said or not.
 */
void ks_each_command(const struct ks *ks, const struct ks_cmd *const *list,
		     void (*fn)(void *arg, const struct ks_cmd *cmd, const void *data), void *arg);

/*
 * Words of text split at seps[0], without blanks around them, in ks->arena, instead of or behind those of
 * ret. What stands between two seps[1], if there is one, isn't split.
 */
void ks_list_split(struct ks *ks, const char *text, const char *seps, struct ks_list *ret, bool append);
void ks_list_add(struct ks *ks, struct ks_list *list, const char *word);
bool ks_list_has(const struct ks_list *list, const char *word);

/* Print one command by the rows of the version: "name --opt=value ... argument\n". */
void ks_print_command(const struct ks_cmd *cmd, const char *name, const void *data, enum ks_version version,
		      bool mask, struct buf *b);
/* The row is given and stands in the canonical text: of the spellings of one value, one that version knows.
 */
bool ks_opt_prints(const struct ks_cmd *cmd, const struct ks_opt *opt, const void *data,
		   enum ks_version version);
/* The text of a row's value at p, without quotes; with mask, secrets as ***. */
void ks_print_value(const struct ks_opt *opt, const void *p, bool mask, struct buf *b);
/* Append word so that the lexer reads it back. */
void ks_print_word(const char *word, struct buf *b);

#endif
