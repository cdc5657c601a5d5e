/* A preseed file: the answers of debconf-set-selections(1). */
#ifndef ANSWERS_PRESEED_H
#define ANSWERS_PRESEED_H

#include "answers/dialect.h"
#include "base/json.h"

struct preseed_answer {
	const char *owner, *question, *type, *value;
	unsigned line; /* where it begins */
};

struct preseed {
	struct arena arena;
	struct preseed_answer *v;
	size_t n;
	json_t *last; /* the index of the answer that counts, by question */
};

/* Split c's text into answers; what is no answer is an error. preseed_clear in any case. */
void preseed_read(struct dialect_check *c, struct preseed *ret);
void preseed_clear(struct preseed *p);
/* The last answer to a question: the one that counts. NULL if there is none. */
const struct preseed_answer *preseed_find(const struct preseed *p, const char *question);
/* Each answer by itself: question, type, value. */
void preseed_check_values(struct dialect_check *c, const struct preseed *p);
/* The rules of partman-auto/expert_recipe; NULL, or what is wrong. */
const char *preseed_check_recipe(const char *recipe);

#endif
