#include "packages/xz.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <glob.h>
#include <lzma.h>
#include <sys/mman.h>

#include "base/file.h"
#include "base/util.h"

#define BLOCK_BYTES 262144
/* dpkg-deb's highest preset needs 65 MiB. */
#define MEMORY_MAX  (128u << 20)

/* AddressSanitizer can't have the same library twice. */
#if defined(__SANITIZE_ADDRESS__)
#define CAN_LOAD 0
#else
#define CAN_LOAD 1
#endif

struct xz_lib {
	void *handle; /* dlopen(3); NULL: linked */
	typeof(lzma_stream_decoder) *stream_decoder;
	typeof(lzma_code) *code;
	typeof(lzma_end) *end;
};

static const struct xz_lib linked = { .stream_decoder = lzma_stream_decoder,
				      .code = lzma_code,
				      .end = lzma_end };

/* A copy in memory: a library in use would keep the new file system from being unmounted. */
static void *load(const char *path)
{
	auto_close int fd = memfd_create("liblzma", MFD_CLOEXEC);
	auto_buf data = { 0 };
	auto_free char *self = xasprintf("/proc/self/fd/%d", fd);

	if (fd < 0 || file_read(path, &data, NULL))
		return NULL;
	for (size_t done = 0; done < data.len;) {
		ssize_t n = write(fd, data.data + done, data.len - done);

		if (n <= 0)
			return NULL;
		done += (size_t)n;
	}
	return dlopen(self, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
}

static struct xz_lib *open_library(const char *path, struct log *log)
{
	struct xz_lib *lib = xcalloc(1, sizeof(*lib));
	typeof(lzma_version_number) *version;
	typeof(lzma_version_string) *text;

	lib->handle = load(path);
	if (!lib->handle) {
		free(lib);
		return NULL;
	}
	version = (typeof(version))dlsym(lib->handle, "lzma_version_number");
	text = (typeof(text))dlsym(lib->handle, "lzma_version_string");
	lib->stream_decoder = (typeof(lib->stream_decoder))dlsym(lib->handle, "lzma_stream_decoder");
	lib->code = (typeof(lib->code))dlsym(lib->handle, "lzma_code");
	lib->end = (typeof(lib->end))dlsym(lib->handle, "lzma_end");
	if (!version || !text || !lib->stream_decoder || !lib->code || !lib->end ||
	    version() <= lzma_version_number()) {
		xz_lib_close(lib);
		return NULL;
	}
	log_printf(log, "xz by %s: liblzma %s, instead of %s", path, text(), lzma_version_string());
	return lib;
}

struct xz_lib *xz_lib_open(const char *root, struct log *log)
{
	auto_free char *pattern = path_join(root, "usr/lib/*/liblzma.so.5");
	struct xz_lib *lib = NULL;
	glob_t found;

	if (!CAN_LOAD || glob(pattern, 0, NULL, &found))
		return NULL;
	for (size_t i = 0; i < found.gl_pathc && !lib; i++)
		lib = open_library(found.gl_pathv[i], log);
	globfree(&found);
	return lib;
}

void xz_lib_close(struct xz_lib *lib)
{
	if (lib)
		dlclose(lib->handle);
	free(lib);
}

struct xz {
	const struct xz_lib *lib;
	xz_read_fn fn;
	void *arg;
	lzma_stream stream;
	bool ended;
	const char *why;
	size_t step; /* bytes of a block that are used */
	unsigned char block[BLOCK_BYTES];
};

static const char *reason(lzma_ret code)
{
	switch (code) {
	case LZMA_MEMLIMIT_ERROR:
		return "it wants too much memory to be decompressed";
	case LZMA_FORMAT_ERROR:
		return "it is not in xz format";
	case LZMA_BUF_ERROR:
		return "its xz data ends too early";
	default:
		return "its xz data is damaged";
	}
}

struct xz *xz_new(const struct xz_lib *lib, xz_read_fn fn, void *arg)
{
	struct xz *xz = xcalloc(1, sizeof(*xz));

	xz->lib = lib ? lib : &linked;
	xz->fn = fn;
	xz->arg = arg;
	xz->step = sizeof(xz->block);
	xz_restart(xz);
	return xz;
}

void xz_set_step(struct xz *xz, size_t bytes)
{
	xz->step = MIN(MAX(bytes, (size_t)1), sizeof(xz->block));
}

/* liblzma keeps the memory of the stream before. */
void xz_restart(struct xz *xz)
{
	lzma_ret code = xz->lib->stream_decoder(&xz->stream, MEMORY_MAX, LZMA_CONCATENATED);

	xz->ended = false;
	xz->why = code == LZMA_OK ? NULL : reason(code);
	xz->stream.next_in = NULL;
	xz->stream.avail_in = 0;
}

void xz_free(struct xz *xz)
{
	if (xz)
		xz->lib->end(&xz->stream);
	free(xz);
}

ssize_t xz_read(struct xz *xz, const void **data)
{
	bool at_end = false;

	if (xz->ended)
		return 0;
	xz->stream.next_out = xz->block;
	xz->stream.avail_out = xz->step;
	while (!xz->why && !xz->ended && xz->stream.avail_out) {
		const void *in = NULL;
		lzma_ret code;

		if (!xz->stream.avail_in && !at_end) {
			ssize_t n = xz->fn(xz->arg, &in);

			if (n < 0)
				return -1;
			at_end = n == 0;
			xz->stream.next_in = in;
			xz->stream.avail_in = (size_t)n;
		}
		code = xz->lib->code(&xz->stream, at_end ? LZMA_FINISH : LZMA_RUN);
		if (code == LZMA_STREAM_END)
			xz->ended = true;
		else if (code != LZMA_OK)
			xz->why = reason(code);
	}
	if (xz->why)
		return -1;
	*data = xz->block;
	return (ssize_t)(xz->step - xz->stream.avail_out);
}

const char *xz_why(const struct xz *xz)
{
	return xz->why;
}
