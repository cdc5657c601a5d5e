#include "installer/dialog/dialog.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/dialog/question.h"

/* In the order in which they are asked: a question may only look at answers to those above it. */
const struct question *const dialog_questions[] = {
	&question_keyboard,   &question_machine, &question_disk,  &question_copies,  &question_luns,
	&question_management, &question_guests,  &question_links, &question_address, &question_mirror,
	&question_name,       &question_login,   &question_dom0,  &question_summary,
};
const size_t n_dialog_questions = ARRAY_SIZE(dialog_questions);

#define SUMMARY (n_dialog_questions - 1)

static bool applies(const struct dialog *d, size_t i)
{
	return !dialog_questions[i]->applies || dialog_questions[i]->applies(d);
}

static size_t next_of(const struct dialog *d, size_t at)
{
	do
		at++;
	while (!applies(d, at));
	return at;
}

/* Where to go on from: the first question without an answer that holds, else the summary. */
static size_t first_open(const struct dialog *d)
{
	size_t i = 0;

	while (i < SUMMARY && (d->answered[i] || !applies(d, i)))
		i++;
	return i;
}

static size_t previous_of(const struct dialog *d, size_t at)
{
	do
		at--;
	while (at && !applies(d, at));
	return at;
}

/* Try what was just answered; true if it holds. Otherwise the refusal is shown, and d->at is what to ask. */
static bool holds(struct dialog *d)
{
	bool whole;
	const struct question *q = dialog_questions[d->at];
	size_t owner = d->at;
	struct err err = { 0 };
	struct ks ks = { 0 };
	int r;

	d->answered[d->at] = true;
	whole = first_open(d) == SUMMARY;
	r = q->check ? q->check(d, &err) : 0;
	if (!r)
		r = try_answers(d, whole, &ks, &owner, &err);
	if (!r && q->prove)
		r = q->prove(d, &ks, &err);
	ks_clear(&ks);
	if (!r)
		return true;
	ui_message(dialog_questions[owner]->title, err.msg);
	if (owner == d->at)
		d->answered[d->at] = false;
	d->at = owner;
	return false;
}

/* 1 when the user confirmed the plan. */
static int step(struct dialog *d, bool *changing, struct err *err)
{
	enum ui_answer answer = dialog_questions[d->at]->ask(d);

	if (answer == UI_STOP || (answer == UI_BACK && d->at == 0)) {
		if (ui_yesno("Stop", "Stop here? Nothing has been written to any disk."))
			return err_set(err, ERR_RUN_STOPPED, "stopped; nothing was written");
		return 0;
	}
	if (answer == UI_BACK) {
		*changing = false;
		d->at = previous_of(d, d->at);
		return 0;
	}
	if (d->a.confirmed)
		return 1;
	if (d->jump != SIZE_MAX) {
		d->at = d->jump;
		d->jump = SIZE_MAX;
		*changing = true;
		return 0;
	}
	if (holds(d))
		d->at = *changing ? first_open(d) : next_of(d, d->at);
	return 0;
}

struct dialog *dialog_new(const struct dialog_opts *opts)
{
	struct dialog *d = xcalloc(1, sizeof(*d));

	d->opts = opts;
	d->facts = opts->facts;
	d->answered = xcalloc(n_dialog_questions, sizeof(*d->answered));
	d->jump = SIZE_MAX;
	return d;
}

void dialog_free(struct dialog *d)
{
	if (!d)
		return;
	explicit_bzero(&d->a, sizeof(d->a));
	mpath_clear(&d->san);
	free(d->answered);
	free(d);
}

int dialog_ask(struct dialog *d, struct buf *ret, struct err *err)
{
	struct ks_text t = { 0 };
	bool changing = d->answered[SUMMARY - 1]; /* asked before, and it failed */
	int r = d->a.confirmed ? 1 : ui_open(DIALOG_BACKTITLE, err);

	if (r < 0)
		return r;
	if (r == 0) {
		while (r == 0)
			r = step(d, &changing, err);
		ui_close();
	}
	if (r > 0)
		text_make(d, &t, ret);
	text_clear(&t);
	return MIN(r, 0);
}

void dialog_done(struct dialog *d, const char *address)
{
	auto_buf b = { 0 };

	if (ui_open(DIALOG_BACKTITLE, NULL))
		return;
	buf_addf(&b, "%s is installed. The boot medium can be removed.\n\n", d->a.hostname);
	if (*address)
		buf_addf(&b, "After the start it can be reached at %s: ssh root@%s\n", address, address);
	if (!*d->a.sshkey)
		buf_adds(&b, "Logging in as root by password is for its console only.\n");
	buf_adds(&b, "\nEnter starts it.");
	ui_message("Installed", buf_str(&b));
	ui_close();
}
