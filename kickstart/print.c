/* The canonical text of a struct ks, by the same tables that parse it. */
#include "base/util.h"
#include "kickstart/parser.h"

void ks_print_word(const char *word, struct buf *b)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-_./:,=+@%^~$*?!&;|()[]{}<>";

	if (*word && !word[strspn(word, plain)]) {
		buf_adds(b, word);
		return;
	}
	buf_addc(b, '"');
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *word);
	}
	buf_addc(b, '"');
}

static void list_word(const struct ks_list *list, struct buf *b)
{
	for (size_t i = 0; i < list->n; i++)
		buf_addf(b, "%s%s", i ? "," : "", list->v[i]);
}

void ks_print_value(const struct ks_opt *opt, const void *p, bool mask, struct buf *b)
{
	const char *word;

	if (opt->type == KS_LIST) {
		list_word(p, b);
		return;
	}
	if (opt->type == KS_INT) {
		buf_addf(b, "%lld", (long long)*(const int64_t *)p);
		return;
	}
	word = *(const char *const *)p ? *(const char *const *)p : "";
	if (mask && *word && ks_secret_part(opt, word, NULL)) {
		size_t len;
		const char *secret = ks_secret_part(opt, word, &len);

		buf_add(b, word, (size_t)(secret - word));
		buf_adds(b, "***");
		word = secret + len;
	}
	buf_adds(b, word);
}

bool ks_opt_prints(const struct ks_cmd *cmd, const struct ks_opt *opt, const void *data,
		   enum ks_version version)
{
	if (!ks_opt_known(opt, version) || !ks_opt_given(cmd, opt, data))
		return false;
	for (const struct ks_opt *o = cmd->opts; cmd->size && o < opt; o++)
		if (o->offset == opt->offset && ks_opt_known(o, version))
			return false;
	return true;
}

static bool starts_dash(const struct ks_cmd *cmd, const struct ks_opt *o, const void *data)
{
	const void *p = ks_opt_at(cmd, o, (void *)(uintptr_t)data);
	const struct ks_list *list = p;

	if (o->type != KS_LIST)
		return *(const char *const *)p && (*(const char *const *)p)[0] == '-';
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i][0] == '-')
			return true;
	return false;
}

/* Word i of a list, quoted; a secret part as ***. */
static void print_list_word(const struct ks_opt *o, const struct ks_list *list, size_t i, bool mask,
			    struct buf *b)
{
	const char *secret = mask ? ks_secret_word(o, list, i) : NULL;
	auto_buf word = { 0 };

	buf_add(&word, list->v[i], secret ? (size_t)(secret - list->v[i]) : strlen(list->v[i]));
	if (secret)
		buf_adds(&word, "***");
	ks_print_word(buf_str(&word), b);
}

static void print_option(const struct ks_opt *o, const void *p, bool mask, struct buf *b)
{
	const struct ks_list *list = p;
	auto_buf word = { 0 };

	for (size_t i = 0; o->flags & KS_WHOLE && i < list->n; i++) {
		buf_addf(b, " %s=", o->name);
		print_list_word(o, list, i, mask, b);
	}
	if (o->flags & KS_WHOLE)
		return;
	buf_addf(b, " %s", o->name);
	if (o->type == KS_FLAG)
		return;
	ks_print_value(o, p, mask, &word);
	if (!word.len && o->flags & KS_OPTIONAL)
		return;
	buf_addc(b, '=');
	ks_print_word(buf_str(&word), b);
}

static void print_argument(const struct ks_opt *o, const void *p, bool mask, struct buf *b)
{
	const struct ks_list *list = p;
	auto_buf word = { 0 };

	for (size_t i = 0; o->type == KS_LIST && i < list->n; i++) {
		buf_addc(b, ' ');
		print_list_word(o, list, i, mask, b);
	}
	if (o->type == KS_LIST)
		return;
	ks_print_value(o, p, mask, &word);
	buf_addc(b, ' ');
	ks_print_word(buf_str(&word), b);
}

/* Arguments stand where the rows have them, or behind "--" if one of them looks like an option. */
void ks_print_command(const struct ks_cmd *cmd, const char *name, const void *data, enum ks_version version,
		      bool mask, struct buf *b)
{
	bool dashed = false;

	buf_adds(b, name);
	for (const struct ks_opt *o = cmd->opts; o && o->name; o++)
		dashed = dashed || (ks_opt_is_argument(o) && ks_opt_prints(cmd, o, data, version) &&
				    starts_dash(cmd, o, data));
	dashed = dashed && !KS_HAS(cmd->raw, version);
	for (int pass = 0; pass < 1 + dashed; pass++) {
		if (pass)
			buf_adds(b, " --");
		for (const struct ks_opt *o = cmd->opts; o && o->name; o++) {
			const void *p = ks_opt_at(cmd, o, (void *)(uintptr_t)data);

			if (!ks_opt_prints(cmd, o, data, version))
				continue;
			if (!ks_opt_is_argument(o) && !pass)
				print_option(o, p, mask, b);
			else if (ks_opt_is_argument(o) && pass == dashed)
				print_argument(o, p, mask, b);
		}
	}
	buf_addc(b, '\n');
}

