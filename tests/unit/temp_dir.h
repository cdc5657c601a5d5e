/* A folder of a test program's own, made before its tests and removed behind them: the group's setup and
 * teardown. */
#ifndef TESTS_UNIT_TEMP_DIR_H
#define TESTS_UNIT_TEMP_DIR_H

#include <stdlib.h>

#include "base/file.h"

static char temp_dir[] = P_tmpdir "/xenith-test-XXXXXX";

static inline int temp_dir_make(void **state)
{
	(void)state;
	return mkdtemp(temp_dir) ? 0 : -1;
}

static inline int temp_dir_remove(void **state)
{
	(void)state;
	return file_remove_tree(temp_dir, NULL);
}

#endif
