/* The keyboard of the installed system's console. */
#include "base/util.h"
#include "installer/dialog/question.h"

static const struct ui_choice layouts[] = {
	{ "us", "English (US)", false },
	{ "gb", "English (UK)", false },
	{ "es", "Spanish", false },
	{ "latam", "Spanish (Latin America)", false },
	{ "de", "German", false },
	{ "ch", "Swiss German", false },
	{ "fr", "French", false },
	{ "be", "Belgian", false },
	{ "it", "Italian", false },
	{ "pt", "Portuguese", false },
	{ "br", "Portuguese (Brazil)", false },
	{ "nl", "Dutch", false },
	{ "dk", "Danish", false },
	{ "no", "Norwegian", false },
	{ "se", "Swedish", false },
	{ "fi", "Finnish", false },
	{ "pl", "Polish", false },
	{ "cz", "Czech", false },
	{ "hu", "Hungarian", false },
	{ "jp", "Japanese", false },
	{ "other", "another layout, by its name", false },
};

static enum ui_answer ask(struct dialog *d)
{
	struct answers *a = &d->a;
	struct ui_field field = { "Layout", a->keyboard, sizeof(a->keyboard), false };
	size_t at = 0;
	enum ui_answer answer;

	while (at + 1 < ARRAY_SIZE(layouts) && *a->keyboard && !str_eq(layouts[at].tag, a->keyboard))
		at++;
	answer = ui_menu(
		"Keyboard",
		"Which keyboard has the installed host's console?\n(On a serial line this does not matter.)",
		layouts, ARRAY_SIZE(layouts), &at);
	if (answer != UI_NEXT)
		return answer;
	if (at + 1 < ARRAY_SIZE(layouts)) {
		snprintf(a->keyboard, sizeof(a->keyboard), "%s", layouts[at].tag);
		return UI_NEXT;
	}
	return ui_form("Keyboard", "The name of the layout (as loadkeys(1) or X know it):", &field, 1);
}

static int check(const struct dialog *d, struct err *err)
{
	return *d->a.keyboard ? 0 : err_set(err, ERR_INPUT, "a layout has a name, \"us\" for example");
}

static void write_lines(const struct dialog *d, struct ks_text *t)
{
	auto_free char *layout = text_option("--xlayouts", d->a.keyboard);

	text_line(t, "keyboard%s", layout);
}

const struct question question_keyboard = {
	.name = "keyboard",
	.title = "Keyboard",
	.ask = ask,
	.write = write_lines,
	.check = check,
};
