/*
 * Fuzz the kickstart parser: any bytes must parse, be checked and print, as text and as data, without a
 * crash; what parses without an error must print to text that parses without one and prints the same.
 *
 * With libFuzzer link LLVMFuzzerTestOneInput alone (-DFUZZER); else main() replays the files that it is
 * given.
 */
#include "kickstart/excerpt.h"
#include "kickstart/json.h"
#include "kickstart/ks.h"
#include "tests/fuzz/replay.h"

static int no_include(void *arg, const char *path, const char *from, struct buf *ret, struct err *err)
{
	(void)arg, (void)from, (void)err;
	/* A file that includes itself under new names must come to an end too. */
	if (strlen(path) < 4)
		buf_addf(ret, "%%include x%s\n", path);
	return 0;
}

static void ignore(void *arg, const char *secret)
{
	*(size_t *)arg += strlen(secret);
}

static void print_again(const struct ks *ks, bool others, struct buf *first)
{
	struct ks_parse_opts opts = { .others = others, .include = no_include };
	struct ks_diags diags = { 0 };
	auto_buf second = { 0 };
	struct ks again;

	ks_print(ks, false, first);
	ks_parse("printed", first->data, first->len, &opts, &again, &diags, NULL);
	if (ks_diags_errors(&diags) == 0)
		ks_print(&again, false, &second);
	if (strcmp(buf_str(first), buf_str(&second)) != 0)
		abort();
	ks_clear(&again);
	ks_diags_clear(&diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ks_parse_opts opts = { .others = size % 2, .include = no_include };
	struct ks_diags diags = { 0 };
	auto_buf text = { 0 }, printed = { 0 };
	size_t secrets = 0;
	struct ks ks;

	buf_add(&text, data, size);
	ks_parse("fuzz", buf_str(&text), size, &opts, &ks, &diags, NULL);
	ks_secrets(&ks, ignore, &secrets);
	if (ks_diags_errors(&diags) == 0)
		print_again(&ks, opts.others, &printed);
	else
		ks_print(&ks, true, &printed);
	ks_check_install(&ks, &diags);
	printed.len = 0;
	ks_diags_print(&diags, &printed);
	for (size_t i = 0; i < diags.n && i < 100; i++)
		ks_diag_excerpt(&diags.v[i], buf_str(&text), size, &printed);
	json_decref(ks_json(&ks, size % 3));
	ks_clear(&ks);
	ks_diags_clear(&diags);
	return 0;
}
