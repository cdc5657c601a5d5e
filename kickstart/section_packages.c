/* %packages: names, globs, @groups and @^environment, one a line; "-" in front takes out. */
#include "base/util.h"
#include "kickstart/parser.h"

#define S ks_packages
static const struct ks_opt opts[] = {
	{ "--excludedocs", KS_FLAG, KS_OFF(S, exclude_docs) },
	{ "--ignoremissing", KS_FLAG, KS_OFF(S, ignoremissing) },
	{ "--nobase", KS_FLAG, KS_OFF(S, nobase), .versions = KS_BETWEEN(F14, F21, RHEL6, RHEL7),
	  .deprecated = KS_BETWEEN(F18, F21, RHEL7, RHEL7) },
	{ "--nocore", KS_FLAG, KS_OFF(S, nocore), .versions = KS_SINCE(F21, RHEL7) },
	{ "--ignoredeps", KS_FLAG, KS_OFF(S, ignoredeps), .versions = KS_UNTIL(F8, RHEL5),
	  .deprecated = KS_ALWAYS },
	{ "--resolvedeps", KS_FLAG, KS_OFF(S, resolvedeps), .versions = KS_UNTIL(F8, RHEL5),
	  .deprecated = KS_ALWAYS },
	{ "--default", KS_FLAG, KS_OFF(S, is_default), .versions = KS_SINCE(F7, RHEL6), .flags = KS_STAYS },
	{ "--multilib", KS_FLAG, KS_OFF(S, multilib), .versions = KS_SINCE(F18, RHEL7) },
	{ "--inst-langs", KS_STRING, KS_OFF(S, inst_langs), .versions = KS_SINCE(F32, RHEL9) },
	{ "--instLangs", KS_STRING, KS_OFF(S, inst_langs),
	  .versions = KS_RANGE(F9, F45) | KS_RANGE(RHEL6, RHEL9), .deprecated = KS_RANGE(F33, F45),
	  .instead = "write --inst-langs" },
	{ "--exclude-weakdeps", KS_FLAG, KS_OFF(S, exclude_weakdeps), .versions = KS_SINCE(F32, RHEL9) },
	{ "--excludeWeakdeps", KS_FLAG, KS_OFF(S, exclude_weakdeps),
	  .versions = KS_RANGE(F24, F45) | KS_RANGE(RHEL8, RHEL9), .deprecated = KS_RANGE(F33, F45),
	  .instead = "write --exclude-weakdeps" },
	{ "--ignorebroken", KS_FLAG, KS_OFF(S, ignorebroken), .versions = KS_SINCE_F(F32) },
	{ "--timeout", KS_INT, KS_OFF(S, timeout), .none = -1, .versions = KS_SINCE(F22, RHEL7),
	  .flags = KS_FORGETS },
	{ "--retries", KS_INT, KS_OFF(S, retries), .none = -1, .versions = KS_SINCE(F22, RHEL7),
	  .flags = KS_FORGETS },
	{ 0 },
};
#undef S

const struct ks_cmd ks_section_packages = {
	.name = "%packages",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_ONE(packages, ks_packages),
};

static void begin(struct ks_parser *p)
{
	struct ks_packages *pk = &p->ks->packages;

	ks_line_options(&p->line, pk);
	pk->inst_langs_set = pk->inst_langs != NULL;
	if (pk->is_default && (pk->nobase || pk->nocore))
		ks_parser_error(p, "--default", "contradicts %s", pk->nobase ? "--nobase" : "--nocore");
}

static void list_drop(struct ks_list *list, const char *word)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], word) != 0)
			list->v[n++] = list->v[i];
	list->n = n;
	if (list->v)
		list->v[n] = NULL;
}

/* Move word to `to` from the list of its opposite. */
static void put(struct ks *ks, struct ks_list *to, struct ks_list *from, const char *word)
{
	list_drop(from, word);
	ks_list_add(ks, to, word);
}

