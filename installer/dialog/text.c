/* The answers as a kickstart file, and which question each of its lines came from. */
#include "base/util.h"
#include "installer/dialog/question.h"
#include "kickstart/table.h"

static void own(size_t **owners, size_t *n, size_t *cap, size_t at)
{
	xgrow(owners, cap, *n, sizeof(**owners));
	(*owners)[(*n)++] = at;
}

void text_line(struct ks_text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&t->commands, fmt, ap);
	va_end(ap);
	buf_addc(&t->commands, '\n');
	own(&t->owners, &t->n_owners, &t->cap_owners, t->at);
}

void text_addon_line(struct ks_text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&t->addon, fmt, ap);
	va_end(ap);
	buf_addc(&t->addon, '\n');
	own(&t->addon_owners, &t->n_addon, &t->cap_addon, t->at);
}

char *text_word(const char *word)
{
	auto_buf b = { 0 };

	ks_print_word(word, &b);
	return buf_take(&b);
}

char *text_option(const char *option, const char *word)
{
	auto_free char *quoted = text_word(word);

	return *word ? xasprintf(" %s=%s", option, quoted) : xstrdup("");
}

void text_make(const struct dialog *d, struct ks_text *t, struct buf *ret)
{
	t->at = SIZE_MAX;
	text_line(t, "#version=RHEL10");
	text_line(t, "# A Xenith host, as answered at its console.");
	for (size_t i = 0; i < n_dialog_questions; i++) {
		t->at = i;
		if (d->answered[i] && dialog_questions[i]->write)
			dialog_questions[i]->write(d, t);
	}
	t->at = SIZE_MAX;
	text_line(t, "reboot");
	text_line(t, "%%packages");
	text_line(t, "@xen");
	text_line(t, "%%end");
	if (t->n_addon) {
		text_line(t, "%%addon xenith");
		for (size_t i = 0; i < t->n_addon; i++)
			own(&t->owners, &t->n_owners, &t->cap_owners, t->addon_owners[i]);
		buf_add(&t->commands, t->addon.data, t->addon.len);
		text_line(t, "%%end");
	}
	buf_add(ret, t->commands.data, t->commands.len);
}

void text_clear(struct ks_text *t)
{
	buf_clear(&t->commands);
	buf_clear(&t->addon);
	free(t->owners);
	free(t->addon_owners);
	*t = (struct ks_text){ 0 };
}
