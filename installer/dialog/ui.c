#include "installer/dialog/ui.h"

#include <curses.h>
#include <dialog.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <term.h>

#include "base/buf.h"
#include "base/util.h"

#define WIDTH      76
#define HEIGHT     20
#define COLUMNS_IN (WIDTH - 4)
#define LIST_MAX   10
#define FIELD_MAX  1024
#define BAR        60
#define CHECKLIST  1 /* dlg_checklist's flag: several may be on (dialog's FLAG_CHECK) */

static struct sigaction old_int;
static const char bar[] = "############################################################";

/* What terminals send for keys that terminfo's vt100 has no name for, or has another one for. */
static void define_keys(void)
{
	static const struct {
		const char *bytes;
		int key;
	} keys[] = {
		{ "\033[A", KEY_UP },     { "\033[B", KEY_DOWN },    { "\033[C", KEY_RIGHT },
		{ "\033[D", KEY_LEFT },   { "\033OA", KEY_UP },      { "\033OB", KEY_DOWN },
		{ "\033OC", KEY_RIGHT },  { "\033OD", KEY_LEFT },    { "\033[5~", KEY_PPAGE },
		{ "\033[6~", KEY_NPAGE }, { "\033[1~", KEY_HOME },   { "\033[4~", KEY_END },
		{ "\033[3~", KEY_DC },    { "\177", KEY_BACKSPACE }, { "\b", KEY_BACKSPACE },
		{ "\033OP", KEY_F(1) },   { "\033OQ", KEY_F(2) },    { "\033[11~", KEY_F(1) },
		{ "\033[12~", KEY_F(2) }, { "\033[[A", KEY_F(1) },   { "\033[[B", KEY_F(2) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		define_key(keys[i].bytes, keys[i].key);
}

int ui_open(const char *backtitle, struct err *err)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	int status = 0;

	if (!isatty(0))
		return err_set(err, ERR_RUN_NO_TERMINAL,
			       "there is no terminal to ask questions on: give --ks URL");
	if (setupterm(NULL, 1, &status) != OK)
		return err_set(err, ERR_RUN_NO_TERMINAL,
			       "no description of the terminal \"%s\" (TERM): try TERM=vt100",
			       getenv("TERM") ? getenv("TERM") : "");
	sigaction(SIGINT, &ignore, &old_int);
	dialog_vars.ascii_lines = true; /* what every terminal on a serial line shows */
	dialog_vars.default_button = -1;
	dialog_vars.insecure = true; /* a star for each character of a password */
	dialog_vars.backtitle = (char *)backtitle;
	dialog_state.use_shadow = false;
	dialog_state.use_scrollbar = false;
	init_dialog(stdin, isatty(1) ? stderr : stdout); /* with stdout, the screen is on /dev/tty */
	define_keys();
	dlg_put_backtitle();
	return 0;
}

void ui_close(void)
{
	dlg_clear();
	end_dialog();
	sigaction(SIGINT, &old_int, NULL);
}

/* The text with its words wrapped, as libdialog's boxes don't all do it; returns its rows. */
static int wrap(const char *text, struct buf *ret)
{
	int rows = 1, column = 0;

	while (*text) {
		int blanks = (int)strspn(text, " "), len = (int)strcspn(text + blanks, " \n");

		if (column && column + blanks + len > COLUMNS_IN) {
			buf_adds(ret, "\n  ");
			rows++;
			column = 2;
			blanks = 0;
			text += strspn(text, " ");
		}
		buf_add(ret, text, (size_t)(blanks + len));
		column += blanks + len;
		text += blanks + len;
		if (*text == '\n') {
			buf_addc(ret, *text++);
			rows++;
			column = 0;
		}
	}
	return rows;
}

static int rows_of(const char *text)
{
	auto_buf b = { 0 };

	return wrap(text, &b);
}

/* A line that is gone answers nothing, for ever: the end that SIGHUP would be, were it not ignored
 * (nohup(1)).
 */
static void end_without_a_line(void)
{
	struct pollfd p = { STDIN_FILENO, POLLIN, 0 };

	if (poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL))) {
		signal(SIGHUP, SIG_DFL);
		raise(SIGHUP);
	}
}

static enum ui_answer answer(int code)
{
	if (code != DLG_EXIT_OK)
		end_without_a_line();
	return code == DLG_EXIT_OK                                 ? UI_NEXT
	       : code == DLG_EXIT_CANCEL || code == DLG_EXIT_EXTRA ? UI_BACK
								   : UI_STOP;
}

static void labels(const char *ok, const char *cancel)
{
	dialog_vars.ok_label = (char *)ok;
	dialog_vars.cancel_label = (char *)cancel;
	dialog_vars.yes_label = (char *)ok;
	dialog_vars.no_label = (char *)cancel;
	ui_wipe();
}

static DIALOG_LISTITEM *items_new(const struct ui_choice *choices, size_t n)
{
	DIALOG_LISTITEM *items = xcalloc(n, sizeof(*items));

	for (size_t i = 0; i < n; i++) {
		items[i].name = (char *)choices[i].tag;
		items[i].text = (char *)(choices[i].text ? choices[i].text : "");
		items[i].help = (char *)"";
		items[i].state = choices[i].on;
	}
	return items;
}

enum ui_answer ui_menu(const char *title, const char *prompt, const struct ui_choice *choices, size_t n,
		       size_t *at)
{
	auto_free DIALOG_LISTITEM *items = items_new(choices, n);
	auto_free char *name = *at < n ? xstrdup(choices[*at].tag) : NULL;
	int current = (int)*at, code;

	labels("Next", "Back");
	dialog_vars.default_item = name;
	code = dlg_menu(title, prompt, 0, WIDTH, (int)MIN(n, LIST_MAX), (int)n, items, &current,
			dlg_dummy_menutext);
	dialog_vars.default_item = NULL;
	if (code == DLG_EXIT_OK)
		*at = (size_t)current;
	return answer(code);
}

