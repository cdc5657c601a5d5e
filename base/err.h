/* Errors: a code that says who must act, a message for that person, and a number to look it up by. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err_list.h"

enum err_area {
#define X(area, title) ERR_AREA_##area,
	ERR_AREA_NONE,
	ERR_AREAS(X)
#undef X
};

/*
 * The kinds of errors, whose values are the exit statuses of xenith(1); and the errors of err_list.h, each of
 * one kind: ERR_DISK_SMALL is an ERR_MACHINE. Wherever a kind is wanted to make an error, one of the list
 * will do.
 */
enum err_code {
	ERR_NONE = 0,
	ERR_USAGE = 2,   /* the command line is wrong */
	ERR_INPUT = 3,   /* the kickstart file or an answer is wrong */
	ERR_MACHINE = 4, /* the machine does not meet what is asked */
	ERR_FETCH = 5,   /* fetching or verifying failed; the only code that is ever retried */
	ERR_TOOL = 6,    /* a child program failed */
	ERR_SYS = 7,     /* a system call failed */
	ERR_STOPPED = 8, /* the user stopped it */
#define X(name, kind, area, number, found, wanted, next) \
	ERR_##name = (ERR_##kind) | ERR_AREA_##area << 8 | (number) << 16,
	ERR_LIST(X)
#undef X
};

/* The kind of an error of the list; a kind is its own. */
#define ERR_KIND(code) ((enum err_code)((code)&0xff))

#define ERR_MSG_MAX 8192

/* Zero-initialise with `struct err err = { 0 };`; it owns no memory. */
struct err {
	enum err_code code; /* a kind */
	enum err_code id;   /* what err_set was given: one of the list, or a kind */
	char msg[ERR_MSG_MAX];
};

/* Fill err (which may be NULL) and return -kind, for `return err_set(...)`. Long messages are cut. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int err_setv(struct err *err, enum err_code code, const char *fmt, va_list ap);

/* Like err_set with ERR_SYS; adds ": " and the text of errno. */
int err_sys(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Take a further error into all (which may be NULL): its message is a line of its own, and the code is that
 * of the first. Returns -all->code. A message that is there already is not repeated. */
int err_add(struct err *all, const struct err *more);

/* Put the caller's words and ": " in front of the message; returns -err->code. */
int err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Hand on from, found elsewhere (in a thread, in a cleanup): ret = *from. Returns -from->code. */
int err_copy(struct err *ret, const struct err *from);

/*
 * Say which error of the list this is, as the caller knows better: over any other with over, else only where
 * it was no more than a kind. The kind stays. err may be NULL. Returns -err->code.
 */
int err_about(struct err *err, enum err_code id, bool over);

/* A row of the list. */
struct err_entry {
	enum err_code id;
	char code[16]; /* "XEN-DISK-008" */
	const char *area, *found, *wanted, *next;
};

/* The row of an error; that of its kind for one without. Never NULL for an error. */
const struct err_entry *err_entry(const struct err *err);
/* By "XEN-DISK-008", in any case of letters; NULL if there is none. */
const struct err_entry *err_entry_find(const char *code);
/* All rows, in the order of the list. */
const struct err_entry *err_entries(size_t *ret_n);

#endif
