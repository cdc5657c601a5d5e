/* Files read and written whole. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Append a whole file (also /proc and /sys files, whose size is unknown) to b. ERR_SYS names the path. */
int file_read(const char *path, struct buf *b, struct err *err);
/* The same, but stop once max bytes were read. */
int file_read_max(const char *path, size_t max, struct buf *b, struct err *err);
/* The first line of a small file without its newline and trailing blanks; NULL if it can't be read. free(3).
 */
char *file_line(const char *path);
bool file_exists(const char *path);
/* Write through a temporary name and rename(2), fsync'ed; missing folders are made (0755). */
int file_write(const char *path, const void *data, size_t len, mode_t mode, struct err *err);
/* All of data at the place where the descriptor stands; -1 with errno. */
int file_write_fd(int fd, const void *data, size_t len);
int file_append(const char *path, const void *data, size_t len, mode_t mode, struct err *err);
/* mkdir -p; the leaf gets mode, parents 0755. */
int file_mkdirs(const char *path, mode_t mode, struct err *err);
/* Remove a tree without following links and without crossing a mount. A missing path is no error. */
int file_remove_tree(const char *path, struct err *err);
/* "a" + "b" -> "a/b" with exactly one slash between. free(3). */
char *path_join(const char *a, const char *b);

#endif
