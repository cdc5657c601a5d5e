/* Finds the command, parses its options by its table, prints its error. Nobody below prints errors. */
#include "cli/command.h"

#include "base/util.h"
#include "cli/cli.h"

static void usage(const struct command_list *list, FILE *f)
{
	fputs("xenith COMMAND [OPTIONS] [ARGUMENTS]\n\n", f);
	for (size_t i = 0; i < list->n; i++)
		fprintf(f, "  %-16s  %s\n", list->v[i]->name, list->v[i]->summary);
	fputs("\nxenith COMMAND --help says more; xenith --version.\n", f);
}

/* The command whose name is the first one or two words; *used is how many. */
static const struct command *find_command(const struct command_list *list, char **words, int *used)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *space = strchr(list->v[i]->name, ' ');
		size_t first = space ? (size_t)(space - list->v[i]->name) : strlen(list->v[i]->name);

		if (strlen(words[0]) != first || strncmp(words[0], list->v[i]->name, first) != 0)
			continue;
		if (space && !str_eq(words[1], space + 1))
			continue;
		*used = space ? 2 : 1;
		return list->v[i];
	}
	return NULL;
}

static int unknown_command(const struct command_list *list, char **words)
{
	auto_free const char **names = xcalloc(list->n, sizeof(*names));
	auto_free char *two = words[1] ? xasprintf("%s %s", words[0], words[1]) : xstrdup(words[0]);
	const char *near;

	for (size_t i = 0; i < list->n; i++)
		names[i] = list->v[i]->name;
	near = str_nearest(two, names, list->n);
	if (!near)
		near = str_nearest(words[0], names, list->n);
	fprintf(stderr, "xenith: unknown command \"%s\"%s%s%s; see xenith --help\n", words[0],
		near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
	return ERR_USAGE;
}

/* An error of the list by its code and the next step; those of the installer have them in their message. */
static void print_code(const struct err *err)
{
	const struct err_entry *entry = err_entry(err);

	if (entry && !str_eq(entry->area, "GEN") && !strstr(err->msg, entry->code))
		fprintf(stderr, "%s: %s\n", entry->code, entry->next);
}

int command_run(const struct command *cmd, char **words)
{
	void *values = xcalloc(1, cmd->values_size);
	struct argv args = { 0 };
	struct err err = { 0 };
	bool help;
	int r = opt_parse(cmd, words, values, &args, &help, &err);

	if (!r && help) {
		auto_buf b = { 0 };

		opt_help(cmd, &b);
		fputs(buf_str(&b), stdout);
	} else if (!r) {
		r = cmd->run(values, &args, &err);
	}
	if (!r && (fflush(stdout) || ferror(stdout)))
		r = err_sys(&err, "cannot write to standard output");
	/* Input errors are lists that already say file and line. */
	if (r)
		fprintf(stderr, "%s%s%s", err.code == ERR_INPUT ? "" : "xenith: ", err.msg,
			str_ends(err.msg, "\n") ? "" : "\n");
	if (r)
		print_code(&err);
	argv_clear(&args);
	for (const struct opt *o = cmd->opts; o && o->name; o++)
		if (o->type == OPT_LIST)
			argv_clear((struct argv *)((char *)values + o->offset));
	free(values);
	return r < 0 ? -r : r;
}

int command_main(const struct command_list *list, int argc, char **argv)
{
	const struct command *cmd;
	int used = 0;

	if (argc < 2) {
		usage(list, stderr);
		return ERR_USAGE;
	}
	if (str_eq(argv[1], "--help") || str_eq(argv[1], "-h") || str_eq(argv[1], "help")) {
		usage(list, stdout);
		return 0;
	}
	if (str_eq(argv[1], "--version")) {
		puts("xenith " XENITH_VERSION);
		return 0;
	}
	cmd = find_command(list, argv + 1, &used);
	return cmd ? command_run(cmd, argv + 1 + used) : unknown_command(list, argv + 1);
}
