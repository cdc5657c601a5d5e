/*
 * What a whole file holds beside its commands, against the reference's record (`structure`): packages with
 * their groups' flags and the section's options, scripts with the digest of their bodies, the sections that
 * are kept unread.
 */
#ifndef TESTS_KS_STRUCTURE_H
#define TESTS_KS_STRUCTURE_H

#include <jansson.h>

#include "base/hash.h"
#include "base/util.h"
#include "kickstart/ks.h"
#include "kickstart/table.h"

/* Both are NULL, or the same text. */
static bool same_text(const char *a, const json_t *b)
{
	const char *want = json_string_value(b);

	return a && want ? strcmp(a, want) == 0 : !a == !want;
}

/* The words (or their members called name) are those of the list, in any order. */
static bool is_list(const struct ks_list *list, const json_t *words, const char *name)
{
	json_t *word;
	size_t i;

	if (json_array_size(words) != list->n)
		return false;
	json_array_foreach (words, i, word)
		if (!ks_list_has(list, json_string_value(name ? json_object_get(word, name) : word)))
			return false;
	return true;
}

static bool same_groups(const struct ks_packages *pk, const json_t *groups)
{
	json_t *group;
	size_t i;

	json_array_foreach (groups, i, group) {
		const char *name = json_string_value(json_object_get(group, "name"));
		const char *include = ks_list_has(&pk->groups_nodefaults, name) ? "required"
				      : ks_list_has(&pk->groups_optional, name) ? "all"
										: "default";

		if (!same_text(include, json_object_get(group, "include")))
			return false;
	}
	return is_list(&pk->groups, groups, "name");
}

/* The section's options: what the record has not is not given. */
static bool same_options(const struct ks_packages *pk, const json_t *options)
{
	const struct {
		const char *name;
		bool given;
	} flags[] = {
		{ "excludedocs", pk->exclude_docs },
		{ "nobase", pk->nobase },
		{ "nocore", pk->nocore },
		{ "ignoremissing", pk->ignoremissing },
		{ "excludeweakdeps", pk->exclude_weakdeps },
	};
	const json_t *timeout = json_object_get(options, "timeout"),
		     *retries = json_object_get(options, "retries");

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].given != json_is_true(json_object_get(options, flags[i].name)))
			return false;
	return same_text(pk->inst_langs, json_object_get(options, "instlangs")) &&
	       pk->timeout == (timeout ? json_integer_value(timeout) : -1) &&
	       pk->retries == (retries ? json_integer_value(retries) : -1);
}

static bool same_script(const struct ks_script *s, const json_t *want)
{
	static const char *const types[] = { "pre", "pre-install", "post", "onerror", "traceback" };
	char digest[HASH_HEX_LEN + 1];

	hash_mem(s->body, strlen(s->body), digest);
	return same_text(types[s->type], json_object_get(want, "type")) &&
	       same_text(s->interp, json_object_get(want, "interpreter")) &&
	       same_text(s->log, json_object_get(want, "logfile")) &&
	       s->erroronfail == json_is_true(json_object_get(want, "erroronfail")) &&
	       (s->type != KS_POST || s->nochroot != json_is_true(json_object_get(want, "chroot"))) &&
	       s->at.line == (unsigned)json_integer_value(json_object_get(want, "line")) &&
	       same_text(digest, json_object_get(want, "body_sha256"));
}

/* The sections that are kept unread are those of the record. */
static bool same_raws(const struct ks *ks, const json_t *headers)
{
	size_t n = 0;

	for (size_t i = 0; i < ks->n_raws; i++) {
		const char *want = json_string_value(json_array_get(headers, n));
		auto_buf header = { 0 };

		/* The record has the words, without their quotes. */
		for (const char *c = ks->raws[i].header; *c; c++)
			if (*c != '\'' && *c != '"')
				buf_addc(&header, *c);
		if (str_starts(buf_str(&header), "%certificate"))
			continue;
		if (!want || !str_starts(buf_str(&header), want))
			return false;
		n++;
	}
	return n == json_array_size(headers);
}

/* What differs, or NULL. */
static const char *structure_differs(const struct ks *ks, const json_t *want)
{
	const json_t *pk = json_object_get(want, "packages"), *scripts = json_object_get(want, "scripts");
	const json_t *options = json_object_get(pk, "options"),
		     *raws = json_object_get(want, "null_sections");

	if (json_array_size(scripts) != ks->n_scripts)
		return "number of scripts";
	for (size_t i = 0; i < ks->n_scripts; i++)
		if (!same_script(&ks->scripts[i], json_array_get(scripts, i)))
			return "a script";
	if (!same_text(ks->packages.environment, json_object_get(pk, "environment")))
		return "environment";
	if (!is_list(&ks->packages.packages, json_object_get(pk, "packages"), NULL) ||
	    !is_list(&ks->packages.excluded, json_object_get(pk, "excluded"), NULL))
		return "packages";
	if (!same_groups(&ks->packages, json_object_get(pk, "groups")) ||
	    !is_list(&ks->packages.excluded_groups, json_object_get(pk, "excluded_groups"), NULL))
		return "groups";
	if (options && !same_options(&ks->packages, options))
		return "options of %packages";
	return raws && !same_raws(ks, raws) ? "sections of others" : NULL;
}

#endif
