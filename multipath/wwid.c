/* WWIDs as people write them. */
#include <ctype.h>

#include "base/util.h"
#include "multipath/multipath.h"

static bool all_hex(const char *s)
{
	return *s && strspn(s, "0123456789abcdef") == strlen(s);
}

/* Behind the type digit: NAA 6 has 32 digits, the other NAA kinds 16 (SPC-5 7.7.6.6). */
static bool is_naa(const char *s)
{
	size_t n = strlen(s);

	return all_hex(s) && ((n == 32 && *s == '6') || (n == 16 && strchr("235", *s)));
}

char *mpath_wwid(const char *text)
{
	auto_free char *lower = xstrdup(text);
	const char *s = lower;
	bool hex = false;

	for (char *p = lower; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	if (str_starts(s, "/dev/disk/by-id/"))
		s += strlen("/dev/disk/by-id/");
	if (str_starts(s, "wwn-"))
		s += 4;
	else if (str_starts(s, "scsi-") || str_starts(s, "dm-uuid-mpath-"))
		s += str_starts(s, "scsi-") ? strlen("scsi-") : strlen("dm-uuid-mpath-");
	if (str_starts(s, "eui."))
		return xasprintf("2%s", s + 4);
	if (str_starts(s, "0x") || str_starts(s, "naa.")) {
		s += *s == '0' ? 2 : 4;
		hex = true;
	}
	if (hex || is_naa(s))
		return xasprintf("3%s", s);
	/* T10 names and iSCSI names keep their case: it tells them apart. */
	return all_hex(s) ? xstrdup(s) : xstrdup(text);
}

struct mpath_lun *mpath_find(const struct mpath *san, const char *wwid)
{
	auto_free char *want = mpath_wwid(wwid);
	size_t from = 0, to = san->n_luns;

	/* They stand in order. */
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int r = strcmp(san->luns[mid].wwid, want);

		if (r == 0)
			return &san->luns[mid];
		if (r < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return NULL;
}
