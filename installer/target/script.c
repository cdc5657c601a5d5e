/* %pre, %post and their kin: scripts of the kickstart file. */
#include "installer/target/target.h"

#include <errno.h>
#include <fcntl.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/target/chroot.h"

#define TAIL_BYTES 1500

static const char *const type_names[] = {
	[KS_PRE] = "%pre",         [KS_PREINSTALL] = "%pre-install", [KS_POST] = "%post",
	[KS_ONERROR] = "%onerror", [KS_TRACEBACK] = "%traceback",
};

/* In the child, after chroot: output goes to the script's --log. */
static int output_to_log(void *arg)
{
	int fd = open(arg, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	return fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 ? -1 : 0;
}

/* Copy a script's --log to the installer's log; what it ended with goes behind an error's message. */
static void take_log(const char *path, struct door *door, struct err *failure)
{
	auto_buf text = { 0 };
	struct err said = *failure;

	if (file_read(path, &text, NULL) || !text.len)
		return;
	log_text(door->log, "script", text.data, text.len);
	log_mask_buf(door->log, &text);
	if (failure->code)
		err_set(failure, failure->id, "%.2000s; it said:\n%s", said.msg,
			text.data + (text.len > TAIL_BYTES ? text.len - TAIL_BYTES : 0));
}

/* base is "" for a script that runs in the installer, and the target's root for one that runs inside it. */
static int run_body(const struct ks_script *s, const char *base, const char *root, struct door *door,
		    struct err *err)
{
	auto_free char *inside = xasprintf("/tmp/ks-script-%u", s->at.line);
	auto_free char *path = xasprintf("%s%s", base, inside);
	auto_free char *log = s->log ? xasprintf("%s%s", base, s->log) : NULL;
	auto_free char *where = xasprintf("ANA_INSTALL_PATH=%s", *base || !root ? "/" : root);
	char *env[] = {
		chroot_env[0], chroot_env[1], chroot_env[2], chroot_env[3], chroot_env[4], where, NULL
	};
	auto_run run = { .env = env };
	struct err cleanup = { 0 };
	int r = door_write(door, path, s->body, strlen(s->body), 0700, err);

	if (!r && log) {
		auto_free char *dir = xstrndup(log, (size_t)(strrchr(log, '/') - log));

		r = *dir ? door_mkdirs(door, dir, 0755, err) : 0;
		run.in_child = output_to_log;
		run.arg = (void *)s->log;
	}
	if (!r) {
		argv_split(&run.argv, s->interp && *s->interp ? s->interp : "/bin/sh", " \t");
		argv_add(&run.argv, inside);
		r = *base ? chroot_run(door, base, &run, err) : door_run(door, &run, err);
		if (log && !door->record)
			take_log(log, door, err);
	}
	if (door_remove(door, path, &cleanup) && !r)
		r = err_copy(err, &cleanup);
	return r;
}

/* Packages that a script installs must not start services in the installer: invoke-rc.d(8) asks this file. */
static int deny_services(char *policy, struct door *door, struct err *err)
{
	static const char text[] = "#!/bin/sh\nexit 101\n";

	return door_write(door, policy, text, sizeof(text) - 1, 0755, err);
}

static int run_script(const struct ks_script *s, const char *root, struct door *door, struct err *err)
{
	bool inside = s->type == KS_POST && !s->nochroot && root;
	auto_free char *policy = inside ? path_join(root, "usr/sbin/policy-rc.d") : NULL;
	bool deny = inside && !file_exists(policy);
	struct err cleanup = { 0 };
	struct err failure = { 0 };
	int r = deny ? deny_services(policy, door, &failure) : 0;

	if (!r)
		r = run_body(s, inside ? root : "", root, door, &failure);
	if (deny && door_remove(door, policy, &cleanup) && !r)
		r = err_copy(&failure, &cleanup);
	if (!r)
		return 0;
	if (s->erroronfail)
		return err_set(err, ERR_HOST_SCRIPT, "%s:%u: %s: the script failed: %s", s->at.file,
			       s->at.line, type_names[s->type], failure.msg);
	log_printf(door->log, "%s:%u: %s: the script failed (no --erroronfail, going on): %s", s->at.file,
		   s->at.line, type_names[s->type], failure.msg);
	return 0;
}

int target_scripts(const struct ks *ks, enum ks_script_type type, const char *root, struct door *door,
		   struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < ks->n_scripts; i++)
		if (ks->scripts[i].type == type)
			r = run_script(&ks->scripts[i], root, door, err);
	return r;
}
