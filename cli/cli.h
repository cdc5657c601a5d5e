/* The commands: one cmd_NAME.c each, and one line in main.c's list. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/opt.h"

#define XENITH_VERSION "0.1"

extern const struct command cmd_bridge_apply;
extern const struct command cmd_bridge_boot;
extern const struct command cmd_bridge_confirm;
extern const struct command cmd_bridge_nics;
extern const struct command cmd_bridge_plan;
extern const struct command cmd_bridge_rollback;
extern const struct command cmd_bridge_verify;
extern const struct command cmd_errors;
extern const struct command cmd_facts;
extern const struct command cmd_fleet_watch;
extern const struct command cmd_guest_backup;
extern const struct command cmd_guest_clone;
extern const struct command cmd_guest_console;
extern const struct command cmd_guest_create;
extern const struct command cmd_guest_delete;
extern const struct command cmd_guest_list;
extern const struct command cmd_guest_migrate;
extern const struct command cmd_guest_resize;
extern const struct command cmd_guest_restore;
extern const struct command cmd_guest_revert;
extern const struct command cmd_guest_show;
extern const struct command cmd_guest_snapshot;
extern const struct command cmd_guest_start;
extern const struct command cmd_guest_stop;
extern const struct command cmd_guest_template;
extern const struct command cmd_guest_verify;
extern const struct command cmd_image_build;
extern const struct command cmd_image_unpack;
extern const struct command cmd_init;
extern const struct command cmd_install;
extern const struct command cmd_iso_build;
extern const struct command cmd_iso_embed;
extern const struct command cmd_ks_check;
extern const struct command cmd_ks_diff;
extern const struct command cmd_ks_flatten;
extern const struct command cmd_ks_print;
extern const struct command cmd_ks_render;
extern const struct command cmd_multipath_list;
extern const struct command cmd_multipath_parse;
extern const struct command cmd_multipath_plan;
extern const struct command cmd_multipath_vg;
extern const struct command cmd_multipath_wait;
extern const struct command cmd_pxe_build;
extern const struct command cmd_pxe_local;
extern const struct command cmd_root_build;

#endif
