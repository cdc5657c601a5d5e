/* SAN volumes: those that are not named here are never written. */
#include "base/util.h"
#include "installer/dialog/question.h"

#define PROBE_S 10 /* for what is on them */

/* Afresh each time: somebody may be at work on the zoning. */
static void look(struct dialog *d)
{
	mpath_clear(&d->san);
	if (mpath_read(d->opts->root, &d->san, NULL))
		return;
	if (str_eq(d->opts->root, "/"))
		mpath_probe(&d->san, NULL, PROBE_S);
}

static bool offered(const struct dialog *d, const struct mpath_lun *lun)
{
	return mpath_is_san(&d->san, lun) && !lun->hidden;
}

static struct lun_answer *answer_of(struct answers *a, const char *wwid)
{
	for (size_t i = 0; i < a->n_luns; i++)
		if (str_eq(a->luns[i].wwid, wwid))
			return &a->luns[i];
	return NULL;
}

static void add_lun(struct answers *a, const struct mpath_lun *lun)
{
	struct lun_answer *answer = answer_of(a, lun->wwid);

	if (!answer && a->n_luns == LUNS_MAX)
		return;
	if (!answer) {
		answer = &a->luns[a->n_luns];
		snprintf(answer->wwid, sizeof(answer->wwid), "%s", lun->wwid);
		snprintf(answer->vg, sizeof(answer->vg), "VG-SAN-%zu", a->n_luns++);
	}
	answer->paths = (unsigned)MAX(1, lun->n_up);
	answer->join = lun->vg.name != NULL;
	if (lun->vg.name)
		snprintf(answer->vg, sizeof(answer->vg), "%s", lun->vg.name);
}

static bool applies(const struct dialog *d)
{
	struct mpath san = { 0 };
	bool some = false;

	if (mpath_read(d->opts->root, &san, NULL))
		return false;
	for (size_t i = 0; i < san.n_luns; i++)
		some = some || (mpath_is_san(&san, &san.luns[i]) && !san.luns[i].hidden);
	mpath_clear(&san);
	return some;
}

/* "OK 4/4, 161.1 GB, IBM 2145, empty" */
static char *line_of(const struct mpath_lun *lun)
{
	auto_buf b = { 0 };

	mpath_verdict_print(lun, &b);
	buf_adds(&b, " ");
	buf_add_bytes(&b, lun->size_bytes);
	buf_addf(&b, " %s ", lun->product ? lun->product : "");
	mpath_contents_print(lun, &b);
	return buf_take(&b);
}

/* Groups that are there keep their names. */
static enum ui_answer ask_names(struct answers *a)
{
	struct ui_field fields[LUNS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < a->n_luns; i++)
		if (a->luns[i].use && !a->luns[i].join)
			fields[n++] = (struct ui_field){ a->luns[i].wwid, a->luns[i].vg,
							 sizeof(a->luns[i].vg), false };
	return n ? ui_form("SAN volumes", "The volume group on each LUN:", fields, n) : UI_NEXT;
}

static enum ui_answer ask_which(struct dialog *d)
{
	struct ui_choice choices[LUNS_MAX];
	struct lun_answer *which[LUNS_MAX];
	enum ui_answer answer;
	size_t n = 0;

	for (size_t i = 0; i < d->san.n_luns && n < LUNS_MAX; i++) {
		which[n] = answer_of(&d->a, d->san.luns[i].wwid);
		if (which[n] && offered(d, &d->san.luns[i])) {
			choices[n] =
				(struct ui_choice){ which[n]->wwid, line_of(&d->san.luns[i]), which[n]->use };
			n++;
		}
	}
	answer = ui_checklist(
		"SAN volumes",
		"Which LUNs are for guests? Mark with the space bar. An empty one gets a volume "
		"group; the group of another one is joined as it is. Those that are not marked are "
		"never written.",
		choices, NULL, n);
	for (size_t i = 0; i < n; i++) {
		if (answer == UI_NEXT)
			which[i]->use = choices[i].on;
		free((void *)choices[i].text);
	}
	return answer;
}

static enum ui_answer ask(struct dialog *d)
{
	enum ui_answer answer;

	ui_busy("Looking at the SAN ...");
	look(d);
	for (size_t i = 0; i < d->san.n_luns; i++)
		if (offered(d, &d->san.luns[i]))
			add_lun(&d->a, &d->san.luns[i]);
	do
		answer = ask_which(d);
	while (answer == UI_NEXT && (answer = ask_names(&d->a)) == UI_BACK);
	return answer;
}

static void write_lines(const struct dialog *d, struct ks_text *t)
{
	for (size_t i = 0; i < d->a.n_luns; i++) {
		const struct lun_answer *lun = &d->a.luns[i];
		auto_free char *wwid = text_option("--wwid", lun->wwid);
		auto_free char *vg = text_option("--vg", lun->vg);

		if (lun->use)
			text_addon_line(t, "lun%s --min-paths=%u%s%s", wwid, lun->paths, vg,
					lun->join ? " --join" : "");
	}
}

const struct question question_luns = {
	.name = "luns",
	.title = "SAN volumes",
	.applies = applies,
	.ask = ask,
	.write = write_lines,
};
