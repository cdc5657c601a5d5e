/* Errors: a code that says who must act, and a message for that person. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stddef.h>

/* The values are the exit statuses of xenith(1). */
enum err_code {
	ERR_NONE = 0,
	ERR_USAGE = 2,   /* the command line is wrong */
	ERR_INPUT = 3,   /* the kickstart file or an answer is wrong */
	ERR_MACHINE = 4, /* the machine does not meet what is asked */
	ERR_FETCH = 5,   /* fetching or verifying failed; the only code that is ever retried */
	ERR_TOOL = 6,    /* a child program failed */
	ERR_SYS = 7,     /* a system call failed */
	ERR_STOPPED = 8, /* the user stopped it */
};

#define ERR_MSG_MAX 8192

/* Zero-initialise with `struct err err = { 0 };`; it owns no memory. */
struct err {
	enum err_code code;
	char msg[ERR_MSG_MAX];
};

/* Fill err (which may be NULL) and return -code, for `return err_set(...)`. Long messages are cut. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int err_setv(struct err *err, enum err_code code, const char *fmt, va_list ap);

/* Like err_set with ERR_SYS; adds ": " and the text of errno. */
int err_sys(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Take a further error into all (which may be NULL): its message is a line of its own, and the code is that
 * of the first. Returns -all->code. A message that is there already is not repeated. */
int err_add(struct err *all, const struct err *more);

/* Put the caller's words and ": " in front of the message; returns -err->code. */
int err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
