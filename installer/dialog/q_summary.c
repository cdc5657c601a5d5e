/* The plan, and the word that lets it be carried out. */
#include "base/util.h"
#include "installer/dialog/question.h"
#include "installer/plan.h"

enum { SEE, SAVE, CHANGE, INSTALL };

static void plan_words(struct dialog *d, struct buf *b)
{
	struct install_plan plan = { 0 };
	struct mpath_plan luns = { 0 };
	struct err err = { 0 };
	struct ks ks = { 0 };
	size_t owner = 0;

	if (try_answers(d, true, &ks, &owner, &err) || try_luns(d, &ks, &luns, &err) ||
	    install_plan_make(d->facts, &ks, &luns, &plan, &err))
		buf_addf(b, "%s\n", err.msg);
	else
		install_plan_print(&plan, b);
	install_plan_clear(&plan);
	mpath_plan_clear(&luns);
	ks_clear(&ks);
}

static void save(struct dialog *d)
{
	struct ks_text t = { 0 };
	auto_buf text = { 0 };

	text_make(d, &t, &text);
	save_ask(d, "Save the answers",
		 "As a kickstart file: a path, http(s)://host/path (PUT), scp://user@host/path, or "
		 "hd:sdb1:/host.ks for a USB stick. It holds the password's hash.",
		 &text);
	text_clear(&t);
}

static void change(struct dialog *d)
{
	struct ui_choice choices[32];
	size_t index[32], n = 0, at = 0;

	for (size_t i = 0; i + 1 < n_dialog_questions; i++)
		if (!dialog_questions[i]->applies || dialog_questions[i]->applies(d)) {
			index[n] = i;
			choices[n++] = (struct ui_choice){ dialog_questions[i]->name,
							   dialog_questions[i]->title, false };
		}
	if (ui_menu("Change an answer", "Which one?", choices, n, &at) == UI_NEXT)
		d->jump = index[at];
}

/* Every disk that goes is named by whoever lets it go. */
static bool confirm(struct dialog *d)
{
	const struct disk_facts *disks[1 + COPIES_MAX];
	char typed[1 + COPIES_MAX][128] = { 0 };
	struct ui_field fields[1 + COPIES_MAX];
	size_t n = chosen_disks(d, disks);
	auto_buf b = { 0 };

	if (n < 1 + d->a.n_copies) {
		ui_message("Install", "The disk has gone. Choose another one.");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		fields[i] = (struct ui_field){ "Serial number", typed[i], sizeof(typed[i]), false };
		buf_addf(&b, "%s %s (", i ? "; disk" : "Disk", disk_title(disks[i]));
		buf_add_bytes(&b, disks[i]->size_bytes);
		buf_addf(&b, "%s%s)", disks[i]->model ? ", " : "", disks[i]->model ? disks[i]->model : "");
	}
	buf_adds(&b, n > 1 ? " will be erased now. Type their serial numbers, in this order, to go on:"
			   : " will be erased now. Type its serial number to go on:");
	if (ui_form("Install", buf_str(&b), fields, n) != UI_NEXT)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!str_eq(typed[i], disk_title(disks[i]))) {
			ui_message("Install", "That is not the disk's serial number. Nothing was written.");
			return false;
		}
	return true;
}

static enum ui_answer ask(struct dialog *d)
{
	static const struct ui_choice choices[] = {
		[SEE] = { "plan", "read the plan once more", false },
		[SAVE] = { "save", "save the answers as a kickstart file", false },
		[CHANGE] = { "change", "change an answer", false },
		[INSTALL] = { "install", "carry the plan out", false },
	};
	auto_buf plan = { 0 };
	size_t at = INSTALL;
	enum ui_answer answer;

	plan_words(d, &plan);
	answer = ui_text("The plan", buf_str(&plan));
	while (answer == UI_NEXT) {
		answer = ui_menu("The plan is ready", "Nothing has been written yet.", choices,
				 ARRAY_SIZE(choices), &at);
		if (answer != UI_NEXT)
			break;
		if (at == SEE)
			ui_text("The plan", buf_str(&plan));
		else if (at == SAVE)
			save(d);
		else if (at == CHANGE)
			change(d);
		else
			d->a.confirmed = confirm(d);
		if (d->a.confirmed || d->jump != SIZE_MAX)
			break;
	}
	return answer;
}

const struct question question_summary = {
	.name = "summary",
	.title = "Summary",
	.ask = ask,
};
