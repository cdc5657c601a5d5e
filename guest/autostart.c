#include "guest/autostart.h"

#include <dirent.h>
#include <limits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/domain.h"
#include "guest/manage.h"

char *autostart_link(const char *root, const char *folder, const char *name)
{
	auto_free char *path = xasprintf("%s%s/%s", str_eq(root, "/") ? "" : root, folder, name);
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		return NULL;
	target[n] = '\0';
	return xstrdup(strrchr(target, '/') ? strrchr(target, '/') + 1 : target);
}

int autostart_forget(const struct guest_known *guest, struct door *door, struct err *err)
{
	static const char *const folders[] = { GUEST_START_DIR, "/etc/xen/auto" };
	auto_free char *pattern = xasprintf("*/%s", strrchr(guest->file, '/') + 1);
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(folders); i++)
		if (file_exists(folders[i]))
			r = door_runl(door, err, "find", folders[i], "-maxdepth", "1", "-lname", pattern,
				      "-delete", NULL);
	return r;
}

static const struct guest_known *guest_of(const struct guest_host *host, const char *link)
{
	auto_free char *base = autostart_link(host->root, GUEST_START_DIR, link);

	for (size_t i = 0; base && i < host->n_guests; i++)
		if (str_eq(strrchr(host->guests[i].file, '/') + 1, base))
			return &host->guests[i];
	return NULL;
}

/* One link: started (1), or there is nothing to do (0), or an error. */
static int start_one(const struct guest_host *host, const struct guest_known *guest, struct door *door,
		     struct err *err)
{
	struct domain_info info = { 0 };
	int r = domain_info(guest->name, &info, err);

	if (r || info.state != DOMAIN_NONE)
		return r;
	r = guest_start(host, guest, door, err);
	return r ? r : 1;
}

int guest_autostart(const struct guest_host *host, void (*said)(const char *line), struct door *door,
		    struct err *err)
{
	struct dirent **links = NULL;
	int n = scandir(GUEST_START_DIR, &links, NULL, alphasort), first = 0;
	uint64_t delay_s = 0;

	for (int i = 0; i < n; i++) {
		const char *name = links[i]->d_name;
		const struct guest_known *guest = name[0] == '.' ? NULL : guest_of(host, name);
		auto_free char *line = NULL;
		struct err one = { 0 };
		int r;

		if (name[0] == '.')
			continue;
		if (delay_s)
			sleep((unsigned)delay_s);
		delay_s = 0;
		r = guest ? start_one(host, guest, door, &one)
			  : err_set(&one, ERR_INPUT, GUEST_START_DIR "/%s leads to no guest", name);
		if (r > 0)
			delay_s = (uint64_t)json_integer_value(json_object_get(guest->record, "delay_s"));
		line = xasprintf("%s: %s", guest ? guest->name : name,
				 r < 0   ? one.msg
				 : r > 0 ? "started"
					 : "runs");
		said(line);
		if (r < 0 && !first)
			first = err_set(err, one.code, "%s", one.msg);
	}
	for (int i = 0; i < n; i++)
		free(links[i]);
	free(links);
	return first;
}
