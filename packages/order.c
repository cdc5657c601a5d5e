#include "packages/order.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/util.h"
#include "packages/control.h"

struct node {
	const char *name, *arch, *depends, *pre_depends;
	bool base;    /* essential or required */
	bool visited; /* in the order, or configured before */
};

struct name {
	const char *name;
	size_t node;
};

/* All packages of dpkg's status file, and by which names they are known. */
struct graph {
	const char *dir;
	struct arena arena;
	struct node *nodes;
	size_t n, cap;
	struct name *names; /* sorted; real names and provided ones */
	size_t n_names, names_cap;
};

static void add_name(struct graph *g, const char *name, size_t node)
{
	xgrow(&g->names, &g->names_cap, g->n_names, sizeof(*g->names));
	g->names[g->n_names++] = (struct name){ arena_strdup(&g->arena, name), node };
}

static const char *field(struct graph *g, const char *paragraph, const char *name)
{
	auto_free char *value = control_field(paragraph, name);

	return value ? arena_strdup(&g->arena, value) : "";
}

static void add_paragraph(struct graph *g, const char *paragraph)
{
	const char *name = field(g, paragraph, "Package");
	auto_argv provides = { 0 };

	if (!*name)
		return;
	xgrow(&g->nodes, &g->cap, g->n, sizeof(*g->nodes));
	g->nodes[g->n] =
		(struct node){ .name = name,
			       .arch = field(g, paragraph, "Architecture"),
			       .depends = field(g, paragraph, "Depends"),
			       .pre_depends = field(g, paragraph, "Pre-Depends"),
			       .base = str_eq(field(g, paragraph, "Essential"), "yes") ||
				       str_eq(field(g, paragraph, "Priority"), "required"),
			       /* By a try that failed later; dpkg takes it for an error to ask again. */
			       .visited = str_ends(field(g, paragraph, "Status"), " installed") };
	add_name(g, name, g->n);
	argv_split(&provides, field(g, paragraph, "Provides"), ",");
	for (size_t i = 0; i < provides.n; i++) {
		char *p = provides.v[i] + strspn(provides.v[i], " \n\t");

		p[strcspn(p, " (")] = '\0';
		add_name(g, p, g->n);
	}
	g->n++;
}

static int by_name(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : (x->node > y->node) - (x->node < y->node);
}

static int read_status(struct graph *g, struct err *err)
{
	auto_free char *path = path_join(g->dir, "var/lib/dpkg/status");
	auto_buf status = { 0 };
	int r = file_read(path, &status, err);
	char *p = status.data, *next;

	for (; !r && p && *p; p = next) {
		char *end = strstr(p, "\n\n");

		next = end ? end + 2 : NULL;
		if (end)
			end[1] = '\0';
		add_paragraph(g, p);
	}
	if (g->n_names)
		qsort(g->names, g->n_names, sizeof(*g->names), by_name);
	return r;
}

/* The package of that name, else one that provides it; -1: none. */
static ssize_t find(const struct graph *g, const char *name)
{
	size_t low = 0, high = g->n_names;
	ssize_t found = -1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(g->names[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < g->n_names && str_eq(g->names[low].name, name); low++) {
		found = (ssize_t)g->names[low].node;
		if (str_eq(g->nodes[found].name, name))
			break;
	}
	return found;
}

static void visit(struct graph *g, size_t i, struct order *ret);

/* The first alternative that is there. */
static void visit_depends(struct graph *g, const char *depends, struct order *ret)
{
	auto_argv clauses = { 0 };

	argv_split(&clauses, depends, ",");
	for (size_t i = 0; i < clauses.n; i++) {
		auto_argv names = { 0 };

		argv_split(&names, clauses.v[i], "|");
		for (size_t k = 0; k < names.n; k++) {
			char *name = names.v[k] + strspn(names.v[k], " \n\t");
			ssize_t to;

			name[strcspn(name, " (:[")] = '\0';
			to = find(g, name);
			if (to >= 0) {
				visit(g, (size_t)to, ret);
				break;
			}
		}
	}
}

static void visit(struct graph *g, size_t i, struct order *ret)
{
	struct node *node = &g->nodes[i];

	if (node->visited)
		return;
	node->visited = true;
	visit_depends(g, node->pre_depends, ret);
	visit_depends(g, node->depends, ret);
	argv_add(&ret->rest, node->name);
}

/* Whether one of the package's own files of the database (info/NAME.KIND) holds the word. */
static bool info_has(const struct graph *g, const struct node *node, const char *kind, const char *word)
{
	auto_free char *path = xasprintf("%s/var/lib/dpkg/info/%s.%s", g->dir, node->name, kind);
	auto_buf text = { 0 };

	if (!file_exists(path)) {
		free(path);
		path = xasprintf("%s/var/lib/dpkg/info/%s:%s.%s", g->dir, node->name, node->arch, kind);
	}
	return file_exists(path) && !file_read(path, &text, NULL) && strstr(buf_str(&text), word);
}

/* Kernels, what brings hooks or settings for initramfs-tools(7), and what asks for an update of the
 * initramfs. */
static bool shapes_initramfs(const struct graph *g, const struct node *node)
{
	static const struct {
		const char *kind, *word;
	} signs[] = { { "list", "/boot/vmlinuz-" },
		      { "list", "/initramfs-tools/" },
		      { "list", "/modprobe.d/" },
		      { "triggers", "update-initramfs" },
		      { "postinst", "initramfs" } };

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (info_has(g, node, signs[i].kind, signs[i].word))
			return true;
	return false;
}

static void choose(struct graph *g, struct order *ret)
{
	static const char *const first[] = { "base-passwd", "mawk", "gawk", "original-awk" };

	for (size_t i = 0; i < g->n; i++)
		for (size_t k = 0; k < ARRAY_SIZE(first); k++)
			if (!g->nodes[i].visited && str_eq(g->nodes[i].name, first[k])) {
				g->nodes[i].visited = true;
				argv_add(&ret->first, first[k]);
			}
	for (size_t i = 0; i < g->n; i++)
		if (g->nodes[i].base)
			visit(g, i, ret);
	for (size_t i = 0; i < g->n; i++)
		if (!g->nodes[i].visited && shapes_initramfs(g, &g->nodes[i]))
			visit(g, i, ret);
	ret->n_initramfs = ret->rest.n;
	for (size_t i = 0; i < g->n; i++)
		visit(g, i, ret);
}

int order_make(const char *dir, struct order *ret, struct err *err)
{
	struct graph g = { .dir = dir };
	int r = read_status(&g, err);

	if (!r)
		choose(&g, ret);
	arena_clear(&g.arena);
	free(g.nodes);
	free(g.names);
	return r;
}

void order_clear(struct order *order)
{
	argv_clear(&order->first);
	argv_clear(&order->rest);
}
