/*
 * xenith as an installed host carries it: the commands that look after its network.
 *
 * It is linked with few libraries, most of them statically: the dom0's Debian is another one than the build
 * machine's.
 */
#include "base/util.h"
#include "cli/cli.h"
#include "cli/command.h"

static const struct command *const commands[] = {
	&cmd_bridge_apply, &cmd_bridge_boot,     &cmd_bridge_confirm, &cmd_bridge_nics,
	&cmd_bridge_plan,  &cmd_bridge_rollback, &cmd_bridge_verify,
};

int main(int argc, char **argv)
{
	const struct command_list list = { commands, ARRAY_SIZE(commands) };

	return command_main(&list, argc, argv);
}
