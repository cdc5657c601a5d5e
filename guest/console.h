/* What a guest prints on its console, into a file. */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* Read along from now on: `xl console NAME` appends to path (0600). *ret is its process. ERR_SYS. */
int console_record(const char *name, const char *path, pid_t *ret, struct err *err);
/* It ends with the guest; before that it is ended here. 0 is no process. */
void console_stop(pid_t pid);
/* The last lines that the file has, apart by " | ", without what moves a terminal's cursor. free(3); NULL:
 * there are none. */
char *console_tail(const char *path);
/* Whether debian-installer stands at a question (cdebconf's text frontend), which nobody answers. */
bool console_asks(const char *path);

#endif
