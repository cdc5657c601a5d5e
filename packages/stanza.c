#include "packages/stanza.h"

#include <strings.h>

#include "base/util.h"

void stanza_init(struct stanza *t, const char *arch, struct index *index)
{
	*t = (struct stanza){ .arch = arch, .index = index, .cur = { .priority = PRIO_OPTIONAL } };
}

void stanza_clear(struct stanza *t)
{
	buf_clear(&t->line);
	buf_clear(&t->text);
	buf_clear(&t->out);
}

static enum pkg_priority priority_of(const char *s)
{
	static const char *const names[] = { "required", "important", "standard", "optional", "extra" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(s, names[i]))
			return (enum pkg_priority)i;
	return PRIO_EXTRA;
}

static bool hex_to_bytes(const char *hex, unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char pair[3] = { hex[2 * i], hex[2 * i] ? hex[2 * i + 1] : '\0', '\0' };
		char *end;

		bytes[i] = (unsigned char)strtoul(pair, &end, 16);
		if (end != pair + 2)
			return false;
	}
	return hex[2 * n] == '\0';
}

static void note_field(struct stanza *t, const char *name, const char *value)
{
	const struct pkg_source *source = t->index->source;
	uint64_t n;

	if (!strcasecmp(name, "Filename") && source && source->medium &&
	    !argv_has_sorted(&source->files, value))
		t->absent = true;
	else if (!strcasecmp(name, "Filename"))
		t->cur.filename = arena_strdup(&t->index->arena, value);
	else if (!strcasecmp(name, "SHA256"))
		t->cur.has_sha256 = hex_to_bytes(value, t->cur.sha256, sizeof(t->cur.sha256));
	else if (!strcasecmp(name, "Size") && str_u64(value, &n))
		t->cur.size_bytes = n;
	else if (!strcasecmp(name, "Installed-Size") && str_u64(value, &n))
		t->cur.installed_kib = n;
	else if (!strcasecmp(name, "Priority"))
		t->cur.priority = priority_of(value);
	else if (!strcasecmp(name, "Essential"))
		t->cur.essential = str_eq(value, "yes");
	else if (!strcasecmp(name, "Package"))
		t->has_name = true;
	else if (!strcasecmp(name, "Architecture"))
		t->wrong_arch = !str_eq(value, "all") && !str_eq(value, t->arch);
}

/* "python3:any" is python3 here: there is one architecture only. */
static void add_without_any(struct buf *b, const char *s)
{
	const char *any;

	while ((any = strstr(s, ":any"))) {
		buf_add(b, s, (size_t)(any - s));
		s = any + strlen(":any");
	}
	buf_adds(b, s);
}

static void end_paragraph(struct stanza *t)
{
	struct index *x = t->index;

	if (t->has_name && !t->wrong_arch && !t->absent) {
		xgrow(&x->entries, &x->cap, x->n, sizeof(*x->entries));
		x->entries[x->n++] = t->cur;
		buf_add(&t->out, t->text.data, t->text.len);
		buf_addc(&t->out, '\n');
	}
	t->text.len = 0;
	t->cur = (struct index_entry){ .priority = PRIO_OPTIONAL };
	t->has_name = t->wrong_arch = t->absent = t->keep_more = false;
}

static void take_line(struct stanza *t, char *line)
{
	static const char *const for_solver[] = { "Package",   "Version",     "Architecture",
						  "Depends",   "Pre-Depends", "Provides",
						  "Conflicts", "Breaks",      "Recommends" };
	char *colon;

	if (!*line) {
		end_paragraph(t);
		return;
	}
	if (*line == ' ' || *line == '\t') {
		if (t->keep_more) {
			add_without_any(&t->text, line);
			buf_addc(&t->text, '\n');
		}
		return;
	}
	colon = strchr(line, ':');
	if (!colon)
		return;
	*colon = '\0';
	note_field(t, line, colon + 1 + strspn(colon + 1, " \t"));
	t->keep_more = false;
	for (size_t i = 0; i < ARRAY_SIZE(for_solver); i++)
		t->keep_more |= !strcasecmp(line, for_solver[i]);
	if (!t->keep_more)
		return;
	buf_addf(&t->text, "%s:", line);
	add_without_any(&t->text, colon + 1);
	buf_addc(&t->text, '\n');
}

void stanza_add(struct stanza *t, const char *p, size_t n)
{
	while (n) {
		const char *nl = memchr(p, '\n', n);
		size_t len = nl ? (size_t)(nl - p) : n;

		buf_add(&t->line, p, len);
		if (nl) {
			take_line(t, t->line.data);
			t->line.len = 0;
			len++;
		}
		p += len;
		n -= len;
	}
}

void stanza_finish(struct stanza *t)
{
	if (t->line.len)
		stanza_add(t, "\n", 1);
	end_paragraph(t);
}
