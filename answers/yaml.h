/* YAML, read with libyaml into nodes that know their lines. */
#ifndef ANSWERS_YAML_H
#define ANSWERS_YAML_H

#include "answers/dialect.h"

/* Plain scalars have the types that PyYAML's safe loader, cloud-init's reader, gives them (YAML 1.1). */
enum yaml_kind {
	YAML_NULL = 1,
	YAML_BOOL = 2,
	YAML_INT = 4,
	YAML_FLOAT = 8,
	YAML_STR = 16,
	YAML_LIST = 32,
	YAML_MAP = 64,
	YAML_ALIAS = 128, /* of an anchor: whatever that is */
};

struct yaml_node {
	struct yaml_node *next;  /* in its list or map */
	struct yaml_node *first; /* of a list or map */
	const char *key;         /* in a map; else NULL */
	unsigned line;           /* from 1: of the key where there is one */
	enum yaml_kind kind;
	const char *text; /* of a scalar */
};

/*
 * Read c's text into the arena. All errors (one of syntax, each key that stands twice) are added to c; NULL
 * if there was any, or for an empty document.
 */
struct yaml_node *yaml_read(struct dialect_check *c, struct arena *a);
/* The value of a key; NULL where map is none or has it not. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* What may stand at a key. Rows end with a zeroed one; the key "*" is every other one. */
struct yaml_rule {
	const char *key;
	unsigned kinds;               /* yaml_kind ORed */
	const struct yaml_rule *keys; /* of its maps, or of the maps in its list */
	unsigned items;               /* kinds of its list's elements; 0: any */
	/* NULL, or what is wrong with a text: "is no address". Of each element where it is a list. */
	const char *(*text)(const char *s);
	bool needed;
};

/* Check a node, and what is in it, against the row: errors for types and values, warnings for unknown keys.
 */
void yaml_check(struct dialect_check *c, const struct yaml_node *node, const struct yaml_rule *rule);

#endif
