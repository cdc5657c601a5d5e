/* xenith: all commands. */
#include "base/json.h"
#include "base/util.h"
#include "cli/cli.h"
#include "cli/command.h"

static const struct command *const commands[] = {
	&cmd_bridge_apply,   &cmd_bridge_boot,     &cmd_bridge_confirm,  &cmd_bridge_nics,
	&cmd_bridge_plan,    &cmd_bridge_rollback, &cmd_bridge_verify,   &cmd_errors,
	&cmd_facts,          &cmd_fleet_watch,     &cmd_guest_backup,    &cmd_guest_clone,
	&cmd_guest_console,  &cmd_guest_create,    &cmd_guest_delete,    &cmd_guest_list,
	&cmd_guest_migrate,  &cmd_guest_resize,    &cmd_guest_restore,   &cmd_guest_revert,
	&cmd_guest_show,     &cmd_guest_snapshot,  &cmd_guest_start,     &cmd_guest_stop,
	&cmd_guest_template, &cmd_guest_verify,    &cmd_image_build,     &cmd_image_unpack,
	&cmd_init,           &cmd_install,         &cmd_iso_build,       &cmd_iso_embed,
	&cmd_ks_check,       &cmd_ks_diff,         &cmd_ks_flatten,      &cmd_ks_print,
	&cmd_ks_render,      &cmd_multipath_list,  &cmd_multipath_parse, &cmd_multipath_plan,
	&cmd_multipath_vg,   &cmd_multipath_wait,  &cmd_pxe_build,       &cmd_pxe_local,
	&cmd_root_build,
};

int main(int argc, char **argv)
{
	const struct command_list list = { commands, ARRAY_SIZE(commands) };
	const char *slash = strrchr(argv[0], '/');

	json_begin();
	/* The kernel starts /init, with words of its command line that nobody knew behind it. */
	if (str_eq(slash ? slash + 1 : argv[0], "init")) {
		argv[1] = NULL;
		return command_run(&cmd_init, argv + 1);
	}
	return command_main(&list, argc, argv);
}
