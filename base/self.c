#include "base/self.h"

#include "base/file.h"
#include "base/util.h"

int self_host_program(const char *self, char **ret, struct err *err)
{
	static const char *const places[] = { "xenith-host", "../lib/xenith/xenith-host" };
	auto_free char *real = realpath(self ? self : "/proc/self/exe", NULL);
	char *slash = real ? strrchr(real, '/') : NULL;

	if (!slash)
		return err_sys(err, "cannot find the xenith program %s", self ? self : "");
	*slash = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		auto_free char *path = path_join(real, places[i]);

		if (file_exists(path)) {
			*ret = TAKE(path);
			return 0;
		}
	}
	return err_set(err, ERR_SYS, "the program xenith-host is neither in %s nor in %s/../lib/xenith", real,
		       real);
}
