#include "base/util.h"
#include "cli/cli.h"
#include "packages/image.h"

struct values {
	const char *url, *checksum, *keyring, *proxy;
};

static const struct opt opts[] = {
	{ "--url", 0, OPT_STR, offsetof(struct values, url), "URL", "the image (http, https, file)" },
	{ "--checksum", 0, OPT_STR, offsetof(struct values, checksum), "SHA256",
	  "of its manifest or of the file" },
	{ "--keyring", 0, OPT_STR, offsetof(struct values, keyring), "FILE",
	  "it must be signed by one of these keys" },
	{ "--proxy", 0, OPT_STR, offsetof(struct values, proxy), "URL", "fetch through this proxy" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct image_source source = {
		.url = v->url, .proxy = v->proxy, .checksum = v->checksum, .keyring = v->keyring
	};
	struct door door = { 0 };
	struct image *image = NULL;
	int r;

	if (!v->url)
		return err_set(err, ERR_USAGE, "xenith image unpack: wants --url URL");
	r = image_open(&source, NULL, &image, err);
	if (!r)
		r = image_unpack(image, args->v[0], &door, NULL, err);
	if (!r)
		printf("%s: %zu packages, %.1f MB\n", args->v[0], image_n_packages(image),
		       (double)image_unpacked_bytes(image) / 1e6);
	image_free(image);
	return r;
}

const struct command cmd_image_unpack = {
	.name = "image unpack",
	.args = "DIR",
	.summary = "Stream an image into a folder, checking it on the way",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
