/* The disks that hold the same as the first one, so that the host outlives it. */
#include "base/util.h"
#include "installer/dialog/question.h"

static bool offered(const struct dialog *d, const struct disk_facts *disk)
{
	return disk != chosen_disk(d) && disk_likely(disk);
}

static bool applies(const struct dialog *d)
{
	bool some = false;

	for (size_t i = 0; i < d->facts->n_disks; i++)
		some = some || offered(d, &d->facts->disks[i]);
	return some;
}

static bool is_copy(const struct answers *a, const char *name)
{
	for (size_t i = 0; i < a->n_copies; i++)
		if (str_eq(a->copies[i], name))
			return true;
	return false;
}

/* Those that are marked become the answer; false where one holds what shall not be lost. */
static bool take(struct dialog *d, const struct ui_choice *choices, const struct disk_facts **which, size_t n)
{
	struct answers *a = &d->a;

	for (size_t i = 0; i < n; i++)
		if (choices[i].on && !is_copy(a, which[i]->name) && !disk_may_be_lost(d->facts, which[i]))
			return false;
	a->n_copies = 0;
	for (size_t i = 0; i < n; i++)
		if (choices[i].on && a->n_copies < COPIES_MAX)
			snprintf(a->copies[a->n_copies++], sizeof(*a->copies), "%s", which[i]->name);
	return true;
}

static enum ui_answer ask(struct dialog *d)
{
	size_t most = d->facts->n_disks, n = 0;
	auto_free struct ui_choice *choices = xcalloc(most + 1, sizeof(*choices));
	auto_free const struct disk_facts **which = xcalloc(most + 1, sizeof(*which));
	enum ui_answer answer;

	for (size_t i = 0; i < most; i++)
		if (offered(d, &d->facts->disks[i])) {
			which[n] = &d->facts->disks[i];
			choices[n].tag = disk_title(which[n]);
			choices[n].text = disk_line(which[n]);
			choices[n].on = is_copy(&d->a, which[n]->name);
			n++;
		}
	do
		answer = ui_checklist(
			"Copies",
			"Shall other disks hold the same (RAID 1)? The host then starts from any of "
			"them. Space marks; none: it is on one disk.",
			choices, NULL, n);
	while (answer == UI_NEXT && !take(d, choices, which, n));
	for (size_t i = 0; i < n; i++)
		free((void *)choices[i].text);
	return answer;
}

static int check(const struct dialog *d, struct err *err)
{
	const struct disk_facts *disks[1 + COPIES_MAX];
	size_t n = chosen_disks(d, disks);

	if (n < 1 + d->a.n_copies)
		return err_set(err, ERR_DISK_NO_SUCH, "a disk has gone: choose again");
	return 0;
}

const struct question question_copies = {
	.name = "copies",
	.title = "Copies (RAID 1)",
	.applies = applies,
	.ask = ask,
	.check = check,
};
