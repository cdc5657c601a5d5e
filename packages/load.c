#include "packages/load.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>

#include "base/util.h"
#include "packages/timing.h"

#define DEFAULT_COST     1000
#define HEAP_BLOCK_BYTES (30 << 20)
#define HEAP_BLOCKS      2
#define HUGE_PAGE_BYTES  (2u << 20)

/* One source on its way. */
struct loading {
	const struct pkg_request *req;
	const struct pkg_source *source;
	struct log *log;
	pthread_t thread;
	struct index_input **inputs; /* one for each component */
	size_t n_inputs;
	int r;
	struct err err;
};

static void *fetch_source(void *arg)
{
	static char main_component[] = PKG_COMPONENT;
	char *const fallback[] = { main_component };
	struct loading *l = arg;
	const struct argv *components = &l->source->components;
	char *const *names = components->n ? components->v : fallback;
	size_t n = components->n ? components->n : 1;
	struct release release = { 0 };

	l->inputs = xcalloc(n, sizeof(struct index_input *));
	l->r = release_fetch(l->req, l->source, l->log, &release, &l->err);
	for (; l->n_inputs < n && !l->r; l->n_inputs += !l->r)
		l->r = index_input_fetch(l->req, l->source, &release, names[l->n_inputs], l->log,
					 &l->inputs[l->n_inputs], &l->err);
	release_clear(&release);
	return NULL;
}

static int add_inputs(struct loading *l, struct loaded *ret, struct err *err)
{
	int r = l->r ? err_copy(err, &l->err) : 0;

	for (size_t i = 0; i < l->n_inputs && !r; i++) {
		ret->indices = xrealloc(ret->indices, (ret->n_indices + 1) * sizeof(struct index *));
		r = index_input_add(l->inputs[i], ret->pool, &ret->indices[ret->n_indices], err);
		if (!r)
			ret->indices[ret->n_indices++]->repo->priority =
				-(int)(l->source->cost ? l->source->cost : DEFAULT_COST);
	}
	return r;
}

static void loading_clear(struct loading *l)
{
	for (size_t i = 0; i < l->n_inputs; i++)
		index_input_free(l->inputs[i]);
	free(l->inputs);
}

/*
 * libsolv grows large arrays again and again: a fifth of the time would go into new mappings and their pages.
 * They grow in the heap, of huge pages, which the kernel gives as they are touched; loaded_clear gives them
 * back. Not where the environment (mallopt(3)) has said how the heap is to be, as init does on a machine with
 * little memory.
 */
static void prepare_heap(void)
{
	char *block[HEAP_BLOCKS];

	if (getenv("MALLOC_TRIM_THRESHOLD_"))
		return;
	mallopt(M_MMAP_THRESHOLD, HEAP_BLOCK_BYTES + HUGE_PAGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, 2 * HEAP_BLOCKS * HEAP_BLOCK_BYTES);
	for (size_t i = 0; i < HEAP_BLOCKS; i++) {
		uintptr_t begin, end;

		block[i] = xmalloc(HEAP_BLOCK_BYTES);
		begin = ((uintptr_t)block[i] + HUGE_PAGE_BYTES - 1) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
		end = (uintptr_t)(block[i] + HEAP_BLOCK_BYTES) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
		/* A kernel without them does without. */
		madvise((void *)begin, end - begin, MADV_HUGEPAGE);
	}
	for (size_t i = 0; i < HEAP_BLOCKS; i++)
		free(block[i]);
}

int load_indices(const struct pkg_request *req, struct log *log, struct pkg_progress *progress,
		 struct loaded *ret, struct err *err)
{
	struct loading *all = xcalloc(req->n_sources + 1, sizeof(*all));
	struct phase phase = phase_begin(progress, "indices");
	int r = 0;

	prepare_heap();
	ret->pool = pool_create();
	pool_setdisttype(ret->pool, DISTTYPE_DEB);
	pool_setarch(ret->pool, req->arch);
	for (size_t i = 0; i < req->n_sources; i++) {
		all[i] = (struct loading){ .req = req, .source = &req->sources[i], .log = log };
		if (pthread_create(&all[i].thread, NULL, fetch_source, &all[i]))
			abort();
	}
	for (size_t i = 0; i < req->n_sources; i++) {
		if (progress && progress->fn)
			progress->fn(progress->arg, "packages", i, req->n_sources, req->sources[i].name);
		pthread_join(all[i].thread, NULL);
		if (!r)
			r = add_inputs(&all[i], ret, err);
	}
	for (size_t i = 0; i < req->n_sources; i++)
		loading_clear(&all[i]);
	free(all);
	phase_end(&phase);
	return r;
}

void loaded_clear(struct loaded *loaded)
{
	for (size_t i = 0; i < loaded->n_indices; i++)
		index_free(loaded->indices[i]);
	free(loaded->indices);
	if (loaded->pool)
		pool_free(loaded->pool);
	*loaded = (struct loaded){ 0 };
	malloc_trim(0);
}
