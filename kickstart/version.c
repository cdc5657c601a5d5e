#include "kickstart/version.h"

#include "base/util.h"

static const char *const names[KS_VERSION_COUNT] = {
	"",      "FC3",   "FC4",   "FC5",   "FC6",   "F7",    "F8",    "F9",     "F10",    "F11", "F12",
	"F13",   "F14",   "F15",   "F16",   "F17",   "F18",   "F19",   "F20",    "F21",    "F22", "F23",
	"F24",   "F25",   "F26",   "F27",   "F28",   "F29",   "F30",   "F31",    "F32",    "F33", "F34",
	"F35",   "F36",   "F37",   "F38",   "F39",   "F40",   "F41",   "F42",    "F43",    "F44", "F45",
	"RHEL3", "RHEL4", "RHEL5", "RHEL6", "RHEL7", "RHEL8", "RHEL9", "RHEL10", "RHEL11",
};

const char *ks_version_name(enum ks_version version)
{
	return version > KS_VERSION_NONE && version < KS_VERSION_COUNT ? names[version] : "";
}

enum ks_version ks_version_find(const char *name)
{
	for (int v = KS_VERSION_NONE + 1; v < KS_VERSION_COUNT; v++)
		if (strcmp(names[v], name) == 0)
			return (enum ks_version)v;
	return strcmp(name, "DEVEL") == 0 ? KS_VERSION_DEFAULT : KS_VERSION_NONE;
}
