/* The answers tried with the real checks and planners. */
#include "base/util.h"
#include "installer/dialog/question.h"
#include "installer/plan.h"
#include "installer/target/target.h"
#include "kickstart/names.h"

static size_t index_of(const struct question *q)
{
	size_t i = 0;

	while (i < n_dialog_questions && dialog_questions[i] != q)
		i++;
	return i;
}

/* The question whose line a message "answers:12: ..." is about; SIZE_MAX: no line of a question. */
static size_t owner_of(const struct ks_text *t, const char *msg)
{
	unsigned line = 0;

	if (sscanf(msg, DIALOG_NAME ":%u:", &line) != 1 || !line || line > t->n_owners)
		return SIZE_MAX;
	return t->owners[line - 1];
}

/* The first line of a list of errors that is about an answer given so far. */
static int refuse(const struct dialog *d, const struct ks_text *t, const char *list, bool whole,
		  size_t *owner, struct err *err)
{
	auto_argv lines = { 0 };

	argv_split(&lines, list, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		const char *colon = lines.v[i];
		size_t at = owner_of(t, lines.v[i]);

		if (at == SIZE_MAX && !whole)
			continue;
		*owner = at == SIZE_MAX ? d->at : at;
		for (int n = 0; at != SIZE_MAX && n < 2; n++) /* without the name and the line's number */
			colon = strchr(colon, ':') + 1;
		return err_set(err, ERR_INPUT, "%s", colon + strspn(colon, " "));
	}
	return 0;
}

static int try_text(const struct dialog *d, const struct ks_text *t, const struct buf *text, bool whole,
		    struct ks *ks, size_t *owner, struct err *err)
{
	struct ks_parse_opts opts = { 0 };
	struct ks_diags diags = { 0 };
	struct ks_diags errors = { 0 };
	auto_buf list = { 0 };
	struct err why = { 0 };
	int r;

	ks_parse(DIALOG_NAME, buf_str(text), text->len, &opts, ks, &diags, &why);
	ks_check_install(ks, &diags);
	ks_check_names_here(ks, &diags);
	for (size_t i = 0; i < diags.n; i++)
		if (diags.v[i].severity == KS_ERROR)
			ks_diag_add(&errors, KS_ERROR, diags.v[i].file, diags.v[i].line, diags.v[i].word,
				    "%s", diags.v[i].reason);
	ks_diags_print(&errors, &list);
	r = refuse(d, t, buf_str(&list), whole, owner, err);
	if (!r && target_check(ks, &why))
		r = refuse(d, t, why.msg, whole, owner, err);
	ks_diags_clear(&diags);
	ks_diags_clear(&errors);
	return r;
}

/* A planner's word: about the line that it names, else about the question that the plan is of. */
static int blame(const struct dialog *d, const struct ks_text *t, const struct question *q, struct err *err,
		 size_t *owner)
{
	struct err said = *err;

	if (owner_of(t, said.msg) != SIZE_MAX)
		return refuse(d, t, said.msg, false, owner, err);
	*owner = index_of(q);
	return -err->code;
}

int try_luns(const struct dialog *d, const struct ks *ks, struct mpath_plan *ret, struct err *err)
{
	return ks->n_luns ? mpath_plan_make(&d->san, ks, false, ret, err) : 0;
}

static int try_plans(const struct dialog *d, const struct ks_text *t, bool whole, const struct ks *ks,
		     size_t *owner, struct err *err)
{
	struct disk_plan disk = { 0 };
	struct net_plan net = { 0 };
	struct install_plan all = { 0 };
	struct mpath_plan luns = { 0 };
	int r = try_luns(d, ks, &luns, err);

	if (r)
		return blame(d, t, &question_luns, err, owner);

	if (d->answered[index_of(&question_disk)]) {
		r = disk_plan_make(d->facts, ks, &disk, err);
		if (r)
			blame(d, t, &question_disk, err, owner);
		disk_plan_clear(&disk);
	}
	if (!r && d->answered[index_of(&question_address)]) {
		r = net_plan_make(d->facts, ks, &net, err);
		if (r)
			blame(d, t, &question_management, err, owner);
		net_plan_clear(&net);
	}
	if (!r && whole) {
		r = install_plan_make(d->facts, ks, &luns, &all, err);
		if (r)
			blame(d, t, &question_machine, err, owner);
		install_plan_clear(&all);
	}
	mpath_plan_clear(&luns);
	return r;
}

int try_answers(struct dialog *d, bool whole, struct ks *ks, size_t *owner, struct err *err)
{
	struct ks_text t = { 0 };
	auto_buf text = { 0 };
	int r;

	text_make(d, &t, &text);
	r = try_text(d, &t, &text, whole, ks, owner, err);
	if (!r)
		r = try_plans(d, &t, whole, ks, owner, err);
	text_clear(&t);
	return r;
}
