/* xenith: finds the command, parses its options by its table, prints its error. Nobody below prints errors.
 */
#include <signal.h>

#include "base/util.h"
#include "cli/cli.h"

static const struct command *const commands[] = {
	&cmd_bridge_apply,    &cmd_bridge_confirm, &cmd_bridge_plan,  &cmd_bridge_rollback,
	&cmd_bridge_verify,   &cmd_errors,         &cmd_facts,        &cmd_fleet_watch,
	&cmd_guest_create,    &cmd_image_build,    &cmd_image_unpack, &cmd_init,
	&cmd_install,         &cmd_iso_build,      &cmd_ks_check,     &cmd_ks_diff,
	&cmd_ks_flatten,      &cmd_ks_print,       &cmd_ks_render,    &cmd_multipath_list,
	&cmd_multipath_parse, &cmd_multipath_plan, &cmd_multipath_vg, &cmd_multipath_wait,
	&cmd_root_build,
};

static void usage(FILE *f)
{
	fputs("xenith COMMAND [OPTIONS] [ARGUMENTS]\n\n", f);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(f, "  %-16s  %s\n", commands[i]->name, commands[i]->summary);
	fputs("\nxenith COMMAND --help says more; xenith --version.\n", f);
}

/* The command whose name is the first one or two words; *used is how many. */
static const struct command *find_command(char **words, int *used)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const char *space = strchr(commands[i]->name, ' ');
		size_t first = space ? (size_t)(space - commands[i]->name) : strlen(commands[i]->name);

		if (strlen(words[0]) != first || strncmp(words[0], commands[i]->name, first) != 0)
			continue;
		if (space && !str_eq(words[1], space + 1))
			continue;
		*used = space ? 2 : 1;
		return commands[i];
	}
	return NULL;
}

static int unknown_command(char **words)
{
	const char *names[ARRAY_SIZE(commands)];
	auto_free char *two = words[1] ? xasprintf("%s %s", words[0], words[1]) : xstrdup(words[0]);
	const char *near;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		names[i] = commands[i]->name;
	near = str_nearest(two, names, ARRAY_SIZE(names));
	if (!near)
		near = str_nearest(words[0], names, ARRAY_SIZE(names));
	fprintf(stderr, "xenith: unknown command \"%s\"%s%s%s; see xenith --help\n", words[0],
		near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
	return ERR_USAGE;
}

static int run_command(const struct command *cmd, char **words)
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
	argv_clear(&args);
	for (const struct opt *o = cmd->opts; o && o->name; o++)
		if (o->type == OPT_LIST)
			argv_clear((struct argv *)((char *)values + o->offset));
	free(values);
	return r < 0 ? -r : r;
}

int main(int argc, char **argv)
{
	const struct command *cmd;
	const char *slash = strrchr(argv[0], '/');
	int used = 0;

	/* The kernel starts /init, with words of its command line that nobody knew behind it. */
	if (str_eq(slash ? slash + 1 : argv[0], "init")) {
		argv[1] = NULL;
		return run_command(&cmd_init, argv + 1);
	}
	if (argc < 2) {
		usage(stderr);
		return ERR_USAGE;
	}
	if (str_eq(argv[1], "--help") || str_eq(argv[1], "-h") || str_eq(argv[1], "help")) {
		usage(stdout);
		return 0;
	}
	if (str_eq(argv[1], "--version")) {
		puts("xenith " XENITH_VERSION);
		return 0;
	}
	cmd = find_command(argv + 1, &used);
	return cmd ? run_command(cmd, argv + 1 + used) : unknown_command(argv + 1);
}
