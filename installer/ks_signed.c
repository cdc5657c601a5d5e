#include "installer/ks_signed.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/ks_source.h"
#include "packages/fetch.h"
#include "packages/minisign.h"
#include "packages/release.h"

/* "http://192.0.2.9/ks?a=b" -> "http://192.0.2.9/ks.sig?a=b". free(3). */
static char *beside(const char *url, const char *keyring)
{
	size_t n = strcspn(url, "?#");
	auto_buf keys = { 0 };
	bool mini = !file_read(keyring, &keys, NULL) && minisign_is(&keys);

	return xasprintf("%.*s.%s%s", (int)n, url, mini ? "minisig" : "sig", url + n);
}

int ks_signed_check(const char *keyring, const char *url, bool included, const struct buf *text,
		    const struct facts *facts, struct door *door, struct err *err)
{
	auto_free char *shown = fetch_url_masked(url);
	auto_free char *guess = beside(url, keyring ? keyring : KS_KEYRING);
	auto_buf signature = { 0 };
	struct arena a = { 0 };
	const char *said =
		facts->cmdline && !included ? facts_cmdline_get(&a, facts->cmdline, "ks.sig") : NULL;
	int r = 0;

	/* One that was named must be there; the medium's own need not. */
	if ((keyring || file_exists(KS_KEYRING)) && !str_starts(url, "file:")) {
		r = ks_source_read(said ? said : guess, facts, door, &signature, err);
		if (r)
			r = err_set(err, ERR_KS_SIGNATURE,
				    "%s: this medium takes signed kickstart files only, and: %s", shown,
				    err->msg);
		else
			r = release_verify_detached(text, &signature, keyring ? keyring : KS_KEYRING,
						    door->log, err);
		if (r) {
			if (err->code == ERR_FETCH) /* it is no mirror's Release file */
				err_about(err, ERR_KS_SIGNATURE, true);
			err_wrap(err, "%s", shown);
		}
	}
	arena_clear(&a);
	return r;
}
