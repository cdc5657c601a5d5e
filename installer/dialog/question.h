/* What the files of the dialog share: the answers, and the table of questions. */
#ifndef INSTALLER_DIALOG_QUESTION_H
#define INSTALLER_DIALOG_QUESTION_H

#include "installer/dialog/dialog.h"
#include "installer/dialog/ui.h"
#include "multipath/plan.h"

#define NICS_MAX   32
#define LUNS_MAX   64
#define COPIES_MAX 7

struct lun_answer {
	char wwid[128];
	unsigned paths; /* that are up */
	bool use, join; /* join: the group that is on it */
	char vg[128];
};

/* What was answered so far, as typed; "" for nothing. */
struct answers {
	char keyboard[64];
	char disk[64]; /* its kernel's name, which holds until the next boot; the facts may be read anew */
	char copies[COPIES_MAX][64]; /* as disk */
	size_t n_copies;
	char root_gib[16], swap_gib[16];
	struct lun_answer luns[LUNS_MAX];
	size_t n_luns;
	bool management[NICS_MAX], guests[NICS_MAX]; /* by index in facts->nics */
	char bond_mode[32], management_vlan[8], guests_vlan[8];
	bool fixed_address;
	char ip[64], netmask[64], gateway[64], dns[128], proxy[256];
	bool from_image;
	char image[256], image_sum[72];
	char mirror[256], suite[64], security[256];
	char hostname[256], timezone[64], ntp[256];
	char hash[256], sshkey[1000];
	char dom0_mem[16], dom0_vcpus[8];
	bool confirmed;
};

struct question;

struct dialog {
	const struct dialog_opts *opts;
	const struct facts *facts;
	struct mpath san; /* as it was looked at for the LUNs' question */
	struct answers a;
	bool *answered; /* by index in dialog_questions */
	size_t at;      /* the question that is being asked */
	size_t jump;    /* a question to ask next, chosen in the summary; SIZE_MAX: none */
};

/* A kickstart file in the making; line i (from 1) was written by question owners[i - 1]. */
struct ks_text {
	struct buf commands, addon;
	size_t *owners, n_owners, cap_owners;
	size_t *addon_owners, n_addon, cap_addon;
	size_t at;
};

/*
 * One question. ask shows it and stores the answers; write adds what they say to the file; applies is whether
 * this machine has something to ask about. After ask comes check, for what only this question knows; then the
 * real checks and planners; then prove, which tries the answer on the machine. What any of them says is
 * shown, and the question asked again. All but ask may be NULL.
 */
struct question {
	const char *name, *title;
	bool (*applies)(const struct dialog *d);
	enum ui_answer (*ask)(struct dialog *d);
	void (*write)(const struct dialog *d, struct ks_text *t);
	int (*check)(const struct dialog *d, struct err *err);
	int (*prove)(const struct dialog *d, const struct ks *ks, struct err *err);
};

/* ports.c: what tells a port from the others, so short that it fits beside a long name on 80 columns; and all
 * of it. free(3). */
char *ports_line(const struct dialog *d, const struct nic_facts *nic);
char *ports_help(const struct dialog *d, const struct nic_facts *nic);

extern const struct question question_keyboard, question_machine, question_disk, question_copies,
	question_luns, question_management, question_guests, question_links, question_address,
	question_mirror, question_name, question_login, question_dom0, question_summary;
extern const struct question *const dialog_questions[];
extern const size_t n_dialog_questions;

/* A command's line; the words given by people go through text_word. */
void text_line(struct ks_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_addon_line(struct ks_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The word, quoted as the language wants it. free(3). */
char *text_word(const char *word);
/* " --option=word"; "" where word is empty. free(3). */
char *text_option(const char *option, const char *word);
/* The whole file from the questions that are answered. t is cleared by text_clear. */
void text_make(const struct dialog *d, struct ks_text *t, struct buf *ret);
void text_clear(struct ks_text *t);

/* Parse the answers so far, and refuse what they can't be; *owner is the question to ask again. */
int try_answers(struct dialog *d, bool whole, struct ks *ks, size_t *owner, struct err *err);
/* What is done with the LUNs that are marked; nothing when none is. As mpath_plan_make. */
int try_luns(const struct dialog *d, const struct ks *ks, struct mpath_plan *ret, struct err *err);

/* The disk that was chosen; NULL: none yet, or it has gone. */
const struct disk_facts *chosen_disk(const struct dialog *d);

/* That one and its copies, in ret, which has room for 1 + COPIES_MAX; how many are there. */
size_t chosen_disks(const struct dialog *d, const struct disk_facts **ret);
/* Why it can't be chosen; NULL: it can. LUNs have a question of their own. */
const char *disk_unusable(const struct disk_facts *d);
/* One that is built in. */
bool disk_likely(const struct disk_facts *d);
/* Shows what will be lost; false: another disk. */
bool disk_may_be_lost(const struct facts *f, const struct disk_facts *d);
/* A name that one disk has and keeps, as the kickstart language wants it. */
void disk_name(const struct disk_facts *d, struct buf *b);

/* Words for people. */
const char *disk_title(const struct disk_facts *d);
char *disk_line(const struct disk_facts *d); /* in a menu; free(3) */
void contents_words(const struct disk_facts *d, const char *each, struct buf *b);

/* Ask where to, and write the kickstart file or the logs there: a path, http(s):, scp:, sftp: or
 * hd:DEVICE:/PATH. Says how that went. */
void save_ask(const struct dialog *d, const char *title, const char *prompt, const struct buf *text);

#endif
