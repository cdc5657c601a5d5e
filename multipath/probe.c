/*
 * What LUNs hold, on the machine itself.
 *
 * A read from a path that has died can take minutes, and the process that waits for it can't be killed. So a
 * child reads, and says what it finds through a pipe; the parent waits as long as it was told to and goes on
 * without the child if need be.
 */
#include "multipath/probe.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/util.h"
#include "multipath/lvm_label.h"
#include "multipath/multipath.h"

#define SIGNATURES_MAX 64

static const char *value(blkid_probe pr, const char *key)
{
	const char *s;

	return !blkid_probe_lookup_value(pr, key, &s, NULL) ? s : "";
}

/* One line a finding, fields apart by tabs; labels lose their tabs and newlines. */
static void say(FILE *out, const char *what, const char *a, const char *b, const char *c)
{
	const char *const fields[] = { a, b, c };

	fputs(what, out);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		fputc('\t', out);
		for (const char *s = fields[i] ? fields[i] : ""; *s; s++)
			fputc((unsigned char)*s < ' ' ? ' ' : *s, out);
	}
	fputc('\n', out);
}

static void say_contents(int fd, FILE *out)
{
	blkid_probe pr = blkid_new_probe();

	if (!pr || blkid_probe_set_device(pr, fd, 0, 0))
		return;
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID);
	blkid_probe_enable_partitions(pr, 1);
	blkid_probe_set_partitions_flags(pr, BLKID_PARTS_FORCE_GPT);
	for (int i = 0; i < SIGNATURES_MAX && blkid_do_probe(pr) == 0; i++) {
		const char *type = value(pr, "TYPE");

		if (*type)
			say(out, "content", type, value(pr, "LABEL"), value(pr, "UUID"));
		else if (*value(pr, "PTTYPE"))
			say(out, "content", value(pr, "PTTYPE"), "", value(pr, "PTUUID"));
	}
	blkid_free_probe(pr);
}

static void say_vg(int fd, FILE *out)
{
	struct lvm_label label = { 0 };
	char n[32];

	if (!lvm_label_read(fd, &label) || !label.vg)
		return;
	snprintf(n, sizeof(n), "%u", label.n_pvs);
	say(out, "vg", label.vg, label.uuid, n);
	for (size_t i = 0; i < label.lvs.n; i++)
		say(out, "lv", label.lvs.v[i], "", "");
	lvm_label_clear(&label);
}

static void child(const char *name, int pipe_fd)
{
	auto_free char *path = xasprintf("/dev/%s", name);
	FILE *out = fdopen(pipe_fd, "w");
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	auto_buf reserved = { 0 };
	char first[512];

	if (out && fd >= 0 && pread(fd, first, sizeof(first), 0) == sizeof(first)) {
		say_contents(fd, out);
		say_vg(fd, out);
		if (reservation_read(fd, &reserved))
			say(out, "reservation", buf_str(&reserved), "", "");
		say(out, "end", "", "", "");
	} else if (out) {
		say(out, "error", strerror(errno), "", "");
	}
	if (out)
		fclose(out);
	_exit(0);
}

/* The path to ask: one that is up, an optimized one if there is a choice. */
static const struct mpath_path *path_to_ask(const struct mpath_lun *lun)
{
	const struct mpath_path *best = NULL;

	for (size_t i = 0; i < lun->n_paths; i++) {
		const struct mpath_path *p = &lun->paths[i];

		if (p->up && (!best || (str_eq(p->access, "active/optimized") &&
					!str_eq(best->access, "active/optimized"))))
			best = p;
	}
	return best;
}

/* Read to the end or until the time is over; whether the end came. */
static bool collect(int fd, uint64_t until, struct buf *b)
{
	for (;;) {
		struct pollfd p = { fd, POLLIN, 0 };
		uint64_t now = (uint64_t)clock_ms(CLOCK_MONOTONIC);
		char *room;
		ssize_t n;

		if (now >= until || poll(&p, 1, (int)(until - now)) == 0)
			return false;
		room = buf_room(b, 4096);
		n = read(fd, room, 4096);
		if (n <= 0)
			return n == 0;
		buf_used(b, (size_t)n);
	}
}

