/* Text for XML 1.0. */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/buf.h"

/*
 * Append text as it may stand between tags, and in attributes in quotes of either kind. What XML allows
 * nowhere (control characters; here also bytes that are no UTF-8) becomes "?". s may be NULL: nothing.
 */
void buf_add_xml(struct buf *b, const char *s);

#endif
