/* A struct ks as JSON, by the same tables that parse and print it. */
#include "kickstart/json.h"

#include "base/json.h"
#include "base/util.h"
#include "kickstart/value.h"

static json_t *json_word(const char *word)
{
	json_t *s = json_string(word);

	return s ? s : json_null();
}

static json_t *ks_list_json(const struct ks_list *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(all, json_word(list->v[i]));
	return all;
}

/* The words of a row that is a list: secret ones as ***. */
static json_t *json_list(const struct ks_opt *o, const struct ks_list *list, bool mask)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n; i++) {
		const char *secret = mask ? ks_secret_word(o, list, i) : NULL;
		auto_buf word = { 0 };

		buf_add(&word, list->v[i], secret ? (size_t)(secret - list->v[i]) : strlen(list->v[i]));
		buf_adds(&word, secret ? "***" : "");
		json_array_append_new(all, json_word(buf_str(&word)));
	}
	return all;
}

static json_t *json_value(const struct ks_opt *o, const void *p, bool mask)
{
	auto_buf word = { 0 };
	int64_t number;

	if (o->type == KS_FLAG)
		return json_true();
	if (o->type == KS_INT)
		return json_integer(*(const int64_t *)p);
	if (o->type == KS_LIST)
		return json_list(o, p, mask);
	ks_print_value(o, p, mask, &word);
	if (o->flags & KS_NUMBER && ks_value_int(buf_str(&word), &number))
		return json_integer(number);
	return json_word(buf_str(&word));
}

static json_t *json_options(const struct ks_cmd *cmd, const void *data, enum ks_version version, bool mask)
{
	json_t *all = json_object();

	for (const struct ks_opt *o = cmd->opts; o && o->name; o++)
		if (ks_opt_prints(cmd, o, data, version))
			json_object_set_new(all, o->name,
					    json_value(o, ks_opt_at(cmd, o, (void *)(uintptr_t)data), mask));
	return all;
}

/* A new object with where it was said. */
static json_t *json_at(const struct ks_at *at)
{
	json_t *o = json_object();

	json_put_str(o, "file", at->file);
	json_put_u64(o, "line", at->line);
	return o;
}

struct walk {
	const struct ks *ks;
	bool mask;
	json_t *all;
};

static void add_command(void *arg, const struct ks_cmd *cmd, const void *data)
{
	static const char *const ends[] = {
		[KS_END_UNSAID] = "reboot", [KS_END_HALT] = "halt",         [KS_END_POWEROFF] = "poweroff",
		[KS_END_REBOOT] = "reboot", [KS_END_SHUTDOWN] = "shutdown",
	};
	const struct walk *w = arg;
	const struct ks_at *at = data;
	json_t *o;

	if (!at->line)
		return;
	o = json_at(at);
	json_put_str(o, "name", data == &w->ks->reboot ? ends[w->ks->reboot.how] : cmd->name);
	json_object_set_new(o, "options", json_options(cmd, data, w->ks->version, w->mask));
	json_array_append_new(w->all, o);
}

static json_t *json_commands(const struct ks *ks, const struct ks_cmd *const *list, bool mask)
{
	struct walk w = { ks, mask, json_array() };

	ks_each_command(ks, list, add_command, &w);
	return w.all;
}

static json_t *json_packages(const struct ks *ks)
{
	const struct ks_packages *pk = &ks->packages;
	json_t *o = json_at(&pk->at), *groups = json_array();

	for (size_t i = 0; i < pk->groups.n; i++) {
		const char *name = pk->groups.v[i];
		json_t *group = json_object();

		json_put_str(group, "name", name);
		json_put_str(group, "include",
			     ks_list_has(&pk->groups_nodefaults, name) ? "required"
			     : ks_list_has(&pk->groups_optional, name) ? "all"
								       : "default");
		json_array_append_new(groups, group);
	}
	json_object_set_new(o, "options", json_options(&ks_section_packages, pk, ks->version, false));
	json_put_str(o, "environment", pk->environment);
	json_object_set_new(o, "groups", groups);
	json_object_set_new(o, "excluded_groups", ks_list_json(&pk->excluded_groups));
	json_object_set_new(o, "packages", ks_list_json(&pk->packages));
	json_object_set_new(o, "excluded", ks_list_json(&pk->excluded));
	json_object_set_new(o, "includes", ks_list_json(&pk->includes));
	return o;
}

static json_t *json_scripts(const struct ks *ks)
{
	static const char *const types[] = {
		[KS_PRE] = "pre",         [KS_PREINSTALL] = "pre-install", [KS_POST] = "post",
		[KS_ONERROR] = "onerror", [KS_TRACEBACK] = "traceback",
	};
	json_t *all = json_array();

	for (size_t i = 0; i < ks->n_scripts; i++) {
		const struct ks_script *s = &ks->scripts[i];
		json_t *o = json_at(&s->at);

		json_put_str(o, "type", types[s->type]);
		json_put_str(o, "interpreter", s->interp);
		json_put_str(o, "log", s->log);
		json_put_bool(o, "erroronfail", s->erroronfail);
		json_put_bool(o, "chroot", s->type == KS_POST && !s->nochroot);
		json_put_str(o, "body", s->body);
		json_array_append_new(all, o);
	}
	return all;
}

static json_t *json_sections(const struct ks *ks)
{
	json_t *all = json_array();

	for (size_t i = 0; i < ks->n_raws; i++) {
		json_t *o = json_at(&ks->raws[i].at);

		json_put_str(o, "header", ks->raws[i].header);
		json_put_str(o, "body", ks->raws[i].body);
		json_array_append_new(all, o);
	}
	return all;
}

json_t *ks_json(const struct ks *ks, bool mask)
{
	json_t *o = json_object();

	json_put_str(o, "version", ks_version_name(ks->version));
	json_object_set_new(o, "commands", json_commands(ks, ks_commands, mask));
	json_object_set_new(o, "xenith", json_commands(ks, ks_addon_commands, mask));
	json_object_set_new(o, "packages", ks->packages.at.line ? json_packages(ks) : json_null());
	json_object_set_new(o, "scripts", json_scripts(ks));
	json_object_set_new(o, "sections", json_sections(ks));
	json_object_set_new(o, "includes", ks_list_json(&ks->includes));
	return o;
}
