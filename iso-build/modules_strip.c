#include "iso-build/modules_strip.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/file.h"
#include "base/tree.h"
#include "base/util.h"
#include "iso-build/kernel_xz.h"

#define CREW_MAX 64

/*
 * What a module does without (linux: module_finalize() in arch/x86/kernel/module.c, find_module_sections() in
 * kernel/module/main.c, each of which passes over a section that isn't there):
 * .BTF and .BTF_ids           types, for BPF programs
 * .orc_*                      stack traces through the module; the unwinder falls back to frame pointers
 * .call_sites                 where retbleed=stuff, which nobody asks the installer for, patches calls
 * .ibt_endbr_seal             functions that could be closed to indirect calls
 * __patchable_function_entries  x86 has __mcount_loc for that, which stays: without it each call of a tracer
 *                               that isn't there would remain one
 */
static const char *const sections[] = {
	".BTF",        ".comment",    ".orc_unwind",     ".orc_unwind_ip",
	".orc_header", ".call_sites", ".ibt_endbr_seal", "__patchable_function_entries"
};

static int add_module(void *arg, const struct tree_entry *e, struct err *err)
{
	(void)err;
	if (S_ISREG(e->st->st_mode) && (str_ends(e->path, ".ko") || str_ends(e->path, ".ko.xz")))
		argv_add(arg, e->path);
	return 0;
}

/* Where the n-th module is unpacked to. */
static char *unpacked(const char *work, size_t n)
{
	return xasprintf("%s/%zu.ko", work, n);
}

static int unpack(const char *path, const char *work, size_t n, struct door *door, struct err *err)
{
	auto_free char *to = unpacked(work, n);
	auto_buf packed = { 0 };
	auto_buf data = { 0 };
	int r = file_read(path, &packed, err);

	if (!r && str_ends(path, ".xz"))
		r = kernel_xz_unpack(&packed, &data, err);
	else if (!r)
		buf_add(&data, packed.data, packed.len);
	if (r)
		return err_wrap(err, "%s", path);
	return door_write(door, to, data.data, data.len, 0644, err);
}

static int pack(const char *path, const char *work, size_t n, struct door *door, struct err *err)
{
	auto_free char *from = unpacked(work, n);
	auto_buf data = { 0 };
	auto_buf packed = { 0 };
	int r = file_read(from, &data, err);

	if (!r && str_ends(path, ".xz"))
		r = kernel_xz_pack(&data, &packed, err);
	else if (!r)
		buf_add(&packed, data.data, data.len);
	return r ? r : door_write(door, path, packed.data, packed.len, 0644, err);
}

/* One thing done to every module. */
struct crew {
	const struct argv *modules;
	const char *work;
	struct door *door;
	int (*fn)(const char *path, const char *work, size_t n, struct door *door, struct err *err);
	atomic_size_t next;
	pthread_mutex_t lock;
	size_t failed; /* the first module that failed, in their order; modules->n: none */
	struct err err;
};

static void *crew_work(void *arg)
{
	struct crew *c = arg;
	size_t i;

	while ((i = atomic_fetch_add(&c->next, 1)) < c->modules->n) {
		struct err err = { 0 };

		if (!c->fn(c->modules->v[i], c->work, i, c->door, &err))
			continue;
		pthread_mutex_lock(&c->lock);
		if (i < c->failed) {
			c->failed = i;
			c->err = err;
		}
		pthread_mutex_unlock(&c->lock);
		return NULL;
	}
	return NULL;
}

/* By as many threads as there are processors to run on. */
static int each_module(struct crew *c, struct err *err)
{
	pthread_t threads[CREW_MAX];
	cpu_set_t cpus;
	size_t n = sched_getaffinity(0, sizeof(cpus), &cpus) ? 1 : (size_t)CPU_COUNT(&cpus);
	size_t started = 0;

	c->next = 0;
	c->failed = c->modules->n;
	while (started + 1 < MIN(n, CREW_MAX) && !pthread_create(&threads[started], NULL, crew_work, c))
		started++;
	crew_work(c);
	while (started)
		pthread_join(threads[--started], NULL);
	if (c->failed == c->modules->n)
		return 0;
	*err = c->err;
	return -(int)err->code;
}

static int strip_all(const struct argv *modules, const char *work, struct door *door, struct err *err)
{
	auto_run run = { 0 };

	argv_addl(&run.argv, "strip", "--strip-unneeded", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		argv_addf(&run.argv, "--remove-section=%s", sections[i]);
	for (size_t i = 0; i < modules->n; i++) {
		auto_free char *path = unpacked(work, i);

		argv_add(&run.argv, path);
	}
	return door_run(door, &run, err);
}

int modules_strip(const char *dir, const char *work, struct door *door, struct err *err)
{
	auto_argv modules = { 0 };
	struct crew crew = { .modules = &modules,
			     .work = work,
			     .door = door,
			     .fn = unpack,
			     .lock = PTHREAD_MUTEX_INITIALIZER };
	int r;

	if (door->record)
		return 0;
	r = tree_walk(dir, 0, add_module, &modules, err);
	argv_sort_unique(&modules);
	if (!r)
		r = file_mkdirs(work, 0755, err);
	if (!r)
		r = each_module(&crew, err);
	if (!r && modules.n)
		r = strip_all(&modules, work, door, err);
	crew.fn = pack;
	if (!r)
		r = each_module(&crew, err);
	file_remove_tree(work, NULL);
	return r;
}
