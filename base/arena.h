/* Memory for one long-lived whole (facts, a kickstart file, a plan), freed at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_chunk;

/* Zero-initialise; arena_clear frees all that was handed out. */
struct arena {
	struct arena_chunk *chunks;
};

void arena_clear(struct arena *a);
/* Zeroed memory, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *a, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/*
 * Append one zeroed element to an array that lives in the arena; returns the new element.
 * The array moves as it grows, so keep no pointers into it while it does.
 */
void *arena_push(struct arena *a, void *array, size_t *n, size_t elem);

#endif
