/*
 * The kickstart cases: tests/cases/ks-*.case, compared word for word; prints TAP. KS_UPDATE=1 writes what the
 * parser says into the files instead.
 *
 * A file holds cases one behind the other:
 *   @ks [VERSION]   the file that is parsed, as host.ks
 *   @print          its canonical text; or
 *   @error          what ks_parse says; or
 *   @lint           what ks_check_lint says, as warnings, of a file that parses; or
 *   @install        what ks_check_install says of a file that parses
 * Lines in front of the first section are a comment.
 */
#include <glob.h>

#include "base/file.h"
#include "base/util.h"
#include "kickstart/ks.h"

struct cases {
	const char *file;
	unsigned n, failed;
	bool update;
	struct buf out; /* the file as it should be */
};

static void answer(const char *kind, const char *version, const char *text, struct buf *ret)
{
	struct ks_parse_opts opts = { .version = ks_version_find(version) };
	struct ks_diags diags = { 0 };
	struct err err = { 0 };
	struct ks ks;
	int r = ks_parse("host.ks", text, strlen(text), &opts, &ks, &diags, &err);

	if (r && strcmp(kind, "error") != 0)
		buf_adds(ret, "doesn't parse:\n");
	if (!r && strcmp(kind, "print") == 0) {
		ks_print(&ks, false, ret);
	} else {
		if (!r && (strcmp(kind, "lint") == 0 || strcmp(kind, "install") == 0))
			ks_diags_clear(&diags);
		if (!r && strcmp(kind, "lint") == 0)
			ks_check_lint(&ks, KS_WARNING, &diags);
		if (!r && strcmp(kind, "install") == 0)
			ks_check_install(&ks, &diags);
		ks_diags_print(&diags, ret);
	}
	ks_clear(&ks);
	ks_diags_clear(&diags);
}

static void comment(const char *front, const char *text)
{
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n')
		printf("# %s%.*s\n", front, (int)strcspn(s, "\n"), s);
}

static void run_case(struct cases *c, const char *kind, const char *version, const char *text,
		     const char *want)
{
	auto_buf got = { 0 };
	bool same;

	if (strcmp(kind, "ks") == 0) {
		printf("Bail out! %s: a case without @print, @error, @lint or @install\n", c->file);
		exit(1);
	}
	answer(kind, version, text, &got);
	same = strcmp(buf_str(&got), want) == 0;
	buf_addf(&c->out, "@ks%s%s\n%s@%s\n%s", *version ? " " : "", version, text, kind, buf_str(&got));
	c->n++;
	if (!c->update && !same)
		c->failed++;
	printf("%sok %u - %s: %.*s\n", same || c->update ? "" : "not ", c->n, c->file,
	       (int)strcspn(text, "\n"), text);
	if (!same && !c->update) {
		comment("-", want);
		comment("+", buf_str(&got));
	}
}

static void run_file(struct cases *c, const char *path)
{
	auto_buf file = { 0 }, text = { 0 }, want = { 0 };
	char kind[16] = "", version[16] = "";
	struct err err = { 0 };
	const char *s;

	if (file_read(path, &file, &err)) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	if (file.len && file.data[file.len - 1] != '\n')
		buf_addc(&file, '\n');
	c->file = strrchr(path, '/') + 1;
	c->out.len = 0;
	for (s = buf_str(&file); *s;) {
		size_t len = strcspn(s, "\n") + (strchr(s, '\n') != NULL);
		bool is_ks = str_starts(s, "@ks");

		if (is_ks && *kind)
			run_case(c, kind, version, buf_str(&text), buf_str(&want));
		if (is_ks) {
			kind[0] = version[0] = '\0';
			buf_clear(&text);
			buf_clear(&want);
			buf_adds(&text, "");
			sscanf(s, "@ks %15s\n", version);
			if (s[3] == '\n')
				version[0] = '\0';
			snprintf(kind, sizeof(kind), "ks");
		} else if (s[0] == '@' && strcmp(kind, "ks") == 0 &&
			   (str_starts(s, "@print\n") || str_starts(s, "@error\n") ||
			    str_starts(s, "@lint\n") || str_starts(s, "@install\n"))) {
			snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(s + 1, "\n"), s + 1);
		} else {
			buf_add(!*kind ? &c->out : strcmp(kind, "ks") == 0 ? &text : &want, s, len);
		}
		s += len;
	}
	if (*kind)
		run_case(c, kind, version, buf_str(&text), buf_str(&want));
	if (c->update && file_write(path, buf_str(&c->out), c->out.len, 0644, &err))
		printf("Bail out! %s\n", err.msg);
}

int main(void)
{
	struct cases c = { .update = getenv("KS_UPDATE") != NULL };
	glob_t found;

	if (glob("tests/cases/ks-*.case", 0, NULL, &found) != 0) {
		puts("Bail out! there are no tests/cases/ks-*.case here");
		return 1;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		run_file(&c, found.gl_pathv[i]);
	globfree(&found);
	buf_clear(&c.out);
	printf("1..%u\n", c.n);
	return c.failed ? 1 : 0;
}
