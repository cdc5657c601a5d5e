/*
 * A kickstart file as data: what the parser fills, the dialog fills, and every plan reads.
 *
 * The commands' tables (cmd_*.c) store into these structs by offset; `set` has bit N on when option row N of
 * the command's table was given. Strings and arrays live in ks->arena. The language: pykickstart's docs;
 * `%addon xenith`: kickstart(5).
 */
#ifndef KICKSTART_KS_H
#define KICKSTART_KS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "kickstart/version.h"

/* First member of every command's struct: where it was said. */
struct ks_at {
	const char *file;
	unsigned line;   /* from 1; 0: not said */
	uint64_t set[2]; /* bit N: option row N was given */
};

#define KS_SAID(cmd) ((cmd).at.line > 0)

struct ks_list { /* of words; v is NULL-terminated when n > 0 */
	const char **v;
	size_t n;
};

struct ks_url {
	struct ks_at at;
	const char *url, *mirrorlist, *metalink, *proxy;
	const char *sslcacert, *sslclientcert, *sslclientkey;
	bool noverifyssl;
};
struct ks_repo {
	struct ks_at at;
	const char *name, *baseurl, *mirrorlist, *metalink, *proxy;
	const char *sslcacert, *sslclientcert, *sslclientkey, *ignoregroups;
	struct ks_list includepkgs, excludepkgs;
	int64_t cost; /* -1: not given */
	bool noverifyssl, install;
};
struct ks_liveimg {
	struct ks_at at;
	const char *url, *checksum, *proxy;
	bool noverifyssl;
};
struct ks_cdrom {
	struct ks_at at;
};
struct ks_harddrive {
	struct ks_at at;
	const char *partition, *biospart, *dir;
};
struct ks_nfs {
	struct ks_at at;
	const char *server, *dir, *opts;
};
struct ks_lang {
	struct ks_at at;
	const char *lang;
	struct ks_list addsupport;
};
struct ks_keyboard {
	struct ks_at at;
	const char *keymap; /* the one word */
	const char *vckeymap;
	struct ks_list xlayouts, switches;
};
struct ks_timezone {
	struct ks_at at;
	const char *timezone;
	bool utc, nontp;
	struct ks_list ntpservers;
};
struct ks_timesource {
	struct ks_at at;
	const char *ntp_server, *ntp_pool;
	bool ntp_disable, nts;
};
struct ks_rootpw {
	struct ks_at at;
	const char *password;
	bool iscrypted, lock, plaintext, allow_ssh;
};
struct ks_user {
	struct ks_at at;
	const char *name, *gecos, *homedir, *password, *shell;
	struct ks_list groups;
	int64_t uid, gid; /* -1: not given */
	bool iscrypted, plaintext, lock;
};
struct ks_group {
	struct ks_at at;
	const char *name;
	int64_t gid;
};
struct ks_sshkey {
	struct ks_at at;
	const char *username, *key;
};
struct ks_services {
	struct ks_at at;
	struct ks_list enabled, disabled;
};
struct ks_firstboot {
	struct ks_at at;
	bool enable, disable, reconfig;
};
struct ks_network {
	struct ks_at at;
	const char *device;    /* name, MAC, "link" or "bootif" */
	const char *bootproto; /* "dhcp", "static", "none", "query", "ibft"; NULL: dhcp */
	const char *ip, *netmask, *gateway, *hostname, *bindto, *interfacename, *ethtool, *dhcpclass;
	const char *ipv6, *ipv6gateway, *bondopts, *bridgeopts, *teamconfig;
	struct ks_list nameserver, bondslaves, bridgeslaves, teamslaves, ipv4_dns_search, ipv6_dns_search;
	const char *mtu_word, *vlanid_word; /* as written */
	int64_t mtu, vlanid;                /* -1: not given, or no number */
	const char *onboot;                 /* "yes", "no", ... as written; NULL: yes */
	const char *essid, *wepkey, *wpakey;
	bool activate, no_activate, nodefroute, nodns, noipv4, noipv6, notksdevice;
	bool ipv4_ignore_auto_dns, ipv6_ignore_auto_dns;
};
struct ks_ignoredisk {
	struct ks_at at;
	struct ks_list drives, only_use;
	bool interactive;
};
struct ks_clearpart {
	struct ks_at at;
	bool all, linux_only, none, initlabel, cdl;
	const char *disklabel;
	struct ks_list drives, list;
};
struct ks_flag_cmd {
	struct ks_at at;
	bool non_interactive;   /* of text, cmdline and graphical */
	struct ks_list ignored; /* what Red Hat Linux took behind zerombr */
};                              /* commands whose presence is all: zerombr, text, cmdline, reboot's kin */
struct ks_reqpart {
	struct ks_at at;
	bool add_boot;
};
struct ks_luks { /* how a device with `encrypted` is encrypted */
	const char *cipher, *luks_version, *escrowcert, *pbkdf;
	const char *hw_passphrase;                                 /* secret */
	int64_t pbkdf_memory_kib, pbkdf_time_ms, pbkdf_iterations; /* -1: not given */
	bool backuppassphrase;
};
struct ks_part {
	struct ks_at at;
	const char *mntpoint; /* "/", "/boot", "swap", "pv.1", "raid.1", "biosboot" */
	int64_t size_mib;     /* -1: not given */
	int64_t maxsize_mib;  /* -1: not given */
	const char *fstype, *fsoptions, *mkfsoptions, *fsprofile, *label, *ondisk, *onpart, *resize_text,
		*uuid;
	bool grow, asprimary, recommended, hibernation, noformat, resize, encrypted;
	const char *passphrase; /* secret */
	struct ks_luks luks;
	const char *onbiosdisk, *bytes_per_inode;
	int64_t start, end; /* cylinders; -1: not given */
	bool active;
};
struct ks_raid {
	struct ks_at at;
	const char *mntpoint, *device, *level; /* "RAID1" */
	struct ks_list members;
	const char *fstype, *fsoptions, *mkfsoptions, *fsprofile, *label, *bytes_per_inode;
	int64_t spares, chunksize; /* -1: not given */
	bool noformat, useexisting, encrypted;
	const char *passphrase;
	struct ks_luks luks;
};
struct ks_volgroup {
	struct ks_at at;
	const char *name;
	struct ks_list pvs;
	bool noformat, useexisting;
	int64_t pesize_kib; /* -1: not given */
	int64_t reserved_space, reserved_percent;
};
struct ks_logvol {
	struct ks_at at;
	const char *mntpoint, *name, *vgname, *fstype, *fsoptions, *mkfsoptions, *label;
	int64_t size_mib, maxsize_mib, percent; /* -1: not given */
	bool grow, recommended, noformat, useexisting, resize, thinpool, thin, encrypted;
	const char *poolname, *passphrase;
	struct ks_luks luks;
	const char *fsprofile, *bytes_per_inode, *profile, *cachemode;
	struct ks_list cachepvs;
	int64_t cachesize_mib, chunksize_kib, metadatasize_mib; /* -1: not given */
	bool hibernation;
};
struct ks_bootloader {
	struct ks_at at;
	const char *location;                       /* "mbr", "partition", "none", "boot"; NULL: mbr */
	const char *append, *boot_drive, *password; /* password is secret */
	struct ks_list driveorder;
	int64_t timeout; /* seconds; -1: not given */
	bool iscrypted, leavebootorder, nombr, disabled, extlinux, sdboot;
	const char *default_entry, *hvargs, *md5pass; /* md5pass is secret */
	bool lba32, linear, nolinear, upgrade, use_lilo;
};
struct ks_reboot {
	struct ks_at at;
	enum { KS_END_UNSAID, KS_END_HALT, KS_END_POWEROFF, KS_END_REBOOT, KS_END_SHUTDOWN } how;
	bool eject, kexec;
	struct ks_list ignored; /* what the oldest versions took behind it */
};
struct ks_packages {
	struct ks_at at;
	struct ks_list packages, excluded;                 /* sorted, unique */
	struct ks_list groups, excluded_groups;            /* without the @ */
	struct ks_list groups_nodefaults, groups_optional; /* those of groups that said so */
	const char *environment;                           /* without the @^ */
	struct ks_list includes;                           /* as those of struct ks */
	bool ignoremissing, ignorebroken, nocore, nodefaults, exclude_docs, exclude_weakdeps, inst_langs_set,
		multilib, is_default, nobase, ignoredeps, resolvedeps;
	const char *inst_langs;
	int64_t retries, timeout;
};
enum ks_script_type { KS_PRE, KS_PREINSTALL, KS_POST, KS_ONERROR, KS_TRACEBACK };
struct ks_script {
	struct ks_at at; /* of the header */
	enum ks_script_type type;
	const char *interp; /* "/bin/sh" */
	const char *log;    /* or NULL */
	const char *body;
	bool erroronfail, nochroot;
};

