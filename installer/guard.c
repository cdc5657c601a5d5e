/* Nothing is installed over a host by accident. */
#include "installer/guard.h"

#include "base/util.h"

#define TOKEN "allow-token="

/* The token that the file says, NULL: none. */
static const char *said(const struct ks *ks)
{
	const char *how = ks->guard.reinstall;

	return how && str_starts(how, TOKEN) ? how + strlen(TOKEN) : NULL;
}

int guard_check(const struct ks *ks, const struct disk_plan *disk, struct err *err)
{
	const char *token = said(ks);
	auto_buf b = { 0 };
	const char *fits = NULL;

	if (str_eq(ks->guard.reinstall, "allow"))
		return 0;
	for (size_t i = 0; i < disk->n_disks; i++) {
		const struct disk_target *t = &disk->disks[i];
		const struct disk_host *h = t->disk->host;

		if ((!t->wipe && !t->keep) || !h || str_eq(token, h->token))
			continue;
		if (b.len && str_eq(fits, h->token))
			continue; /* another disk of the same install */
		fits = h->token;
		buf_addf(&b, "%sdisk %s holds the Xenith host %s, installed %s; its token is %s",
			 b.len ? "\n  " : "", t->id, h->hostname, h->installed, h->token);
	}
	if (!b.len)
		return 0;
	if (KS_SAID(ks->guard))
		return err_set(err, ERR_DISK_TOKEN,
			       "%s:%u: guard --reinstall=%s: %s\nto install over it, say \"guard "
			       "--reinstall=allow-token=\" with that token; the next install makes a new one",
			       ks->guard.at.file, ks->guard.at.line, token ? TOKEN "***" : "deny",
			       buf_str(&b));
	return err_set(
		err, ERR_DISK_GUARD,
		"%s\nto install over it, add \"guard --reinstall=allow-token=\" with that token to %%addon "
		"xenith; the next install makes a new one",
		buf_str(&b));
}

void guard_forget(struct facts *facts, const char *token)
{
	for (size_t i = 0; i < facts->n_disks; i++)
		if (facts->disks[i].host && str_eq(facts->disks[i].host->token, token))
			facts->disks[i].host = NULL;
}
