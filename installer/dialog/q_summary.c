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

static bool confirm(struct dialog *d)
{
	char typed[128] = "";
	struct ui_field field = { "Serial number", typed, sizeof(typed), false };
	const struct disk_facts *disk = chosen_disk(d);
	const char *serial = disk ? disk_title(disk) : NULL;
	auto_buf b = { 0 };

	if (!disk) {
		ui_message("Install", "The disk has gone. Choose another one.");
		return false;
	}
	buf_adds(&b, "Disk ");
	buf_adds(&b, serial);
	buf_adds(&b, " (");
	size_words(disk->size_bytes, &b);
	buf_addf(&b, "%s%s) will be erased now. Type its serial number to go on:", disk->model ? ", " : "",
		 disk->model ? disk->model : "");
	if (ui_form("Install", buf_str(&b), &field, 1) != UI_NEXT)
		return false;
	if (str_eq(typed, serial))
		return true;
	ui_message("Install", "That is not the disk's serial number. Nothing was written.");
	return false;
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
