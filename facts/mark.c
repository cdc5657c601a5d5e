#include "facts/mark.h"

#include <ctype.h>

#include "base/argv.h"
#include "base/hash.h"
#include "base/util.h"

#define MARK_HEAD "XENITH HOST 1\n"

const char *mark_token(struct arena *a, const char *id)
{
	/* No letters that are taken for digits or for each other. */
	static const char letters[] = "23456789abcdefghjkmnpqrstvwxyz";
	auto_free char *text = xasprintf("xenith reinstall %s", id);
	char hex[HASH_HEX_LEN + 1], token[15];
	size_t n = 0;

	hash_mem(text, strlen(text), hex);
	for (size_t i = 0; i < 12; i++) {
		char pair[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		if (i && i % 4 == 0)
			token[n++] = '-';
		token[n++] = letters[strtoul(pair, NULL, 16) % (sizeof(letters) - 1)];
	}
	token[n] = '\0';
	return arena_strdup(a, token);
}

const char *mark_table(const struct disk_facts *d)
{
	for (size_t i = 0; i < d->n_contents; i++)
		if (str_eq(d->contents[i].node, d->name) && d->contents[i].uuid &&
		    (str_eq(d->contents[i].type, "gpt") || str_eq(d->contents[i].type, "dos")))
			return d->contents[i].uuid;
	return NULL;
}

void mark_make(const char *id, const char *hostname, const char *installed, const char *table_uuid,
	       char block[MARK_LEN])
{
	auto_buf b = { 0 };
	char hex[HASH_HEX_LEN + 1];

	buf_addf(&b, MARK_HEAD "id=%s\nhost=%s\ninstalled=%s\ntable=%s\n", id, hostname, installed,
		 table_uuid);
	hash_mem(b.data, b.len, hex);
	buf_addf(&b, "sha256=%s\n", hex);
	memset(block, 0, MARK_LEN);
	memcpy(block, b.data, MIN(b.len, (size_t)MARK_LEN));
}

/* The value of "key=" in lines; NULL: there is none. */
static const char *value(const struct argv *lines, const char *key)
{
	for (size_t i = 0; i < lines->n; i++)
		if (str_starts(lines->v[i], key))
			return lines->v[i] + strlen(key);
	return NULL;
}

static bool printable(const char *s)
{
	for (; *s; s++)
		if (!isprint((unsigned char)*s))
			return false;
	return true;
}

const struct disk_host *mark_parse(struct arena *a, const char *text, size_t len, const char *table_uuid)
{
	auto_free char *copy = xstrndup(text, len);
	char *sum = strstr(copy, "sha256="), hex[HASH_HEX_LEN + 1];
	const char *id, *table, *host, *installed;
	auto_argv lines = { 0 };
	struct disk_host *ret;

	if (!str_starts(copy, MARK_HEAD) || !sum || !table_uuid)
		return NULL;
	hash_mem(copy, (size_t)(sum - copy), hex);
	argv_split(&lines, copy, "\n");
	id = value(&lines, "id=");
	host = value(&lines, "host=");
	installed = value(&lines, "installed=");
	table = value(&lines, "table=");
	if (!str_eq(value(&lines, "sha256="), hex) || !str_eq(table, table_uuid) || !id || !host ||
	    !installed || !printable(host) || !printable(installed))
		return NULL;
	ret = arena_alloc(a, sizeof(*ret));
	ret->hostname = arena_strdup(a, host);
	ret->installed = arena_strdup(a, installed);
	ret->token = mark_token(a, id);
	return ret;
}