static enum ks_version version_of(const struct ks *ks)
{
	return ks->version ? ks->version : KS_VERSION_DEFAULT;
}

struct printing {
	const struct ks *ks;
	bool mask;
	struct buf *b;
};

static void print_one(void *arg, const struct ks_cmd *cmd, const void *data)
{
	const struct printing *to = arg;
	const struct ks_at *at = data;
	bool given = at->line > 0;

	for (const struct ks_opt *o = cmd->opts; !given && o && o->name; o++)
		given = ks_opt_given(cmd, o, data);
	if (!given && !(cmd->print && !cmd->repeats))
		return;
	if (cmd->print)
		cmd->print(to->ks, cmd, data, to->mask, to->b);
	else
		ks_print_command(cmd, cmd->name, data, version_of(to->ks), to->mask, to->b);
}

static void words(const char *front, const struct ks_list *list, struct buf *b)
{
	for (size_t i = 0; i < list->n; i++)
		buf_addf(b, "%s%s\n", front, list->v[i]);
}

static void print_packages(const struct ks *ks, struct buf *b)
{
	const struct ks_packages *pk = &ks->packages;

	if (!pk->at.line && !pk->includes.n && !pk->packages.n && !pk->excluded.n && !pk->groups.n &&
	    !pk->excluded_groups.n && !pk->environment)
		return;
	buf_addc(b, '\n');
	ks_print_command(&ks_section_packages, "%packages", pk, version_of(ks), false, b);
	if (pk->environment)
		buf_addf(b, "@^%s\n", pk->environment);
	for (size_t i = 0; i < pk->groups.n; i++) {
		const char *g = pk->groups.v[i];

		buf_addf(b, "@%s%s\n", g,
			 ks_list_has(&pk->groups_nodefaults, g) ? " --nodefaults"
			 : ks_list_has(&pk->groups_optional, g) ? " --optional"
								: "");
	}
	words("-@", &pk->excluded_groups, b);
	words("", &pk->packages, b);
	words("-", &pk->excluded, b);
	words("%include ", &pk->includes, b);
	buf_adds(b, "%end\n");
}

static void print_body(const char *header, const char *body, struct buf *b)
{
	buf_addf(b, "\n%s\n%s%s%%end\n", header, body, *body && !str_ends(body, "\n") ? "\n" : "");
}

static void print_script(const struct ks *ks, const struct ks_script *s, struct buf *b)
{
	static const struct ks_cmd *const kinds[] = {
		[KS_PRE] = &ks_section_pre,
		[KS_PREINSTALL] = &ks_section_pre_install,
		[KS_POST] = &ks_section_post,
		[KS_ONERROR] = &ks_section_onerror,
		[KS_TRACEBACK] = &ks_section_traceback,
	};
	struct ks_script copy = *s;
	auto_buf header = { 0 };

	if (str_eq(s->interp, "/bin/sh"))
		copy.interp = NULL;
	copy.at.set[0] = 0;
	ks_print_command(kinds[s->type], kinds[s->type]->name, &copy, version_of(ks), false, &header);
	header.data[--header.len] = '\0';
	print_body(buf_str(&header), s->body ? s->body : "", b);
}

void ks_print(const struct ks *ks, bool mask, struct buf *b)
{
	auto_buf addon = { 0 };

	buf_addf(b, "#version=%s\n", ks_version_name(version_of(ks)));
	ks_each_command(ks, ks_commands, print_one, &(struct printing){ ks, mask, b });
	words("%include ", &ks->includes, b);
	print_packages(ks, b);
	ks_each_command(ks, ks_addon_commands, print_one, &(struct printing){ ks, mask, &addon });
	if (addon.len)
		buf_addf(b, "\n%%addon xenith\n%s%%end\n", buf_str(&addon));
	for (size_t i = 0; i < ks->n_raws; i++)
		print_body(ks->raws[i].header, ks->raws[i].body, b);
	for (size_t i = 0; i < ks->n_scripts; i++)
		print_script(ks, &ks->scripts[i], b);
}
