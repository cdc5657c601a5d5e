/* Files that appear all together or not at all: what is rendered for many hosts. */
#ifndef ANSWERS_WRITE_H
#define ANSWERS_WRITE_H

#include "base/buf.h"
#include "base/err.h"

struct write_file {
	char *path;        /* below the folder, "web1.ks" or "web1/user-data"; freed by write_files_clear */
	size_t start, len; /* in the text of all */
};

struct write_files {
	struct write_file *v;
	size_t n, cap;
	struct buf text;
};

/* Add a file; path is taken over. */
void write_files_add(struct write_files *files, char *path, const char *data, size_t len);
/*
 * Write all below dir (made, and folders in it too, with mode 0700), mode 0600. They come under temporary
 * names first and get theirs when all of them are on the disk. After an error none of the temporary ones is
 * left. ERR_SYS.
 */
int write_files(const struct write_files *files, const char *dir, struct err *err);
void write_files_clear(struct write_files *files);

#endif
