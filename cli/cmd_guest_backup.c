#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"
#include "guest/backup.h"

struct values {
	uint64_t level;
};

static const struct opt opts[] = {
	{ "--level", 0, OPT_U64, offsetof(struct values, level), "N", "of zstd, 1 to 19; else 3" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct guest_one one = { 0 };
	int r = guest_one_open(args->v[0], &one, err);

	struct guest_backup_sums sums = { 0 };

	if (!r)
		r = guest_backup(&one.host, one.guest, args->v[1], (unsigned)v->level, &sums, &one.door, err);
	if (!r)
		printf("%s: %llu MiB of disks in %llu MiB, SHA-256 %s\n", args->v[0],
		       (unsigned long long)sums.disk_bytes >> 20, (unsigned long long)sums.bytes >> 20,
		       sums.sha256);
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_backup = {
	.name = "guest backup",
	.args = "NAME TO",
	.summary = "A guest into one stream: a file, ssh://USER@HOST/PATH, http(s)://",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
