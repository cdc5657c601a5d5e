/* The questions of debian-installer, as the templates of Debian 13's udebs have them (tools/d-i-questions).
 */
#ifndef ANSWERS_PRESEED_QUESTIONS_H
#define ANSWERS_PRESEED_QUESTIONS_H

struct preseed_question {
	const char *name, *type;
	const char *choices; /* ", " between; NULL: any */
};

/* NULL for a name that debian-installer doesn't know. */
const struct preseed_question *preseed_question_find(const char *name);
/* The nearest known name, or NULL. */
const char *preseed_question_nearest(const char *name);

#endif
