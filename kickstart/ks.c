/* A struct ks without a file: emptied, filled by hand, freed. */
#include "base/util.h"
#include "kickstart/table.h"

void ks_init(struct ks *ks)
{
	for (const struct ks_cmd *const *lists[] = { ks_commands, ks_addon_commands }, *const **l = lists;
	     l < lists + ARRAY_SIZE(lists); l++)
		for (const struct ks_cmd *const *c = *l; *c; c++)
			if ((*c)->size && !(*c)->repeats)
				ks_cmd_defaults(*c, (char *)ks + (*c)->offset);
	ks_cmd_defaults(&ks_section_packages, &ks->packages);
}

void ks_clear(struct ks *ks)
{
	arena_clear(&ks->arena);
	*ks = (struct ks){ 0 };
}

void *ks_add(struct ks *ks, void *array)
{
	for (const struct ks_cmd *const *c = ks_commands; *c; c++)
		if ((*c)->repeats && (char *)ks + (*c)->offset == (char *)array)
			return ks_cmd_push(ks, *c);
	for (const struct ks_cmd *const *c = ks_addon_commands; *c; c++)
		if ((*c)->repeats && (char *)ks + (*c)->offset == (char *)array)
			return ks_cmd_push(ks, *c);
	return NULL;
}

void ks_each_command(const struct ks *ks, const struct ks_cmd *const *list,
		     void (*fn)(void *arg, const struct ks_cmd *cmd, const void *data), void *arg)
{
	for (; *list; list++) {
		const struct ks_cmd *cmd = *list;
		const char *base = (const char *)ks + cmd->offset;
		size_t n =
			cmd->repeats && cmd->size ? *(const size_t *)((const char *)ks + cmd->n_offset) : 1;

		if (cmd->same_as)
			continue;
		for (size_t i = 0; !cmd->size && i < ks->n_others; i++)
			if (ks->others[i].cmd == cmd)
				fn(arg, cmd, &ks->others[i]);
		for (size_t i = 0; cmd->size && i < n; i++)
			fn(arg, cmd, cmd->repeats ? *(const char *const *)base + i * cmd->size : base);
	}
}