/* %addon xenith */
struct ks_virt {
	struct ks_at at;
	const char *require; /* "off", "warn", "pv", "hvm", "hap", "iommu"; NULL: warn */
};
struct ks_xen {
	struct ks_at at;
	const char *dom0_mem; /* "2048M"; NULL: left to Xen */
	int64_t dom0_vcpus;   /* -1: not given */
	const char *console;  /* "auto" (or NULL), "none", "com1", "com2", with ",BAUD" allowed */
	const char *args;     /* further Xen arguments */
};
struct ks_lun {
	struct ks_at at;
	const char *wwid, *alias, *vg; /* vg: a name; with join also a UUID */
	int64_t min_paths, wait_s;     /* -1: not given */
	bool join, root;
};
struct ks_net {
	struct ks_at at;
	const char *files; /* "networkd" or "ifupdown"; NULL: networkd */
};
struct ks_address { /* one more address of a device */
	struct ks_at at;
	const char *device, *ip; /* ADDRESS/LENGTH, IPv4 or IPv6 */
};
struct ks_route {
	struct ks_at at;
	const char *device, *to, *via; /* NETWORK/LENGTH or "default"; via may be NULL: on the wire itself */
	int64_t metric;                /* -1: not given */
};
struct ks_report {
	struct ks_at at;
	const char *url, *syslog;
};
struct ks_guard {
	struct ks_at at;
	const char *reinstall; /* "deny", "allow", "allow-token=X"; NULL: deny */
	const char *keep_vg;   /* volume group that stays as it is; NULL: none */
};
struct ks_retry {
	struct ks_at at;
	int64_t times;   /* -1: not given */
	int64_t delay_s; /* before the second try; doubled each time; -1: not given */
};

