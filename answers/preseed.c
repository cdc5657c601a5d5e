#include "answers/preseed.h"

#include "base/util.h"

#define BLANKS " \t"

/* The next line of c's text from *i on, with those that a backslash at the end joins to it. False at the end.
 */
static bool next_line(const struct dialect_check *c, size_t *i, unsigned *line, struct buf *ret)
{
	bool more = *i < c->len;

	ret->len = 0;
	buf_adds(ret, "");
	while (more) {
		const char *s = c->text + *i, *nl = memchr(s, '\n', c->len - *i);
		size_t n = nl ? (size_t)(nl - s) : c->len - *i;

		*i += n + (nl != NULL);
		*line += 1;
		if (n && s[n - 1] == '\r')
			n--;
		more = n && s[n - 1] == '\\' && *i < c->len;
		buf_add(ret, s, n - more);
		if (!more)
			return true;
	}
	return false;
}

static const char *take_word(struct arena *a, const char **s)
{
	size_t n;
	const char *word;

	*s += strspn(*s, BLANKS);
	n = strcspn(*s, BLANKS);
	word = arena_strndup(a, *s, n);
	*s += n;
	return word;
}

static void read_answer(struct dialect_check *c, struct preseed *p, unsigned line, const char *s)
{
	struct preseed_answer a = { .line = line };
	struct preseed_answer *kept;

	a.owner = take_word(&p->arena, &s);
	a.question = take_word(&p->arena, &s);
	a.type = take_word(&p->arena, &s);
	if (!*a.type) {
		dialect_error(c, line, NULL, "a line is OWNER QUESTION TYPE VALUE");
		return;
	}
	/* One blank ends the type: all that follows is the value. */
	a.value = arena_strdup(&p->arena, *s ? s + 1 : s);
	if (*a.value && strchr(BLANKS, *a.value) && strcmp(a.type, "string") != 0)
		dialect_warn(c, line, a.question, "more than one blank in front of the value are part of it");
	kept = arena_push(&p->arena, &p->v, &p->n, sizeof(*p->v));
	*kept = a;
	if (json_object_set_new(p->last, a.question, json_integer((json_int_t)(p->n - 1))))
		dialect_error(c, line, NULL, "is not UTF-8");
}

void preseed_read(struct dialect_check *c, struct preseed *ret)
{
	auto_buf text = { 0 };
	unsigned last = 0;
	size_t i = 0;

	*ret = (struct preseed){ .last = json_object() };
	if (memchr(c->text, '\0', c->len)) {
		dialect_error(c, 0, NULL, "holds a NUL byte");
		return;
	}
	for (unsigned line = 1; next_line(c, &i, &last, &text); line = last + 1) {
		const char *s = buf_str(&text) + strspn(buf_str(&text), BLANKS);

		if (*s && *s != '#')
			read_answer(c, ret, line, s);
	}
}

void preseed_clear(struct preseed *p)
{
	arena_clear(&p->arena);
	json_decref(p->last);
	*p = (struct preseed){ 0 };
}

const struct preseed_answer *preseed_find(const struct preseed *p, const char *question)
{
	json_t *last = json_object_get(p->last, question);

	return last ? &p->v[json_integer_value(last)] : NULL;
}

static bool is(const struct preseed *p, const char *question, const char *value)
{
	const struct preseed_answer *a = preseed_find(p, question);

	return a && strcmp(a->value, value) == 0;
}

/* Without these answers an install that partitions by itself stops and asks. */
static void check_partman(struct dialect_check *c, const struct preseed *p)
{
	static const char *const always[] = { "partman/confirm", "partman/confirm_nooverwrite",
					      "partman/choose_partition", NULL };
	static const char *const lvm[] = { "partman-lvm/confirm", NULL };
	const struct preseed_answer *method = preseed_find(p, "partman-auto/method");

	for (size_t i = 0; method && always[i]; i++)
		if (!preseed_find(p, always[i]))
			dialect_warn(c, method->line, always[i],
				     "is not answered: the installer will stop and ask");
	for (size_t i = 0; method && strcmp(method->value, "lvm") == 0 && lvm[i]; i++)
		if (!preseed_find(p, lvm[i]))
			dialect_warn(c, method->line, lvm[i],
				     "is not answered: the installer will stop and ask");
}

static void check_network(struct dialect_check *c, const struct preseed *p)
{
	const struct preseed_answer *address = preseed_find(p, "netcfg/get_ipaddress");

	if (!address)
		return;
	if (!is(p, "netcfg/disable_autoconfig", "true"))
		dialect_warn(c, address->line, "netcfg/disable_autoconfig",
			     "must be true, or DHCP comes first");
	if (!preseed_find(p, "netcfg/get_netmask"))
		dialect_error(c, address->line, "netcfg/get_netmask", "is needed with a static address");
	if (!preseed_find(p, "netcfg/get_nameservers"))
		dialect_warn(c, address->line, "netcfg/get_nameservers",
			     "is not answered: the installer will stop and ask");
}

static void check_login(struct dialect_check *c, const struct preseed *p)
{
	const struct preseed_answer *root = preseed_find(p, "passwd/root-login");

	if (root && strcmp(root->value, "false") == 0 && is(p, "passwd/make-user", "false"))
		dialect_error(c, root->line, root->question, "nobody could log in: no root and no user");
}

void dialect_check_preseed(struct dialect_check *c)
{
	struct preseed p;

	preseed_read(c, &p);
	preseed_check_values(c, &p);
	check_partman(c, &p);
	check_network(c, &p);
	check_login(c, &p);
	preseed_clear(&p);
}
