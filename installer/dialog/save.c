/* The kickstart file, put where it can be used again; and the logs. */
#include <sys/mount.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/dialog/question.h"
#include "installer/dialog/upload.h"

#define SAVE_DIR "/run/xenith/save"

/* "hd:DEVICE:/PATH", as ks= reads it. */
static int to_device(const struct dialog *d, const char *where, const struct buf *text, struct err *err)
{
	const char *colon = strchr(where + 3, ':');
	auto_free char *name = colon ? xstrndup(where + 3, (size_t)(colon - where - 3)) : NULL;
	auto_free char *node = NULL;
	auto_free char *path = NULL;
	int r;

	if (!colon || colon[1] != '/' || !*name)
		return err_set(err, ERR_INPUT, "%s: wants hd:DEVICE:/PATH, hd:sdb1:/host.ks for example",
			       where);
	node = str_starts(name, "/dev/") ? xstrdup(name) : xasprintf("/dev/%s", name);
	path = path_join(SAVE_DIR, colon + 1);
	r = door_mkdirs(d->opts->door, SAVE_DIR, 0700, err);
	if (!r)
		r = door_mount(d->opts->door, node, SAVE_DIR, "vfat", MS_NODEV | MS_NOSUID | MS_NOEXEC, NULL,
			       NULL);
	if (r)
		r = door_mount(d->opts->door, node, SAVE_DIR, "ext4", MS_NODEV | MS_NOSUID | MS_NOEXEC, NULL,
			       err);
	if (r)
		return r;
	r = file_write(path, text->data, text->len, 0600, err);
	sync();
	if (door_umount(d->opts->door, SAVE_DIR, 0, r ? NULL : err) && !r)
		r = -err->code;
	return r;
}

static int save_to(const struct dialog *d, const char *where, const char *password, const char *fingerprint,
		   const struct buf *text, struct err *err)
{
	if (str_starts(where, "hd:"))
		return to_device(d, where, text, err);
	if (strstr(where, "://"))
		return upload_put(where, password, fingerprint, text, err);
	return file_write(where, text->data, text->len, 0600, err);
}

/* Whether "scp://user@host/" still lacks its password. */
static bool lacks_password(const char *url)
{
	const char *name = strstr(url, "://");
	size_t n = name ? strcspn(name + 3, "/@") : 0;

	return upload_by_ssh(url) && !(name[3 + n] == '@' && memchr(name + 3, ':', n));
}

/* What went wrong, its code and the next step. */
static void say_failed(const char *title, const struct err *err)
{
	const struct err_entry *entry = err_entry(err);
	auto_free char *text = xasprintf("%s\n\n%s: %s", err->msg, entry->code, entry->next);

	ui_message(title, text);
}

/* Whoever runs this on a machine of their own has met servers before. */
static char *known_hosts(void)
{
	const char *home = getenv("HOME");
	auto_free char *own = home ? path_join(home, ".ssh/known_hosts") : NULL;

	return own && file_exists(own) ? TAKE(own) : xstrdup("/etc/ssh/ssh_known_hosts");
}

/* Whether the server is the one that is meant; before it is told anything. */
static bool right_server(const struct dialog *d, const char *title, const char *url, struct upload_key *key)
{
	auto_free char *known = known_hosts();
	auto_free char *text = NULL;
	struct err err = { 0 };
	bool sure = false;
	int r;

	ui_busy("Looking at the server ...");
	r = upload_see_key(url, known, key, &err);
	if (!r)
		r = upload_key_check(url, key, d->opts->hostkeys, &sure, &err);
	if (r) {
		err_about(&err, ERR_RUN_SAVE, false);
		say_failed(title, &err);
		return false;
	}
	text = xasprintf(
		"The server's host key is not known here. Its fingerprint:\n\n%s (%s)\n\nssh-keygen -lf "
		"/etc/ssh/ssh_host_*_key.pub prints it on the server. Is it this one?",
		key->fingerprint, key->type);
	return sure || ui_yesno(title, text);
}

void save_ask(const struct dialog *d, const char *title, const char *prompt, const struct buf *text)
{
	char where[256] = "", password[128] = "";
	struct ui_field field = { "Where", where, sizeof(where), false };
	struct ui_field secret = { "Password", password, sizeof(password), true };
	struct upload_key key = { 0 };
	struct err err = { 0 };

	if (ui_form(title, prompt, &field, 1) != UI_NEXT || !*where)
		return;
	if (upload_by_ssh(where) && !right_server(d, title, where, &key))
		return;
	if (lacks_password(where) &&
	    ui_form(title, "The password of that account. Empty: by a key of this machine's root.", &secret,
		    1) != UI_NEXT)
		return;
	ui_busy("Saving ...");
	if (save_to(d, where, password, key.fingerprint, text, &err)) {
		err_about(&err, ERR_RUN_SAVE, false);
		say_failed(title, &err);
	} else
		ui_message(title, "Saved.");
	explicit_bzero(password, sizeof(password));
}
