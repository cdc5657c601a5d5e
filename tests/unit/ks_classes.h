/*
 * The class of an error, as the corpus names them, by the words of our reason: to see that both mean the
 * same. The corpus's own come from the reference's texts in the same way, so some of both are arbitrary. What
 * was removed is an unknown command with an explanation.
 */
#ifndef TESTS_KS_CLASSES_H
#define TESTS_KS_CLASSES_H

#include "base/util.h"

static const char *class_of(const char *reason)
{
	static const struct {
		const char *words, *class;
	} classes[] = {
		{ "no command of", "unknown-command" },
		{ "unknown command", "unknown-command" },
		{ "unknown section", "unknown-section" },
		{ "has no %end", "missing-end" },
		{ "no such option", "unknown-argument" },
		{ "is unexpected here", "unknown-argument" },
		{ "a word too many", "unknown-argument" },
		{ "a value is missing", "missing-value" },
		{ "a file name is missing", "missing-value" },
		{ "takes no value", "missing-value" },
		{ "contradict", "conflict" },
		{ "can't be used", "conflict" },
		{ "one of ", "conflict" },
		{ "not a whole number", "invalid-value" },
		{ "none of", "invalid-value" },
		{ "no RAID level", "invalid-value" },
		{ "no md device", "invalid-value" },
		{ "out of range", "invalid-value" },
		{ "must be from", "invalid-value" },
		{ " missing", "missing-required" },
		{ "need", "missing-required" },
		{ "wanted", "missing-required" },
		{ "is empty", "missing-required" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		if (strstr(reason, classes[i].words))
			return classes[i].class;
	return "other";
}

#endif
