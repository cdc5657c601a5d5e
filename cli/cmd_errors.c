#include <ctype.h>

#include "base/json.h"
#include "base/util.h"
#include "cli/cli.h"

struct values {
	bool json, man;
};

static const struct opt opts[] = {
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ "--man", 0, OPT_FLAG, offsetof(struct values, man), NULL,
	  "print all as the manual page xenith-errors(7)" },
	{ 0 },
};

static void print_text(const struct err_entry *e, struct buf *b)
{
	buf_addf(b, "%s (exit status %d)\n  found:  %s\n  wanted: %s\n  next:   %s\n", e->code,
		 ERR_KIND(e->id), e->found, e->wanted, e->next);
}

static void print_json(const struct err_entry *e, struct buf *b)
{
	auto_json *row = json_object();

	json_put_str(row, "error", e->code);
	json_put_u64(row, "code", ERR_KIND(e->id));
	json_put_str(row, "found", e->found);
	json_put_str(row, "wanted", e->wanted);
	json_put_str(row, "next", e->next);
	json_line(row, b);
	buf_addc(b, '\n');
}

/* mdoc(7) wants a new line for each sentence. */
static void put_sentences(const char *text, struct buf *b)
{
	for (const char *s = text; *s; s++)
		if (*s == '\\')
			buf_adds(b, "\\e");
		else if (*s == ' ' && s > text && s[-1] == '.' && isupper((unsigned char)s[1]))
			buf_addc(b, '\n');
		else
			buf_addc(b, *s);
	buf_addc(b, '\n');
}

static void man_entry(const struct err_entry *e, struct buf *b)
{
	buf_addf(b, ".It Sy %s\n", e->code);
	put_sentences(e->found, b);
	if (strcmp(e->wanted, "-") != 0) {
		buf_adds(b, ".Em Wanted :\n");
		put_sentences(e->wanted, b);
	}
	buf_adds(b, ".Em Next :\n");
	put_sentences(e->next, b);
	buf_addf(b, "Exit status %d.\n", ERR_KIND(e->id));
}

static void print_man(struct buf *b)
{
	static const struct {
		const char *name, *title;
	} areas[] = {
#define X(area, title) { #area, title },
		ERR_AREAS(X)
#undef X
	};
	const struct err_entry *all;
	size_t n;

	all = err_entries(&n);
	buf_adds(b, ".\\\" Printed by xenith errors --man; not to be edited.\n"
		    ".Dd November 22, 2026\n.Dt XENITH-ERRORS 7\n.Os\n.Sh NAME\n.Nm xenith-errors\n"
		    ".Nd errors that stop an install, and what to do\n.Sh DESCRIPTION\n"
		    "When an install stops, its message says what exactly was found.\n"
		    "Below it stands a code, by which this page says what was wanted and what to do next.\n"
		    "The code is on the screen, in the events\n.Pq Va error , No beside Va code , the exit "
		    "status\n"
		    "and in\n.Pa error.txt\nof the log bundle; codes do not change.\n"
		    "The areas are those of the list below; what has no code of its own has one of the last "
		    "area.\n");
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++) {
		buf_addf(b, ".Ss %s\n.Bl -tag -width Ds\n", areas[i].title);
		for (size_t k = 0; k < n; k++)
			if (str_eq(all[k].area, areas[i].name))
				man_entry(&all[k], b);
		buf_adds(b, ".El\n");
	}
	buf_adds(b, ".Sh SEE ALSO\n.Xr xenith-errors 1 ,\n.Xr xenith-install 1\n");
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	const struct err_entry *all;
	auto_buf b = { 0 };
	size_t n;

	all = err_entries(&n);
	for (size_t i = 0; i < args->n; i++)
		if (!err_entry_find(args->v[i]))
			return err_set(err, ERR_USAGE, "xenith errors: there is no error %s", args->v[i]);
	if (v->man)
		print_man(&b);
	for (size_t i = 0; !v->man && i < (args->n ? args->n : n); i++)
		(v->json ? print_json : print_text)(args->n ? err_entry_find(args->v[i]) : &all[i], &b);
	fputs(buf_str(&b), stdout);
	return 0;
}

const struct command cmd_errors = {
	.name = "errors",
	.args = "[CODE...]",
	.summary = "Say what an error's code means and what to do",
	.opts = opts,
	.values_size = sizeof(struct values),
	.max_args = SIZE_MAX,
	.run = run,
};
