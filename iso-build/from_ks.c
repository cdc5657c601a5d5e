#include "iso-build/from_ks.h"

#include "base/file.h"
#include "base/util.h"
#include "kickstart/ks.h"

void ks_source_clear(struct ks_source *source)
{
	free(source->base);
	free(source->suite);
	free(source->proxy);
	*source = (struct ks_source){ 0 };
}

bool ks_split_url(const char *url, char **base, char **suite)
{
	const char *at = strstr(url, "/dists/");
	size_t n;

	if (!at)
		return false;
	n = strcspn(at + 7, "/");
	if (!n || strspn(at + 7 + n, "/") != strlen(at + 7 + n))
		return false;
	*base = xstrndup(url, (size_t)(at - url));
	*suite = xstrndup(at + 7, n);
	return true;
}

int iso_check_ks(const char *path, struct ks_source *ret, struct err *err)
{
	struct ks_diags diags = { 0 };
	struct ks_parse_opts opts = { 0 };
	struct ks ks = { 0 };
	auto_buf text = { 0 };
	int r = file_read(path, &text, err);

	if (r)
		return r;
	ks_parse(path, buf_str(&text), text.len, &opts, &ks, &diags, NULL);
	ks_check_install(&ks, &diags);
	if (ks_diags_errors(&diags)) {
		auto_buf b = { 0 };

		ks_diags_print(&diags, &b);
		r = err_set(err, ERR_KS_FAULTS, "%s", buf_str(&b));
	} else if (ret && ks.url.url) {
		ks_split_url(ks.url.url, &ret->base, &ret->suite);
		ret->proxy = ks.url.proxy ? xstrdup(ks.url.proxy) : NULL;
	}
	ks_diags_clear(&diags);
	ks_clear(&ks);
	return r;
}
