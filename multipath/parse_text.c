#include <ctype.h>

#include "base/argv.h"
#include "base/util.h"
#include "multipath/parse.h"

struct parser {
	const char *name;
	unsigned line;
	struct mpath_maps *maps;
	struct arena *arena;
	const char *header; /* the last line that may be a map's first */
};

/* "0:0:4:0", "#:#:#:#", "0.0.5000": what stands in front of a path. */
static bool is_place(const char *s)
{
	size_t n = strlen(s);

	return n > 2 && strspn(s, "0123456789#:.") == n && (strchr(s, ':') || strchr(s, '.')) &&
	       !strchr(s, '|');
}

/* Terminals' bold and colours, and carriage returns. */
static char *clean(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_strndup(a, s, len), *to = copy;

	for (const char *p = copy; *p; p++) {
		if (p[0] == 033 && p[1] == '[') {
			p += 2 + strcspn(p + 2,
					 "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");
			if (!*p)
				break;
			continue;
		}
		if (*p != '\r')
			*to++ = *p;
	}
	*to = '\0';
	while (to > copy && isspace((unsigned char)to[-1]))
		*--to = '\0';
	return copy;
}

/* "361.891529 | …", "Nov 05 17:17:03 | …", "# multipath -ll", "Warning: …" are no headers. */
static bool is_noise(const char *s)
{
	return !*s || *s == '#' || isspace((unsigned char)*s) || strstr(s, " | ") ||
	       str_starts(s, "Warning") || str_starts(s, "error") || strstr(s, "multipathd>");
}

/* The value of KEY='…' or [KEY=…] (quotes are taken off); NULL if absent. */
static const char *prop(struct arena *a, const char *line, const char *key)
{
	const char *p = line;
	size_t n = strlen(key);

	while ((p = strstr(p, key))) {
		bool start = p == line || p[-1] == '[' || p[-1] == ' ';

		p += n;
		if (!start || *p != '=')
			continue;
		p++;
		if (*p == '\'' || *p == '"')
			return arena_strndup(a, p + 1, strcspn(p + 1, *p == '"' ? "\"" : "'"));
		return arena_strndup(a, p, strcspn(p, line[0] == '[' || strchr(line, '[') ? "]" : " "));
	}
	return NULL;
}

/* Where the dm name or "undef" starts, which parts a header; NULL: there is none. */
static const char *dm_word(const char *s)
{
	for (const char *p = s; (p = strstr(p, "dm-")); p++) {
		size_t n = strspn(p + 3, "0123456789");

		/* "…e51dm-4 NETAPP": some versions forgot the blank. */
		if (n && (!p[3 + n] || p[3 + n] == ' ') && p > s &&
		    (p[-1] == ' ' || isalnum((unsigned char)p[-1])))
			return p;
	}
	s = strstr(s, " undef ");
	return s ? s + 1 : NULL;
}

static const char *trimmed(struct arena *a, const char *s, size_t len)
{
	while (len && isspace((unsigned char)*s))
		s++, len--;
	while (len && isspace((unsigned char)s[len - 1]))
		len--;
	return len ? arena_strndup(a, s, len) : NULL;
}

/* "alias (wwid) dm-1 IBM,2145" and all that leaves parts of it out. */
static void header(struct parser *p, struct mpath_map *m)
{
	static const char *const acts[] = { "create", "reload", "switchpg",  "rename", "resize",
					    "reject", "remove", "unchanged", "" };
	const char *s = p->header, *dm, *open, *end;

	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		size_t n = strlen(acts[i]);

		if (strncmp(s, acts[i], n) == 0 && str_starts(s + n, ": ")) {
			s += n + 2;
			break;
		}
	}
	dm = dm_word(s);
	end = dm ? dm : s + strlen(s);
	if (dm) {
		size_t n = strcspn(dm, " ");
		const char *vendor = dm + n + strspn(dm + n, " "), *comma = strchr(vendor, ',');

		if (!str_starts(dm, "undef"))
			m->dm = arena_strndup(p->arena, dm, n);
		m->vendor = comma ? trimmed(p->arena, vendor, (size_t)(comma - vendor)) : NULL;
		m->product = comma ? trimmed(p->arena, comma + 1, strlen(comma + 1)) : NULL;
	}
	open = memchr(s, '(', (size_t)(end - s));
	if (open && open > s) {
		const char *close = memchr(open, ')', (size_t)(end - open));

		m->alias = trimmed(p->arena, s, (size_t)(open - s));
		m->wwid = trimmed(p->arena, open + 1, (size_t)((close ? close : end) - open - 1));
	} else {
		m->wwid = m->alias = trimmed(p->arena, s, (size_t)(end - s));
	}
	p->header = NULL;
}

static int props(struct parser *p, const char *line, struct err *err)
{
	struct mpath_map *m;
	bool brackets = *line == '[';

	if (!p->header)
		return err_set(err, ERR_SAN_TEXT,
			       "%s:%u: size: no line with a map's name is in front of it\n", p->name,
			       p->line);
	m = arena_push(p->arena, &p->maps->v, &p->maps->n, sizeof(*m));
	header(p, m);
	m->size = prop(p->arena, line, "size");
	m->features = prop(p->arena, line, "features");
	m->hwhandler = prop(p->arena, line, "hwhandler");
	m->wp = brackets ? (strstr(line, "[rw]")   ? "rw"
			    : strstr(line, "[ro]") ? "ro"
						   : NULL)
			 : prop(p->arena, line, "wp");
	m->dialect = !brackets ? "0.4.9" : strchr(line, '"') ? "0.4.5" : m->dm ? "0.4.8" : "0.4.7";
	return 0;
}

