#include "cli/ks_read.h"

#include "base/file.h"
#include "base/util.h"

int ks_read_text(const char *file, struct buf *b, struct err *err)
{
	if (file_read(strcmp(file, "-") == 0 ? "/dev/stdin" : file, b, err) == 0)
		return 0;
	err->code = ERR_INPUT;
	return -ERR_INPUT;
}

int ks_read_version(const char *name, enum ks_version *ret, struct err *err)
{
	*ret = name ? ks_version_find(name) : KS_VERSION_NONE;
	if (name && !*ret)
		return err_set(err, ERR_USAGE,
			       "unknown kickstart version \"%s\"; known are RHEL3 to RHEL10 and FC3 to F45",
			       name);
	return 0;
}
