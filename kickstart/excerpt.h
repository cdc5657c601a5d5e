/* The line that a diagnostic is about, with a caret under the word. */
#ifndef KICKSTART_EXCERPT_H
#define KICKSTART_EXCERPT_H

#include "kickstart/ks.h"

/*
 * Append the line of text (the diagnostic's file) and a line of carets. Nothing is added where the word isn't
 * on it, and for lines that no terminal shows well. Of commands that may hold a password, and of unknown
 * ones, values show as ***.
 */
void ks_diag_excerpt(const struct ks_diag *diag, const char *text, size_t size, struct buf *b);

#endif
