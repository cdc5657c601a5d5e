/* Without libFuzzer (-DFUZZER): a main() that gives the harness the files that it is given. */
#ifndef TESTS_FUZZ_REPLAY_H
#define TESTS_FUZZ_REPLAY_H

#include "base/file.h"
#include "base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifndef FUZZER
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct err err = { 0 };
		auto_buf b = { 0 };

		if (file_read(argv[i], &b, &err)) {
			fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)buf_str(&b), b.len);
	}
	return 0;
}
#endif

#endif
