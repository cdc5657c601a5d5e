#include "installer/init/memory.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/swap.h>

#include "base/file.h"
#include "base/run.h"
#include "base/util.h"

/* Locales alone take 145 MB while they are made, and the installer 90 MB while it resolves. */
#define SMALL_MIB 1000
#define DEVICE    "/dev/zram0"
#define TOOL_S    60

/*
 * glibc keeps what was freed, up to 64 MB in each of its threads' arenas (mallopt(3), M_TRIM_THRESHOLD): that
 * is faster, where there is room. For this process and its forks, and for all programs that they start.
 */
static const struct {
	int param;
	const char *variable;
	int bytes;
} give_back[] = { { M_TRIM_THRESHOLD, "MALLOC_TRIM_THRESHOLD_", 2 << 20 },
		  { M_MMAP_THRESHOLD, "MALLOC_MMAP_THRESHOLD_", 1 << 20 } };

static unsigned long read_mib(const char *name)
{
	auto_buf b = { 0 };

	return file_read("/proc/meminfo", &b, NULL) ? 0 : meminfo_mib(buf_str(&b), name);
}

unsigned long memory_available_mib(void)
{
	return read_mib("MemAvailable");
}

bool memory_is_small(unsigned long total_mib)
{
	return total_mib && total_mib < SMALL_MIB;
}

static int write_word(const char *path, unsigned long long n, struct err *err)
{
	auto_free char *text = xasprintf("%llu", n);
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, text, strlen(text)) < 0 ? err_sys(err, "cannot write %s", path) : 0;
}

/* As large as the memory: what is in it takes a third of that (linux: admin-guide/blockdev/zram.rst). */
static int swap_on(unsigned long total_mib, struct log *log, struct err *err)
{
	int r = run_argvl(log, TOOL_S, err, "modprobe", "zram", NULL);

	if (!r)
		r = write_word("/sys/block/zram0/disksize", (unsigned long long)total_mib << 20, err);
	/* Without a UUID: mkswap would wait seconds for randomness, which isn't there yet. */
	if (!r)
		r = run_argvl(log, TOOL_S, err, "mkswap", "-U", "clear", DEVICE, NULL);
	if (!r && swapon(DEVICE, SWAP_FLAG_DISCARD))
		r = err_sys(err, "cannot swap to " DEVICE);
	/* Neighbours cost as much as the page that is wanted: nothing seeks (admin-guide/sysctl/vm.rst). */
	return r ? r : write_word("/proc/sys/vm/page-cluster", 0, err);
}

int memory_spare(struct log *log, bool *made, struct err *err)
{
	unsigned long total = read_mib("MemTotal");
	auto_buf swaps = { 0 };
	int r = 0;

	*made = false;
	if (!memory_is_small(total))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(give_back); i++) {
		auto_free char *text = xasprintf("%d", give_back[i].bytes);

		mallopt(give_back[i].param, give_back[i].bytes);
		setenv(give_back[i].variable, text, 1);
	}
	/* By a worker before this one. */
	if (file_read("/proc/swaps", &swaps, NULL) || !strstr(buf_str(&swaps), DEVICE))
		r = swap_on(total, log, err);
	*made = !r;
	return r;
}
