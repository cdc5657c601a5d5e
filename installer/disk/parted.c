#include "installer/disk/parted.h"

#include <dlfcn.h>

#include "base/util.h"

#define LIBRARY "libparted.so.2"

static const struct {
	const char *name;
	size_t at; /* in struct parted */
} calls[] = {
#define PARTED_ROW(name) { "ped_" #name, offsetof(struct parted, name) },
	PARTED_CALLS(PARTED_ROW)
};

static int load(struct parted *ret)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	for (size_t i = 0; library && i < ARRAY_SIZE(calls); i++) {
		void *call = dlsym(library, calls[i].name);

		if (!call)
			return -1;
		/* POSIX dlsym: an object pointer that holds a function's. */
		memcpy((char *)ret + calls[i].at, &call, sizeof(call));
	}
	return library ? 0 : -1;
}

int parted_load(const struct parted **ret, struct err *err)
{
	static struct parted parted;

	if (!parted.device_get && load(&parted))
		return err_set(err, ERR_SYS, "cannot load libparted: %s", dlerror());
	*ret = &parted;
	return 0;
}
