/* Text with ${names} in it, split into its parts. */
#include <ctype.h>

#include "base/util.h"
#include "template/filter.h"
#include "template/parser.h"

static bool name_begins(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static bool name_goes_on(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

bool tmpl_name_ok(const char *name)
{
	if (!name_begins(*name))
		return false;
	while (name_goes_on(*name))
		name++;
	return !*name;
}

/* The length of the dotted name at s; 0 if there is none. */
static size_t name_len(const char *s, size_t len)
{
	size_t i = 0;

	for (;;) {
		if (i == len || !name_begins(s[i]))
			return i ? i - 1 : 0;
		while (i < len && name_goes_on(s[i]))
			i++;
		if (i == len || s[i] != '.')
			return i;
		i++;
	}
}

static struct tmpl_ref *new_ref(struct tmpl_parser *p, const char *s, size_t len)
{
	struct arena *a = &p->t->arena;
	struct tmpl_ref *ref = arena_alloc(a, sizeof(*ref));
	char *rest = arena_strndup(a, s, len), *part;

	ref->name = arena_strndup(a, s, len);
	for (size_t n = 0; (part = strsep(&rest, ".")); n++) {
		if (n == TMPL_MAX_PATH) {
			tmpl_error(p->errors, p->at, ref->name, "more than %d parts", TMPL_MAX_PATH);
			break;
		}
		ref->path[n] = part;
	}
	json_object_set_new(p->t->names, ref->path[0], json_true());
	return ref;
}

struct tmpl_ref *tmpl_parse_name(struct tmpl_parser *p, const char *s, size_t len)
{
	if (len && name_len(s, len) == len)
		return new_ref(p, s, len);
	tmpl_error(p->errors, p->at, NULL, "\"%.*s\" is no name (letters, digits, _ and -)",
		   (int)MIN(len, (size_t)60), s);
	return NULL;
}

struct text { /* what is being split */
	const char *s;
	size_t len, i;
};

static struct tmpl_part *parse(struct tmpl_parser *p, struct text *t, unsigned depth);

static void unknown_filter(struct tmpl_parser *p, const struct tmpl_ref *ref, const char *s, size_t len)
{
	auto_free char *word = xstrndup(s, MIN(len, (size_t)60));
	const char *names[32], *near;
	const struct tmpl_filter *f;
	auto_buf all = { 0 };
	size_t n = 0;

	for (; n < ARRAY_SIZE(names) && (f = tmpl_filter_at(n)); n++) {
		names[n] = f->name;
		buf_addf(&all, "%s%s", n ? ", " : "", f->name);
	}
	near = str_nearest(word, names, n);
	tmpl_error(p->errors, p->at, ref->name, "unknown filter \"%s\"%s%s; there are %s", word,
		   near ? "; did you mean " : "", near ? near : "", buf_str(&all));
}

static bool parse_filters(struct tmpl_parser *p, struct text *t, struct tmpl_ref *ref)
{
	for (size_t i = 0; t->i < t->len && t->s[t->i] == '|'; i++) {
		size_t from = ++t->i;

		while (t->i < t->len && name_goes_on(t->s[t->i]))
			t->i++;
		if (i == TMPL_MAX_FILTERS) {
			tmpl_error(p->errors, p->at, ref->name, "more than %d filters", TMPL_MAX_FILTERS);
			return false;
		}
		ref->filters[i] = tmpl_filter_find(t->s + from, t->i - from);
		if (!ref->filters[i]) {
			unknown_filter(p, ref, t->s + from, t->i - from);
			return false;
		}
	}
	return true;
}

/* What stands behind "${", up to its "}". NULL after an error; reading goes on behind it. */
static struct tmpl_ref *parse_ref(struct tmpl_parser *p, struct text *t, unsigned depth)
{
	size_t start = t->i, n = name_len(t->s + start, t->len - start);
	struct tmpl_ref *ref;

	if (!n) {
		tmpl_error(p->errors, p->at, NULL, "no name behind ${; write $${ for a literal ${");
		return NULL;
	}
	ref = new_ref(p, t->s + start, n);
	t->i += n;
	if (!parse_filters(p, t, ref))
		return NULL;
	if (t->len - t->i >= 2 && t->s[t->i] == ':' && (t->s[t->i + 1] == '-' || t->s[t->i + 1] == '?')) {
		ref->op = t->s[t->i + 1] == '-' ? TMPL_DEFAULT : TMPL_REQUIRE;
		t->i += 2;
		ref->alt = parse(p, t, depth + 1);
	}
	if (t->i < t->len && t->s[t->i] == '}') {
		t->i++;
		return ref;
	}
	if (t->i == t->len)
		tmpl_error(p->errors, p->at, ref->name, "no } on this line closes its ${");
	else
		tmpl_error(
			p->errors, p->at, ref->name,
			"\"%c\" behind the name: there are :-default, :?message and |filter; write $${ for "
			"a literal ${",
			isprint((unsigned char)t->s[t->i]) ? t->s[t->i] : '?');
	return NULL;
}

static struct tmpl_part *add_part(struct tmpl_parser *p, struct tmpl_part ***tail, const char *s, size_t len)
{
	struct tmpl_part *part = arena_alloc(&p->t->arena, sizeof(*part));

	part->text = s;
	part->len = len;
	**tail = part;
	*tail = &part->next;
	return part;
}

/* Up to the end, or in a default (depth > 0) to the "}" that ends it. The text is kept, not copied. */
static struct tmpl_part *parse(struct tmpl_parser *p, struct text *t, unsigned depth)
{
	struct tmpl_part *first = NULL, **tail = &first;
	size_t from = t->i;

	if (depth > TMPL_MAX_DEPTH) {
		tmpl_error(p->errors, p->at, NULL, "defaults in defaults: too deep");
		t->i = t->len;
		return NULL;
	}
	while (t->i < t->len && !(depth && t->s[t->i] == '}')) {
		const char *s = t->s + t->i;
		size_t left = t->len - t->i;
		struct tmpl_ref *ref;

		if (left >= 3 && memcmp(s, "$${", 3) == 0) {
			/* The first $ is left out. */
			if (t->i > from)
				add_part(p, &tail, t->s + from, t->i - from);
			from = t->i + 1;
			t->i += 3;
			continue;
		}
		if (left < 2 || s[0] != '$' || s[1] != '{') {
			t->i++;
			continue;
		}
		if (t->i > from)
			add_part(p, &tail, t->s + from, t->i - from);
		t->i += 2;
		ref = parse_ref(p, t, depth);
		if (ref)
			add_part(p, &tail, NULL, 0)->ref = ref;
		from = t->i;
	}
	if (t->i > from)
		add_part(p, &tail, t->s + from, t->i - from);
	return first;
}

struct tmpl_part *tmpl_parse_parts(struct tmpl_parser *p, const char *s, size_t len)
{
	struct text t = { s, len, 0 };

	return parse(p, &t, 0);
}
