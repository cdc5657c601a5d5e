#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int err_setv(struct err *err, enum err_code code, const char *fmt, va_list ap)
{
	if (err) {
		err->code = ERR_KIND(code);
		err->id = code;
		vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	}
	return -(int)ERR_KIND(code);
}

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_setv(err, code, fmt, ap);
	va_end(ap);
	return -(int)ERR_KIND(code);
}

int err_sys(struct err *err, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	size_t len;

	if (!err)
		return -ERR_SYS;
	va_start(ap, fmt);
	err_setv(err, ERR_SYS, fmt, ap);
	va_end(ap);
	len = strlen(err->msg);
	snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", strerror(saved));
	return -ERR_SYS;
}

int err_add(struct err *all, const struct err *more)
{
	size_t len;

	if (!all || !more->code)
		return -(int)(all ? all->code : more->code);
	if (!all->code) {
		*all = *more;
		return -(int)all->code;
	}
	len = strlen(all->msg);
	while (len && all->msg[len - 1] == '\n')
		all->msg[--len] = '\0';
	if (!strstr(all->msg, more->msg))
		snprintf(all->msg + len, sizeof(all->msg) - len, "\n%s", more->msg);
	return -(int)all->code;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	char front[ERR_MSG_MAX / 2];
	size_t front_len, old_len;
	va_list ap;

	if (!err)
		return -ERR_SYS;
	va_start(ap, fmt);
	vsnprintf(front, sizeof(front), fmt, ap);
	va_end(ap);
	front_len = strlen(front);
	old_len = strlen(err->msg);
	if (old_len > sizeof(err->msg) - front_len - 3)
		old_len = sizeof(err->msg) - front_len - 3;
	memmove(err->msg + front_len + 2, err->msg, old_len);
	err->msg[front_len + 2 + old_len] = '\0';
	memcpy(err->msg, front, front_len);
	memcpy(err->msg + front_len, ": ", 2);
	return -(int)err->code;
}

int err_copy(struct err *ret, const struct err *from)
{
	if (ret)
		*ret = *from;
	return -(int)from->code;
}

int err_about(struct err *err, enum err_code id, bool over)
{
	if (!err)
		return -(int)ERR_KIND(id);
	if (over || err->id == ERR_KIND(err->id))
		err->id = id;
	return -(int)err->code;
}
