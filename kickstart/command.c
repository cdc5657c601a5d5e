/* The command of a line: found in the list, known to the version, beside none that it excludes. */
#include "base/util.h"
#include "kickstart/value.h"

void ks_say_when(const struct ks_line *line, ks_versions set, const char *instead, struct buf *b)
{
	int from = line->version >= KS_RHEL3 ? KS_RHEL3 : KS_FC3, to = from == KS_RHEL3 ? KS_RHEL11 : KS_F45;
	int last = 0, next = 0;

	for (int v = from; v < (int)line->version; v++)
		if (KS_HAS(set, v))
			last = v;
	for (int v = to; v > (int)line->version; v--)
		if (KS_HAS(set, v))
			next = v;
	if (last)
		buf_addf(b, "removed in %s%s%s", ks_version_name((enum ks_version)(last + 1)),
			 instead ? "; " : "", instead ? instead : "");
	else if (next)
		buf_addf(b, "known from %s on", ks_version_name((enum ks_version)next));
}

const struct ks_cmd *ks_cmd_find(const struct ks_cmd *const *list, const char *name)
{
	for (; *list; list++)
		if ((*list)->name[0] == name[0] && strcmp((*list)->name, name) == 0)
			return *list;
	return NULL;
}

static void unknown_command(struct ks_line *line, const struct ks_cmd *const *list,
			    const struct ks_cmd *other)
{
	const char *names[192] = { 0 }, *near, *word = line->words[0];
	size_t n = 0;
	auto_buf when = { 0 };

	for (; *list && n < ARRAY_SIZE(names); list++)
		if (KS_HAS((*list)->versions, line->version))
			names[n++] = (*list)->name;
	if (other)
		ks_say_when(line, other->versions, other->instead, &when);
	near = str_nearest(word, names, n);
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(names[i], word) == 0)
			near = names[i];
	line->errors++;
	if (when.len)
		ks_diag_add(line->diags, KS_ERROR, line->file, line->number, word, "no command of %s: %s",
			    ks_version_name(line->version), buf_str(&when));
	else
		ks_diag_add(line->diags, KS_ERROR, line->file, line->number, word,
			    near ? "unknown command; did you mean %s?" : "unknown command", near);
}

static void check_conflicts(struct ks_line *line)
{
	if (!KS_HAS(line->cmd->conflicting ? line->cmd->conflicting : KS_SINCE(F20, RHEL6), line->version))
		return;
	for (const char *const *c = line->cmd->conflicts; c && *c; c++) {
		const struct ks_cmd *other = ks_cmd_find(ks_commands, *c);
		const struct ks_at *at = NULL;

		if (!other)
			continue;
		if (!other->repeats || !other->size)
			at = ks_cmd_data(line->ks, other);
		else if (*(const size_t *)((const char *)line->ks + other->n_offset) > 0)
			at = *(void *const *)((const char *)line->ks + other->offset);
		if (at && at->line)
			ks_line_error(line, NULL, "can't be used together with %s on line %u", *c, at->line);
	}
}

void ks_line_run(struct ks_line *line, const struct ks_cmd *const *list)
{
	const struct ks_cmd *cmd = ks_cmd_find(list, line->words[0]);
	void *data;

	if (!cmd || !KS_HAS(cmd->versions, line->version)) {
		unknown_command(line, list, cmd);
		return;
	}
	line->cmd = cmd;
	if (KS_HAS(cmd->deprecated, line->version)) {
		ks_line_warn(line, NULL, "is deprecated in %s and has no effect%s%s",
			     ks_version_name(line->version), cmd->instead ? "; " : "",
			     cmd->instead ? cmd->instead : "");
		return;
	}
	check_conflicts(line);
	data = ks_cmd_begin(line->ks, cmd->same_as ? cmd->same_as : cmd);
	ks_line_options(line, data);
}
