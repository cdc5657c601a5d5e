/* Fuzz the reader of minisign's files: any file as a signature and as the keys, of any text. */
#include "packages/minisign.h"
#include "tests/fuzz/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The public key's file; then the signature's. */
	const uint8_t *cut = size ? memchr(data, '%', size) : NULL;
	size_t keys_len = cut ? (size_t)(cut - data) : size;
	auto_buf keys = { 0 }, signature = { 0 }, text = { 0 };
	struct err err = { 0 };

	buf_add(&keys, data, keys_len);
	buf_add(&signature, cut ? cut + 1 : data, cut ? size - keys_len - 1 : size);
	buf_adds(&text, "lang C\n");
	minisign_is(&keys);
	minisign_check_keys(&keys, "keys", &err);
	/* The text is nobody's: only one that signed just this may pass. */
	if (!minisign_verify(&text, &signature, &keys, "keys", NULL, &err) &&
	    !strstr(buf_str(&signature), "fuzz"))
		abort();
	return 0;
}
