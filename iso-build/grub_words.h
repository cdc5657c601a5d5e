/* Words of a kernel's command line in a GRUB script. */
#ifndef ISO_BUILD_GRUB_WORDS_H
#define ISO_BUILD_GRUB_WORDS_H

#include "base/buf.h"
#include "base/err.h"

/* Append each word with a blank before it, in single quotes where it needs them: ${mac} is for the installer
 * to fill in. */
void grub_add_words(struct buf *b, const char *words);

/* ERR_USAGE if words (NULL: none) hold what single quotes can't keep; what names them. */
int grub_check_words(const char *what, const char *words, struct err *err);

#endif