static void number(const char *s, long long *ret, bool *has)
{
	char *end = NULL;
	long long v = s ? strtoll(s, &end, 10) : 0;

	*has = s && end > s;
	*ret = *has ? v : 0;
}

/* "policy='service-time 0' prio=50 status=active", "round-robin 0 [prio=100][active]". */
static int group(struct parser *p, const char *line, struct err *err)
{
	struct mpath_map *m = p->maps->n ? &p->maps->v[p->maps->n - 1] : NULL;
	struct mpath_map_group *g;
	const char *open;

	if (!m || p->header)
		return err_set(err, ERR_SAN_TEXT, "%s:%u: group: it stands before any map\n", p->name,
			       p->line);
	g = arena_push(p->arena, &m->groups, &m->n_groups, sizeof(*g));
	number(prop(p->arena, line, "prio"), &g->prio, &g->has_prio);
	g->policy = prop(p->arena, line, "policy");
	if (g->policy) {
		g->status = prop(p->arena, line, "status");
		return 0;
	}
	open = strchr(line, '[');
	g->policy = trimmed(p->arena, line, (size_t)(open - line));
	open = strrchr(line, '[');
	g->status = arena_strndup(p->arena, open + 1, strcspn(open + 1, "]"));
	if (str_starts(g->status, "prio="))
		g->status = NULL;
	return 0;
}

/* The states behind a path: "[active][ready]" or "active ready running", where one may be "i/o pending". */
static void states(struct parser *p, const char *s, struct mpath_map_path *path)
{
	const char **const to[] = { &path->dm_st, &path->chk_st, &path->dev_st };
	auto_argv words = { 0 };
	size_t n = 0;

	argv_split(&words, s, *s == '[' ? "[]" : " ");
	for (size_t i = 0; i < words.n && n < ARRAY_SIZE(to); i++, n++) {
		if (strcmp(words.v[i], "i/o") == 0 && i + 1 < words.n) {
			*to[n] = arena_printf(p->arena, "i/o %s", words.v[i + 1]);
			i++;
		} else {
			*to[n] = arena_strdup(p->arena, words.v[i]);
		}
	}
}

static int path(struct parser *p, const char *line, struct err *err)
{
	struct mpath_map *m = p->maps->n ? &p->maps->v[p->maps->n - 1] : NULL;
	struct mpath_map_group *g = m && m->n_groups ? &m->groups[m->n_groups - 1] : NULL;
	struct mpath_map_path *t;
	const char *words[3];

	for (int i = 0; i < 3; i++) {
		size_t n = strcspn(line, " ");

		words[i] = arena_strndup(p->arena, line, n);
		line += n + strspn(line + n, " ");
	}
	if (!g || p->header)
		return err_set(err, ERR_SAN_TEXT, "%s:%u: %s: a path that belongs to no group\n", p->name,
			       p->line, words[0]);
	t = arena_push(p->arena, &g->paths, &g->n_paths, sizeof(*t));
	t->hctl = words[0];
	t->dev = words[1];
	t->dev_t = words[2];
	states(p, line, t);
	return 0;
}

/* Behind the tree that is drawn on the left. */
static const char *behind_tree(const char *s)
{
	if (*s == '\\' || *s == ' ' || *s == '|' || *s == '`')
		s += strspn(s, " |`-+\\_");
	return s;
}

static int one_line(struct parser *p, const char *line, struct err *err)
{
	const char *s = behind_tree(line);
	auto_free char *first = xstrndup(s, strcspn(s, " "));

	if (str_starts(line, "size=") || str_starts(line, "[size="))
		return props(p, line, err);
	if (s != line && is_place(first))
		return path(p, s, err);
	if (str_starts(s, "policy=") || (s != line && *line == '\\' && strchr(s, '[')))
		return group(p, s, err);
	if (!is_noise(line))
		p->header = line;
	return 0;
}

int mpath_parse(const char *name, const char *text, size_t len, struct mpath_maps *ret, struct err *err)
{
	struct mpath_maps maps = { 0 };
	struct parser p = { .name = name, .maps = &maps, .arena = &maps.arena };
	size_t blank = strspn(text, " \t\r\n");
	int r = 0;

	if (text[blank] == '{')
		return mpath_parse_json(name, text, len, ret, err);
	for (const char *s = text; !r && s < text + len;) {
		size_t n = strcspn(s, "\n");

		p.line++;
		r = one_line(&p, clean(p.arena, s, n), err);
		s += n + 1;
	}
	if (!r && !maps.n && text[blank] && strncmp(text + blank, "ok", 2) != 0)
		r = err_set(err, ERR_SAN_TEXT, "%s:1: no map is in it: not what multipath -ll prints\n",
			    name);
	if (r) {
		mpath_maps_clear(&maps);
		return r;
	}
	for (size_t i = 0; i < maps.n; i++)
		mpath_map_judge(&maps.v[i]);
	*ret = maps;
	return 0;
}

void mpath_maps_clear(struct mpath_maps *maps)
{
	arena_clear(&maps->arena);
	*maps = (struct mpath_maps){ 0 };
}
