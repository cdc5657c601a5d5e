#include "installer/image_source.h"

#include "base/util.h"
#include "packages/groups.h"

int install_image_check(const struct ks *ks, struct err *err)
{
	const struct ks_liveimg *l = &ks->liveimg;

	if (!KS_SAID(*l))
		return 0;
	if (!str_starts(l->url, "http://") && !str_starts(l->url, "https://") &&
	    !str_starts(l->url, "file://"))
		return err_set(err, ERR_IMG_URL,
			       "%s:%u: liveimg: --url: images come from http, https or file URLs", l->at.file,
			       l->at.line);
	if (!l->checksum)
		return err_set(
			err, ERR_IMG_URL,
			"%s:%u: liveimg: give --checksum=SHA256: xenith image build printed the manifest's",
			l->at.file, l->at.line);
	return 0;
}

static void expand(const struct argv *want, struct argv *names)
{
	for (size_t i = 0; i < want->n; i++)
		if (want->v[i][0] != '@' || group_add(want->v[i] + 1, names))
			argv_add(names, want->v[i]);
}

static int check_packages(const struct ks *ks, const struct image *image, const struct argv *want,
			  struct err *err)
{
	auto_argv names = { 0 };
	auto_buf missing = { 0 };

	expand(want, &names);
	argv_sort_unique(&names);
	for (size_t i = 0; i < names.n; i++)
		if (!image_has_package(image, names.v[i]))
			buf_addf(&missing, " %s", names.v[i]);
	if (!missing.len)
		return 0;
	return err_set(err, ERR_IMG_PACKAGES,
		       "%s:%u: liveimg: the image lacks packages that this host needs:%s; add them to the "
		       "%%packages of the file, or install them in the guest, that the image is made of",
		       ks->liveimg.at.file, ks->liveimg.at.line, buf_str(&missing));
}

int install_image_open(const struct ks *ks, const struct argv *want, struct log *log, struct image **ret,
		       struct err *err)
{
	const struct ks_liveimg *l = &ks->liveimg;
	struct image_source source = {
		.url = l->url, .proxy = l->proxy, .checksum = l->checksum, .insecure = l->noverifyssl
	};
	struct image *image = NULL;
	int r = image_open(&source, log, &image, err);

	if (!r)
		r = check_packages(ks, image, want, err);
	if (r)
		image_free(image);
	else
		*ret = image;
	return r;
}