/* A command without a struct of its own: its values by option row. */
union ks_value {
	bool flag;
	int64_t number;
	const char *word;
	struct ks_list list;
};
struct ks_other {
	struct ks_at at;
	const struct ks_cmd *cmd; /* kickstart/table.h */
	union ks_value *values;
};
/* A section that is kept unread: %addon of others, %anaconda, %certificate. */
struct ks_raw {
	struct ks_at at;
	const char *header; /* the whole line */
	const char *body;
};
/*
 * An option or argument that takes something away: its own value (lost NULL) or that of its rival, which was
 * given before; or (word NULL) the command, said again, lost an option that the earlier line gave.
 */
struct ks_repeat {
	struct ks_at at;
	const char *command, *word, *lost;
	unsigned before; /* line */
};

struct ks {
	struct arena arena;
	const char *file; /* the name given to ks_parse; NULL: none */
	enum ks_version version;
	struct ks_url url;
	struct ks_liveimg liveimg;
	struct ks_cdrom cdrom;
	struct ks_harddrive harddrive;
	struct ks_nfs nfs;
	struct ks_repo *repos;
	size_t n_repos;
	struct ks_lang lang;
	struct ks_keyboard keyboard;
	struct ks_timezone timezone;
	struct ks_timesource *timesources;
	size_t n_timesources;
	struct ks_rootpw rootpw;
	struct ks_user *users;
	size_t n_users;
	struct ks_group *user_groups;
	size_t n_user_groups;
	struct ks_sshkey *sshkeys;
	size_t n_sshkeys;
	struct ks_services services;
	struct ks_firstboot firstboot;
	struct ks_network *networks;
	size_t n_networks;
	struct ks_ignoredisk ignoredisk;
	struct ks_clearpart clearpart;
	struct ks_flag_cmd zerombr, text, cmdline, graphical, skipx;
	struct ks_reqpart reqpart;
	struct ks_part *parts;
	size_t n_parts;
	struct ks_raid *raids;
	size_t n_raids;
	struct ks_volgroup *volgroups;
	size_t n_volgroups;
	struct ks_logvol *logvols;
	size_t n_logvols;
	struct ks_bootloader bootloader;
	struct ks_reboot reboot;
	struct ks_packages packages;
	struct ks_script *scripts;
	size_t n_scripts;
	struct ks_virt virt;
	struct ks_xen xen;
	struct ks_lun *luns;
	size_t n_luns;
	struct ks_net net;
	struct ks_address *addresses;
	size_t n_addresses;
	struct ks_route *routes;
	size_t n_routes;
	struct ks_report report;
	struct ks_guard guard;
	struct ks_retry retry;
	struct ks_other *others;
	size_t n_others;
	struct ks_raw *raws;
	size_t n_raws;
	struct ks_repeat *repeats;
	size_t n_repeats;
	struct ks_list includes; /* %included files that a %pre script is still to write, quoted */
};

