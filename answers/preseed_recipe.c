/* partman-auto's recipes: "NAME :: MIN PRIORITY MAX FS WORDS . MIN ...". */
#include "answers/preseed.h"
#include "base/argv.h"
#include "base/util.h"

/* Sizes in MB, or in percent of the memory; -1 as the largest: all there is. */
static bool is_size(const char *s, bool largest, uint64_t *ret)
{
	size_t n = strlen(s);
	auto_free char *number = n && s[n - 1] == '%' ? xstrndup(s, n - 1) : xstrdup(s);

	*ret = UINT64_MAX;
	if (largest && strcmp(s, "-1") == 0)
		return true;
	if (!str_u64(number, ret))
		return false;
	if (number[0] && s[n - 1] == '%')
		*ret = UINT64_MAX;
	return true;
}

/* method{ format } and the like: blanks around each value. */
static const char *check_braces(const struct argv *words, size_t from, size_t end)
{
	bool open = false;

	for (size_t i = from; i < end; i++) {
		const char *w = words->v[i], *brace = strpbrk(w, "{}");

		if (!brace)
			continue;
		if (brace[1] || (*brace == '{' ? open || brace == w : !open || brace != w))
			return "braces are written with a blank on both sides of the value: method{ format }";
		open = *brace == '{';
	}
	return open ? "a { that no } closes" : NULL;
}

/* One partition, from word i up to its "."; NULL, or what is wrong. */
static const char *check_partition(const struct argv *words, size_t *i)
{
	uint64_t min, priority, max;
	size_t at = *i, end = at;

	while (end < words->n && strcmp(words->v[end], ".") != 0)
		end++;
	*i = end + 1;
	if (end == words->n)
		return "the recipe's last partition wants a \".\" with a blank in front of it";
	if (end - at < 4)
		return "a partition of the recipe wants MIN PRIORITY MAX FILESYSTEM";
	if (!is_size(words->v[at], false, &min) || !is_size(words->v[at + 1], false, &priority) ||
	    !is_size(words->v[at + 2], true, &max))
		return "the sizes of a partition of the recipe must be numbers";
	if (min != UINT64_MAX && max < min)
		return "a partition of the recipe has a largest size below its smallest";
	return check_braces(words, at + 4, end);
}

const char *preseed_check_recipe(const char *recipe)
{
	const char *wrong = NULL;
	auto_argv words = { 0 };
	size_t i = 2;

	argv_split(&words, recipe, " \t");
	if (words.n < 3 || strcmp(words.v[1], "::") != 0)
		return "a recipe begins with NAME ::";
	while (!wrong && i < words.n)
		wrong = check_partition(&words, &i);
	return wrong;
}
