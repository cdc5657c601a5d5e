/* Versions of the kickstart language, named as pykickstart names them. */
#ifndef KICKSTART_VERSION_H
#define KICKSTART_VERSION_H

enum ks_version {
	KS_VERSION_NONE,
	KS_FC3,
	KS_FC4,
	KS_FC5,
	KS_FC6,
	KS_F7,
	KS_F8,
	KS_F9,
	KS_F10,
	KS_F11,
	KS_F12,
	KS_F13,
	KS_F14,
	KS_F15,
	KS_F16,
	KS_F17,
	KS_F18,
	KS_F19,
	KS_F20,
	KS_F21,
	KS_F22,
	KS_F23,
	KS_F24,
	KS_F25,
	KS_F26,
	KS_F27,
	KS_F28,
	KS_F29,
	KS_F30,
	KS_F31,
	KS_F32,
	KS_F33,
	KS_F34,
	KS_F35,
	KS_F36,
	KS_F37,
	KS_F38,
	KS_F39,
	KS_F40,
	KS_F41,
	KS_F42,
	KS_F43,
	KS_F44,
	KS_F45,
	KS_RHEL3,
	KS_RHEL4,
	KS_RHEL5,
	KS_RHEL6,
	KS_RHEL7,
	KS_RHEL8,
	KS_RHEL9,
	KS_RHEL10,
	KS_RHEL11,
	KS_VERSION_COUNT,
};

/* The newest: what a file without a version is read as. */
#define KS_VERSION_DEFAULT KS_F45

const char *ks_version_name(enum ks_version version); /* "RHEL7" */
/* KS_VERSION_NONE for an unknown name. */
enum ks_version ks_version_find(const char *name);

#endif
