/* What a solved set owns besides its items. */
#ifndef PACKAGES_SET_H
#define PACKAGES_SET_H

#include "base/arena.h"
#include "base/argv.h"

struct set_priv {
	struct arena arena;
	struct argv base; /* names of the essential and required packages, and of all that they depend on */
};

#endif
