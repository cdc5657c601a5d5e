#include "installer/zone.h"

#include "base/argv.h"
#include "base/file.h"
#include "base/util.h"

#define ZONES "/usr/share/zoneinfo/tzdata.zi"

/* Zones and links of tzdata.zi (zic(8), "compact form"): "Z NAME ..." and "L TARGET NAME". Where there is no
 * such file, nothing is known. */
int zone_check(const struct ks_timezone *tz, struct err *err)
{
	auto_argv lines = { 0 };
	auto_argv names = { 0 };
	auto_buf text = { 0 };
	const char *near;

	if (!tz->timezone || file_read(ZONES, &text, NULL))
		return 0;
	argv_split(&lines, buf_str(&text), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		auto_argv words = { 0 };

		argv_split(&words, lines.v[i], " ");
		if (words.n > 2 && (str_eq(words.v[0], "Z") || str_eq(words.v[0], "L")))
			argv_add(&names, words.v[words.v[0][0] == 'Z' ? 1 : 2]);
	}
	if (argv_has(&names, tz->timezone) || !names.n)
		return 0;
	near = str_nearest(tz->timezone, (const char *const *)names.v, names.n);
	return err_set(err, ERR_INPUT, "%s:%u: %s: unknown time zone%s%s%s\n", tz->at.file, tz->at.line,
		       tz->timezone, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}
