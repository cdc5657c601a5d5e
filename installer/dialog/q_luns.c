/* SAN volumes: those that are not named here are never written. */
#include "base/util.h"
#include "installer/dialog/question.h"

static bool on_san(const struct disk_facts *d)
{
	return d->wwid && (d->multipath_wwid || str_eq(d->transport, "fc") || str_eq(d->transport, "iscsi"));
}

static void add_path(struct answers *a, const struct disk_facts *d)
{
	for (size_t i = 0; i < a->n_luns; i++)
		if (str_eq(a->luns[i].disk->wwid, d->wwid)) {
			a->luns[i].paths++;
			return;
		}
	if (a->n_luns < LUNS_MAX) {
		a->luns[a->n_luns] = (struct lun_answer){ .disk = d, .paths = 1 };
		snprintf(a->luns[a->n_luns].vg, sizeof(a->luns[0].vg), "VG-SAN-%zu", a->n_luns);
		a->n_luns++;
	}
}

static bool applies(const struct dialog *d)
{
	for (size_t i = 0; i < d->facts->n_disks; i++)
		if (on_san(&d->facts->disks[i]))
			return true;
	return false;
}

static char *line_of(const struct lun_answer *lun)
{
	auto_buf b = { 0 };

	size_words(lun->disk->size_bytes, &b);
	buf_addf(&b, " %s, %u path%s, %s", lun->disk->model ? lun->disk->model : "LUN", lun->paths,
		 lun->paths == 1 ? " ONLY" : "s", lun->disk->n_contents ? "NOT EMPTY" : "empty");
	return buf_take(&b);
}

static enum ui_answer ask_names(struct answers *a)
{
	struct ui_field fields[LUNS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < a->n_luns; i++)
		if (a->luns[i].use)
			fields[n++] = (struct ui_field){ a->luns[i].disk->wwid, a->luns[i].vg,
							 sizeof(a->luns[i].vg), false };
	return n ? ui_form("SAN volumes", "The volume group on each LUN:", fields, n) : UI_NEXT;
}

static enum ui_answer ask(struct dialog *d)
{
	struct answers *a = &d->a;
	struct ui_choice choices[LUNS_MAX];
	enum ui_answer answer;

	for (size_t i = 0; !a->n_luns && i < d->facts->n_disks; i++)
		if (on_san(&d->facts->disks[i]))
			add_path(a, &d->facts->disks[i]);
	for (size_t i = 0; i < a->n_luns; i++)
		choices[i] =
			(struct ui_choice){ a->luns[i].disk->wwid, line_of(&a->luns[i]), a->luns[i].use };
	do {
		answer = ui_checklist(
			"SAN volumes",
			"Which LUNs get a volume group for guests? Mark with the space bar. Those "
			"that are not marked are never written.",
			choices, a->n_luns);
		for (size_t i = 0; i < a->n_luns && answer == UI_NEXT; i++)
			a->luns[i].use = choices[i].on;
	} while (answer == UI_NEXT && (answer = ask_names(a)) == UI_BACK);
	for (size_t i = 0; i < a->n_luns; i++)
		free((void *)choices[i].text);
	return answer;
}

static void write_lines(const struct dialog *d, struct ks_text *t)
{
	for (size_t i = 0; i < d->a.n_luns; i++) {
		const struct lun_answer *lun = &d->a.luns[i];
		auto_free char *wwid = text_option("--wwid", lun->disk->wwid);
		auto_free char *vg = text_option("--vg", lun->vg);

		if (lun->use)
			text_addon_line(t, "lun%s --min-paths=%u%s", wwid, lun->paths, vg);
	}
}

const struct question question_luns = {
	.name = "luns",
	.title = "SAN volumes",
	.applies = applies,
	.ask = ask,
	.write = write_lines,
};