enum ui_answer ui_checklist(const char *title, const char *prompt, struct ui_choice *choices,
			    const char *const *help, size_t n)
{
	auto_free DIALOG_LISTITEM *items = items_new(choices, n);
	int current = 0, code;

	labels("Next", "Back");
	dialog_vars.item_help = help != NULL;
	for (size_t i = 0; help && i < n; i++)
		items[i].help = (char *)help[i];
	code = dlg_checklist(title, prompt, 0, WIDTH, (int)MIN(n, LIST_MAX), (int)n, items, " *", CHECKLIST,
			     &current);
	dialog_vars.item_help = false;
	for (size_t i = 0; i < n && code == DLG_EXIT_OK; i++)
		choices[i].on = items[i].state != 0;
	return answer(code);
}

enum ui_answer ui_form(const char *title, const char *prompt, const struct ui_field *fields, size_t n)
{
	auto_free DIALOG_FORMITEM *items = xcalloc(n, sizeof(*items));
	int current = 0, code, label_len = 0;

	for (size_t i = 0; i < n; i++)
		label_len = MAX(label_len, (int)strlen(fields[i].label));
	for (size_t i = 0; i < n; i++) {
		items[i].type = fields[i].secret;
		items[i].name = (char *)fields[i].label;
		items[i].name_len = (int)strlen(fields[i].label);
		items[i].name_y = items[i].text_y = (int)i;
		items[i].name_x = 0;
		items[i].text_x = label_len + 2;
		items[i].text = xstrdup(fields[i].value);
		items[i].text_free = true;
		items[i].text_flen = MIN(WIDTH - label_len - 10, (int)fields[i].size - 1);
		items[i].text_len = items[i].text_flen;
		items[i].text_ilen = MIN((int)fields[i].size, FIELD_MAX) - 1;
		items[i].help = (char *)"";
	}
	labels("Next", "Back");
	code = dlg_form(title, prompt, rows_of(prompt) + (int)MIN(n, LIST_MAX) + 6, WIDTH,
			(int)MIN(n, LIST_MAX), (int)n, items, &current);
	for (size_t i = 0; i < n; i++) {
		if (code == DLG_EXIT_OK)
			snprintf(fields[i].value, fields[i].size, "%s", items[i].text);
		explicit_bzero(items[i].text, strlen(items[i].text));
		free(items[i].text);
	}
	return answer(code);
}

/* dialog_textbox reads a file; this one is memory only. */
enum ui_answer ui_text(const char *title, const char *text)
{
	auto_close int fd = memfd_create("text", MFD_CLOEXEC);
	auto_free char *path = xasprintf("/proc/self/fd/%d", fd);
	auto_buf b = { 0 };
	int code, rows = wrap(text, &b);

	if (fd < 0 || write(fd, b.data, b.len) != (ssize_t)b.len) {
		ui_message(title, text);
		return UI_NEXT;
	}
	labels("Next", "Back");
	dialog_vars.extra_button = dialog_vars.nocancel = true;
	dialog_vars.extra_label = (char *)"Back";
	code = dialog_textbox(title, path, MIN(rows + 4, HEIGHT), WIDTH);
	dialog_vars.extra_button = dialog_vars.nocancel = false;
	return answer(code);
}

void ui_message(const char *title, const char *text)
{
	labels("Next", "Back");
	dialog_msgbox(title, text, MIN(rows_of(text) + 5, HEIGHT), WIDTH, 1);
}

void ui_busy(const char *text)
{
	labels("Next", "Back");
	dialog_msgbox("", text, rows_of(text) + 3, WIDTH, 0);
}

void ui_wipe(void)
{
	dlg_clear();
	dlg_put_backtitle();
}

/* Not dialog's gauge: freeing one closes standard input. */
void ui_progress(const char *title, const char *text, unsigned percent)
{
	auto_buf b = { 0 };
	int done = (int)MIN(percent, 100) * BAR / 100;

	buf_addf(&b, "%s\n\n[%-*.*s] %3u %%", text, BAR, done, bar, MIN(percent, 100));
	dialog_vars.nocollapse = dialog_vars.cr_wrap = true;
	dialog_msgbox(title, buf_str(&b), MIN(rows_of(buf_str(&b)) + 2, LINES - 2), WIDTH, 0);
	dialog_vars.nocollapse = dialog_vars.cr_wrap = false;
}

int ui_key(unsigned wait_ms)
{
	struct pollfd p = { STDIN_FILENO, POLLIN, 0 };
	int key;

	if (poll(&p, 1, (int)wait_ms) <= 0)
		return 0;
	if (p.revents & (POLLHUP | POLLERR))
		usleep(wait_ms * 1000);
	keypad(stdscr, true);
	wtimeout(stdscr, 0);
	key = wgetch(stdscr);
	if (key == '\014') /* Ctrl-L */
		redrawwin(curscr);
	return key == KEY_F(1) ? 'd' : key == KEY_F(2) ? 'l' : key > ' ' && key <= '~' ? key : 0;
}

bool ui_yesno(const char *title, const char *text)
{
	bool yes;

	labels("Yes", "No");
	dialog_vars.default_button = DLG_EXIT_CANCEL;
	yes = dialog_yesno(title, text, MIN(rows_of(text) + 5, HEIGHT), WIDTH) == DLG_EXIT_OK;
	dialog_vars.default_button = -1;
	return yes;
}
