/*
 * What is said again: an option that takes the place of its rival or of its own earlier value, and a command
 * that stands once on a second line. The last one counts, as in the reference; what got lost is noted for
 * ks_check_lint.
 */
#include "base/util.h"
#include "kickstart/again.h"
#include "kickstart/value.h"

static bool bit(const uint64_t set[2], size_t row)
{
	return set[row / 64] >> (row % 64) & 1;
}

static void note(struct ks_line *line, const char *word, const char *lost, unsigned before)
{
	struct ks *ks = line->ks;
	struct ks_repeat *r = arena_push(&ks->arena, &ks->repeats, &ks->n_repeats, sizeof(*r));

	r->at.file = line->file;
	r->at.line = line->number;
	r->command = line->cmd->name;
	r->word = word;
	r->lost = lost;
	r->before = before;
}

/* Make the row's value "not given". */
static void forget(const struct ks_line *line, const struct ks_opt *opt, void *data)
{
	size_t row = (size_t)(opt - line->cmd->opts);
	struct ks_at *at = data;
	void *p = ks_opt_at(line->cmd, opt, data);

	at->set[row / 64] &= ~(UINT64_C(1) << (row % 64));
	switch (opt->type) {
	case KS_FLAG:
		*(bool *)p = false;
		break;
	case KS_INT:
		*(int64_t *)p = opt->none;
		break;
	case KS_LIST:
		*(struct ks_list *)p = (struct ks_list){ 0 };
		break;
	default:
		*(const char **)p = NULL;
	}
}

static void forget_rivals(struct ks_line *line, const struct ks_opt *opt, void *data)
{
	struct ks_at *at = data;

	for (const struct ks_opt *o = line->cmd->opts; o->name; o++) {
		size_t row = (size_t)(o - line->cmd->opts);

		if (o == opt || o->rival != opt->rival || !ks_opt_known(o, line->version))
			continue;
		if (bit(line->set, row) || bit(at->set, row))
			note(line, opt->name, o->name, bit(line->set, row) ? line->number : at->line);
		line->set[row / 64] &= ~(UINT64_C(1) << (row % 64));
		forget(line, o, data);
	}
}

void ks_again_option(struct ks_line *line, const struct ks_opt *opt, void *data, const char *value)
{
	size_t row = (size_t)(opt - line->cmd->opts);
	const struct ks_at *at = data;
	const void *p = ks_opt_at(line->cmd, opt, data);

	if (bit(at->set, row) && at->line && at->line != line->number &&
	    (opt->type == KS_STRING || opt->type == KS_CHOICE) && value &&
	    !str_eq(*(const char *const *)p, value))
		note(line, opt->name, NULL, at->line);
	if (opt->rival)
		forget_rivals(line, opt, data);
	if (!opt->pool || line->pools >> opt->pool & 1)
		return;
	line->pools |= 1U << opt->pool;
	for (const struct ks_opt *o = line->cmd->opts; o->name; o++)
		if (o->pool == opt->pool)
			forget(line, o, data);
}

void ks_again_line(struct ks_line *line, void *data, uint64_t lost[2])
{
	struct ks_at *at = data;

	for (const struct ks_opt *o = line->cmd->opts; o && o->name; o++) {
		size_t row = (size_t)(o - line->cmd->opts);
		bool forgets = o->type == KS_FLAG
				       ? !(o->flags & KS_STAYS)
				       : o->flags & KS_FORGETS && !KS_HAS(o->deprecated, line->version);

		if (!forgets || !bit(at->set, row))
			continue;
		lost[row / 64] |= UINT64_C(1) << (row % 64);
		forget(line, o, data);
	}
}

/* An option of the pool, or one that is stored in the same place, stands on this line. */
static bool has_other(const struct ks_line *line, const struct ks_opt *opt)
{
	for (const struct ks_opt *o = line->cmd->opts; o->name; o++) {
		if (!ks_line_has(line, o))
			continue;
		if (o == opt || (o->rival && o->rival == opt->rival) ||
		    (line->cmd->size && o->offset == opt->offset))
			return true;
	}
	return false;
}

void ks_again_lost(struct ks_line *line, const struct ks_at *at, const uint64_t lost[2])
{
	for (const struct ks_opt *o = line->cmd->opts; o && o->name; o++)
		if (bit(lost, (size_t)(o - line->cmd->opts)) && !has_other(line, o))
			note(line, NULL, o->name, at->line);
}