enum ks_severity { KS_WARNING, KS_ERROR };

struct ks_diag {
	enum ks_severity severity;
	const char *file;
	unsigned line;
	const char *word; /* the word that is wrong; or NULL */
	const char *reason;
};

struct ks_diags {
	struct arena arena;
	struct ks_diag *v; /* after ks_parse and the checks: by file and line */
	size_t n;
};

/* Add one; the strings are copied. */
void ks_diag_add(struct ks_diags *diags, enum ks_severity severity, const char *file, unsigned line,
		 const char *word, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
void ks_diags_clear(struct ks_diags *diags);
/* By file (in the order of appearance) and line; what has no line comes last. */
void ks_diags_sort(struct ks_diags *diags);
size_t ks_diags_errors(const struct ks_diags *diags);
/* "file:line: word: reason" a line (", warning" told apart by "warning: " before the reason). */
void ks_diags_print(const struct ks_diags *diags, struct buf *b);

/*
 * Parse text (len bytes; NUL bytes are an input error). name stands in diagnostics. Errors are all collected
 * in diags; what could be read is in ret all the same. Returns 0, or ERR_INPUT (err holds the printed errors)
 * if there was any error, ERR_FETCH if all of them are files that could not be fetched. What %include and
 * %ksappend name is read by include(arg, …), or (NULL) as a file. path is complete already: a relative name
 * that isn't there as given is taken beside from, file or URL.
 */
typedef int (*ks_include_fn)(void *arg, const char *path, const char *from, struct buf *ret, struct err *err);

struct ks_parse_opts {
	enum ks_version version; /* 0: from a "#version=" comment, else the newest */
	bool strict;             /* warnings are errors */
	/*
	 * The file may be for other installers: what the reference overlooks is a warning and no error, and
	 * what only Xenith takes is an error in a file without %addon xenith.
	 */
	bool others;
	ks_include_fn include;
	void *include_arg;
};

/*
 * Bytes of a file, at most; the files it includes may have four times as many in all. A file with an archive
 * in a script has some MB; more is a wrong file, an image say.
 */
#define KS_SIZE_MAX ((size_t)16 << 20)

int ks_parse(const char *name, const char *text, size_t len, const struct ks_parse_opts *opts, struct ks *ret,
	     struct ks_diags *diags, struct err *err);
/* Set the values that mean "not given": for a ks that isn't filled by ks_parse. */
void ks_init(struct ks *ks);
void ks_clear(struct ks *ks);
/* Add a zeroed element with its "not given" values to one of the arrays of ks: ks_add(ks, &ks->parts). */
void *ks_add(struct ks *ks, void *array);

/*
 * Canonical text: commands in a fixed order, options in the tables' order, "#version=" first. Parsing  it
 * gives the same ks. With mask, passwords print as ***.
 */
void ks_print(const struct ks *ks, bool mask, struct buf *b);

/* Call fn for every secret that the file holds (passwords, hashes, passphrases): for log_mask. */
void ks_secrets(const struct ks *ks, void (*fn)(void *arg, const char *secret), void *arg);

/*
 * Faults that the language allows, on any system: addresses that can't be, static without one, PVs, VGs and
 * members that don't exist, mount points used twice, contradicting flags, values given twice. Pure.
 */
void ks_check_lint(const struct ks *ks, enum ks_severity severity, struct ks_diags *diags);

/*
 * What an install of a Xen host needs beyond a file that parses: what ks_check_lint says (as errors), an
 * install source, one root file system, a way to log in, a valid %addon xenith. Adds to diags; pure.
 */
void ks_check_install(const struct ks *ks, struct ks_diags *diags);

#endif
