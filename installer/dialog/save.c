/* The kickstart file, put where it can be used again; and the logs. */
#include <curl/curl.h>
#include <sys/mount.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/dialog/question.h"
#include "packages/fetch.h"

#define SAVE_DIR  "/run/xenith/save"
#define TIMEOUT_S 60L

static size_t give(char *to, size_t size, size_t n, void *arg)
{
	struct buf *left = arg;
	size_t len = MIN(size * n, left->len);

	memcpy(to, left->data, len);
	left->data += len;
	left->len -= len;
	return len;
}

static bool by_ssh(const char *url)
{
	return str_starts(url, "scp://") || str_starts(url, "sftp://");
}

/* HTTP PUT, or scp and sftp with this password; without one, with the key that libcurl finds. */
static int upload(const char *url, const char *password, const struct buf *text, struct err *err)
{
	auto_free char *shown = fetch_url_masked(url);
	struct buf left = *text;
	char why[CURL_ERROR_SIZE] = "";
	CURL *curl = curl_easy_init();
	CURLcode code;

	if (!curl)
		return err_set(err, ERR_SYS, "cannot save: no libcurl");
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,scp,sftp");
	if (*password)
		curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(curl, CURLOPT_READDATA, &left);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)text->len);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	code = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	if (code != CURLE_OK)
		return err_set(err, ERR_FETCH, "cannot save to %s: %s", shown,
			       *why ? why : curl_easy_strerror(code));
	return 0;
}

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

static int save_to(const struct dialog *d, const char *where, const char *password, const struct buf *text,
		   struct err *err)
{
	if (str_starts(where, "hd:"))
		return to_device(d, where, text, err);
	if (strstr(where, "://"))
		return upload(where, password, text, err);
	return file_write(where, text->data, text->len, 0600, err);
}

/* Whether "scp://user@host/" still lacks its password. */
static bool lacks_password(const char *url)
{
	const char *name = strstr(url, "://");
	size_t n = name ? strcspn(name + 3, "/@") : 0;

	return by_ssh(url) && !(name[3 + n] == '@' && memchr(name + 3, ':', n));
}

void save_ask(const struct dialog *d, const char *title, const char *prompt, const struct buf *text)
{
	char where[256] = "", password[128] = "";
	struct ui_field field = { "Where", where, sizeof(where), false };
	struct ui_field secret = { "Password", password, sizeof(password), true };
	struct err err = { 0 };

	if (ui_form(title, prompt, &field, 1) != UI_NEXT || !*where)
		return;
	if (lacks_password(where) &&
	    ui_form(title, "The password of that account. Empty: by a key of this machine's root.", &secret,
		    1) != UI_NEXT)
		return;
	ui_busy("Saving ...");
	ui_message(title, save_to(d, where, password, text, &err) ? err.msg : "Saved.");
	explicit_bzero(password, sizeof(password));
}