/* The fields of a line, empty ones too; the line is cut up. */
static void split_tabs(char *line, char *fields[4])
{
	for (int i = 0; i < 4; i++) {
		char *tab = strchr(line, '\t');

		fields[i] = line;
		line = tab ? tab + 1 : line + strlen(line);
		if (tab)
			*tab = '\0';
	}
}

static const char *or_null(struct arena *a, const char *s)
{
	return *s ? arena_strdup(a, s) : NULL;
}

static void found(struct mpath *san, struct mpath_lun *lun, char *f[4], struct argv *lvs)
{
	uint64_t n;

	if (strcmp(f[0], "content") == 0) {
		struct mpath_content *c =
			arena_push(&san->arena, &lun->contents, &lun->n_contents, sizeof(*lun->contents));

		*c = (struct mpath_content){ arena_strdup(&san->arena, f[1]), or_null(&san->arena, f[2]),
					     or_null(&san->arena, f[3]) };
	} else if (strcmp(f[0], "vg") == 0) {
		lun->vg.name = arena_strdup(&san->arena, f[1]);
		lun->vg.uuid = or_null(&san->arena, f[2]);
		lun->vg.n_pvs = str_u64(f[3], &n) ? n : 1;
	} else if (strcmp(f[0], "lv") == 0) {
		argv_add(lvs, f[1]);
	} else if (strcmp(f[0], "reservation") == 0) {
		lun->reservation = arena_strdup(&san->arena, f[1]);
	} else if (strcmp(f[0], "error") == 0) {
		lun->unread = arena_printf(&san->arena, "its contents can't be read (%s)", f[1]);
	} else if (strcmp(f[0], "end") == 0) {
		lun->unread = NULL;
	}
}

static void take(struct mpath *san, struct mpath_lun *lun, const struct buf *b)
{
	auto_argv lines = { 0 }, lvs = { 0 };

	lun->contents = NULL;
	lun->n_contents = 0;
	lun->vg = (struct mpath_vg){ 0 };
	lun->reservation = NULL;
	lun->unread = "its contents can't be read";
	argv_split(&lines, buf_str(b), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		char *fields[4];

		split_tabs(lines.v[i], fields);
		found(san, lun, fields, &lvs);
	}
	lun->vg.lvs = arena_alloc(&san->arena, (lvs.n + 1) * sizeof(*lun->vg.lvs));
	for (size_t i = 0; i < lvs.n; i++)
		lun->vg.lvs[i] = arena_strdup(&san->arena, lvs.v[i]);
}

static void probe(struct mpath *san, struct mpath_lun *lun, uint64_t until, unsigned timeout_s)
{
	const struct mpath_path *p = path_to_ask(lun);
	auto_buf b = { 0 };
	int pipes[2];
	bool ended;
	pid_t pid;

	if (!p || pipe2(pipes, O_CLOEXEC)) {
		lun->unread = "its contents can't be read: no path is up";
		return;
	}
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		close(pipes[0]);
		child(p->name, pipes[1]);
	}
	close(pipes[1]);
	ended = pid > 0 && collect(pipes[0], until, &b);
	close(pipes[0]);
	take(san, lun, &b);
	if (!ended)
		lun->unread =
			arena_printf(&san->arena, "its contents can't be read: %s did not answer in %u s",
				     p->name, timeout_s);
	if (pid > 0 && !ended)
		kill(pid, SIGKILL);
	/* One that hangs in the kernel is left to whoever is its parent then. */
	if (pid > 0)
		waitpid(pid, NULL, ended ? 0 : WNOHANG);
}

void mpath_probe(struct mpath *san, const char *wwid, unsigned timeout_s)
{
	uint64_t begun = (uint64_t)clock_ms(CLOCK_MONOTONIC), all = begun + (uint64_t)timeout_s * 4000;
	const struct mpath_lun *only = wwid ? mpath_find(san, wwid) : NULL;

	for (size_t i = 0; i < san->n_luns; i++) {
		struct mpath_lun *lun = &san->luns[i];

		if ((wwid && lun != only) || lun->hidden || (!wwid && !mpath_is_san(san, lun)))
			continue;
		probe(san, lun, MIN((uint64_t)clock_ms(CLOCK_MONOTONIC) + (uint64_t)timeout_s * 1000, all),
		      timeout_s);
	}
}
