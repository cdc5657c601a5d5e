/* What is in the medium, and of which version. */
#ifndef ISO_BUILD_VERSIONS_H
#define ISO_BUILD_VERSIONS_H

#include "base/argv.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"

/*
 * Append "PACKAGE VERSION" for each package of the build machine that one of the files is of, sorted; paths
 * below /usr are looked for without it as well, as dpkg(1) may have them. Files of no package are passed
 * over. ERR_TOOL if dpkg-query can't be asked.
 */
int versions_of(const struct argv *paths, struct log *log, struct buf *ret, struct err *err);

#endif