/* The list for a word that is a group's option, in full or in part; NULL if it is none. */
static struct ks_list *group_option(struct ks_packages *pk, const char *word)
{
	size_t len = strlen(word);

	if (len > 2 && strncmp(word, "--nodefaults", len) == 0)
		return &pk->groups_nodefaults;
	if (len > 2 && strncmp(word, "--optional", len) == 0)
		return &pk->groups_optional;
	return NULL;
}

/* @NAME [--nodefaults|--optional]: a name may have blanks. What is said first about a group counts. */
static void group(struct ks_parser *p, const char *text)
{
	struct ks_packages *pk = &p->ks->packages;
	struct ks_list words = { 0 }, *also = NULL;
	auto_buf name = { 0 };

	ks_list_split(p->ks, text, " ", &words, false);
	for (size_t i = 0; i < words.n; i++) {
		struct ks_list *list = group_option(pk, words.v[i]);

		if (list && also && list != also)
			ks_parser_error(p, words.v[i],
					"contradicts --nodefaults or --optional in front of it");
		else if (!list && str_starts(words.v[i], "--"))
			ks_line_fault(&p->line, words.v[i],
				      "is no option of a group, and so a part of its name; --nodefaults and "
				      "--optional are");
		if (!list)
			buf_addf(&name, "%s%s", name.len ? " " : "", words.v[i]);
		also = list ? list : also;
	}
	text = arena_strdup(&p->ks->arena, buf_str(&name));
	if (ks_list_has(&pk->groups, text))
		return;
	put(p->ks, &pk->groups, &pk->excluded_groups, text);
	if (also)
		ks_list_add(p->ks, also, text);
}

static void line(struct ks_parser *p, const char *text, size_t len)
{
	struct ks_packages *pk = &p->ks->packages;
	const char *hash = memchr(text, '#', len);
	bool joined = hash && hash > text && hash[-1] != ' ' && hash[-1] != '\t';
	char *word;

	len = hash ? (size_t)(hash - text) : len;
	ks_lex_trim(&text, &len);
	if (!len || !ks_parser_count(p))
		return;
	word = arena_strndup(&p->ks->arena, text, len);
	if (word[0] == '%' && joined) {
		ks_parser_error(p, word, "a blank is missing in front of the comment");
	} else if (str_starts(word, "@^")) {
		pk->environment = word + 2 + strspn(word + 2, " ");
		list_drop(&pk->excluded_groups, arena_printf(&p->ks->arena, "^%s", pk->environment));
	} else if (word[0] == '@')
		group(p, word + 1);
	else if (str_starts(word, "-@^") && str_eq(pk->environment, word + 3))
		pk->environment = NULL;
	else if (str_starts(word, "-@")) {
		put(p->ks, &pk->excluded_groups, &pk->groups, word + 2);
		list_drop(&pk->groups_nodefaults, word + 2);
		list_drop(&pk->groups_optional, word + 2);
	} else if (word[0] == '-')
		put(p->ks, &pk->excluded, &pk->packages, word + 1);
	else
		put(p->ks, &pk->packages, &pk->excluded, word);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_unique(struct ks_list *list)
{
	size_t n = 0;

	if (!list->n)
		return;
	qsort(list->v, list->n, sizeof(*list->v), compare);
	for (size_t i = 0; i < list->n; i++)
		if (!n || strcmp(list->v[n - 1], list->v[i]) != 0)
			list->v[n++] = list->v[i];
	list->n = n;
	list->v[n] = NULL;
}

static void end(struct ks_parser *p)
{
	struct ks_packages *pk = &p->ks->packages;

	sort_unique(&pk->packages);
	sort_unique(&pk->excluded);
	sort_unique(&pk->groups);
	sort_unique(&pk->excluded_groups);
	sort_unique(&pk->groups_nodefaults);
	sort_unique(&pk->groups_optional);
}

const struct ks_section ks_sect_packages = {
	.name = "%packages",
	.cmd = &ks_section_packages,
	.begin = begin,
	.line = line,
	.end = end,
};
