/* The catalogue of errors, as data. */
#include <pthread.h>
#include <stdio.h>
#include <strings.h>

#include "base/err.h"
#include "base/util.h"

#define X(name, kind, area, number, found, wanted, next) \
	{ ERR_##name, "XEN-" #area "-", #area, found, wanted, next },
static struct err_entry entries[] = { ERR_LIST(X) };
#undef X

/* The preprocessor can't pad a number with zeros. */
static void number_them(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		snprintf(entries[i].code, sizeof(entries[i].code), "XEN-%s-%03u", entries[i].area,
			 (unsigned)entries[i].id >> 16);
}

const struct err_entry *err_entries(size_t *ret_n)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, number_them);
	*ret_n = ARRAY_SIZE(entries);
	return entries;
}

const struct err_entry *err_entry(const struct err *err)
{
	enum err_code id = err->id ? err->id : err->code;
	const struct err_entry *kind = NULL;
	size_t n;

	for (const struct err_entry *e = err_entries(&n); n > 0; e++, n--) {
		/* An error that a caller knew better keeps its kind: the area and the number tell it. */
		if (id >> 8 && e->id >> 8 == id >> 8)
			return e;
		if (e->id >> 8 == (ERR_AREA_GEN | err->code << 8))
			kind = e;
	}
	return kind;
}

const struct err_entry *err_entry_find(const char *code)
{
	size_t n;

	for (const struct err_entry *e = err_entries(&n); n > 0; e++, n--)
		if (strcasecmp(e->code, code) == 0)
			return e;
	return NULL;
}
