/*
 * The languages in which installers take their answers, and the check of each: one row of the table in
 * dialect.c. A check adds what is wrong at the lines of the template that they came from; it is pure.
 */
#ifndef ANSWERS_DIALECT_H
#define ANSWERS_DIALECT_H

#include "kickstart/ks.h"
#include "template/template.h"

/* A rendered file that is being checked. */
struct dialect_check {
	const char *name; /* the file's */
	const char *text;
	size_t len;
	const struct ks_parse_opts *parse; /* for kickstart; its strict counts for all */
	const struct tmpl_at *map;         /* where each line comes from */
	size_t n_map;
	struct tmpl_errors *errors, *warnings;
};

struct dialect {
	const char *name;
	const char *ext; /* of a file that has no name of its own, "ks" */
	const char *what;
	void (*check)(struct dialect_check *c);
};

/* NULL for an unknown name; no name (NULL) is kickstart. */
const struct dialect *dialect_find(const char *name);
/* NULL behind the last. */
const struct dialect *dialect_at(size_t i);
/* The nearest name, or NULL. */
const char *dialect_nearest(const char *name);

/* Add one; line counts from 1, 0: of the file as a whole. word may be NULL. A strict warning is an error. */
void dialect_error(struct dialect_check *c, unsigned line, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void dialect_warn(struct dialect_check *c, unsigned line, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

void dialect_check_kickstart(struct dialect_check *c);
/* debconf-set-selections(1), and the questions of debian-installer. */
void dialect_check_preseed(struct dialect_check *c);
/* Any YAML of one document. */
void dialect_check_yaml(struct dialect_check *c);
/* cloud-init's user-data; "autoinstall" in it is the Ubuntu installer's, and required of autoinstall. */
void dialect_check_cloud_config(struct dialect_check *c);
void dialect_check_autoinstall(struct dialect_check *c);
/* cloud-init's network-config version 2, which is netplan(5)'s. */
void dialect_check_netplan(struct dialect_check *c);

#endif
