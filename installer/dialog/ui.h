/*
 * Boxes on a terminal of 80 by 24 characters or more: libdialog(3), in this process.
 *
 * libdialog keeps its state in globals: there is one screen, and only one thread may use it.
 */
#ifndef INSTALLER_DIALOG_UI_H
#define INSTALLER_DIALOG_UI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum ui_answer { UI_NEXT, UI_BACK, UI_STOP };

/* ERR_USAGE without a terminal (stdin, and stdout or /dev/tty), or with one that terminfo(5) doesn't know. */
int ui_open(const char *backtitle, struct err *err);
void ui_close(void);

struct ui_choice {
	const char *tag, *text;
	bool on; /* of a checklist: in and out */
};
/* *at is the chosen one, in and out. */
enum ui_answer ui_menu(const char *title, const char *prompt, const struct ui_choice *choices, size_t n,
		       size_t *at);
/* help: a line for each, shown at the screen's foot while it is the current one; NULL: none. */
enum ui_answer ui_checklist(const char *title, const char *prompt, struct ui_choice *choices,
			    const char *const *help, size_t n);

struct ui_field {
	const char *label;
	char *value; /* in and out, of size bytes; unchanged unless the answer is UI_NEXT */
	size_t size;
	bool secret;
};
enum ui_answer ui_form(const char *title, const char *prompt, const struct ui_field *fields, size_t n);

/* Long text, to be scrolled. */
enum ui_answer ui_text(const char *title, const char *text);
/* Wait for Enter. */
void ui_message(const char *title, const char *text);
/* Show, and go on at once. */
void ui_busy(const char *text);
/* How far something is: text in lines, drawn at once over what is there. */
void ui_progress(const char *title, const char *text, unsigned percent);
/* Take away what other boxes left. */
void ui_wipe(void);
/* A key that comes within so long: a letter; F1 is d, F2 is l. 0: none. */
int ui_key(unsigned wait_ms);
/* no is chosen unless the user moves. */
bool ui_yesno(const char *title, const char *text);

#endif
