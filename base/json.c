#include "base/json.h"

#include <sys/random.h>

#include "base/util.h"

void json_begin(void)
{
	size_t seed = 0;

	/* 0 leaves it to jansson. */
	if (getrandom(&seed, sizeof(seed), GRND_INSECURE) == sizeof(seed))
		json_object_seed(seed);
}

void json_put_str(json_t *obj, const char *key, const char *s)
{
	json_t *v = s ? json_string(s) : NULL;

	json_object_set_new(obj, key, v ? v : json_null());
}

void json_put_bool(json_t *obj, const char *key, int v)
{
	json_object_set_new(obj, key, json_boolean(v));
}

void json_put_u64(json_t *obj, const char *key, unsigned long long v)
{
	json_object_set_new(obj, key, json_integer((json_int_t)v));
}

json_t *json_words(const char *const *words)
{
	json_t *list = json_array();

	for (; words && *words; words++)
		json_array_append_new(list, json_string(*words));
	return list;
}

static int add_to_buf(const char *data, size_t len, void *b)
{
	buf_add(b, data, len);
	return 0;
}

void json_line(const json_t *j, struct buf *b)
{
	json_dump_callback(j, add_to_buf, b, JSON_COMPACT | JSON_ENCODE_ANY);
}

void json_pretty(const json_t *j, struct buf *b)
{
	json_dump_callback(j, add_to_buf, b, JSON_INDENT(2) | JSON_ENCODE_ANY);
	buf_addc(b, '\n');
}
