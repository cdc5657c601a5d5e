/* The table of hosts, and which of them start from their disks. */
#include <ctype.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "iso-build/grub_words.h"
#include "iso-build/pxe.h"
#include "template/table.h"

void pxe_hosts_clear(struct pxe_host *hosts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(hosts[i].mac);
		free(hosts[i].name);
		free(hosts[i].ks);
		free(hosts[i].append);
	}
	free(hosts);
}

/* "52-54-00-12-34-10" in any case -> "52:54:00:12:34:10"; NULL if it is none. free(3). */
static char *mac_of(const char *text)
{
	auto_free char *mac = xstrdup(text);

	if (strlen(mac) != 17)
		return NULL;
	for (size_t i = 0; i < 17; i++) {
		if (i % 3 == 2 && (mac[i] == ':' || mac[i] == '-'))
			mac[i] = ':';
		else if (i % 3 != 2 && isxdigit((unsigned char)mac[i]))
			mac[i] = (char)tolower((unsigned char)mac[i]);
		else
			return NULL;
	}
	return TAKE(mac);
}

/* A name of the table that may stand in file names, dnsmasq's lines and scripts. */
static bool name_ok(const char *name)
{
	return *name && *name != '-' && *name != '.' &&
	       !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")];
}

static char *value_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text && *text ? xstrdup(text) : NULL;
}

static void read_row(const struct tmpl_row *row, struct tmpl_at at, const struct pxe_host *before, size_t n,
		     struct pxe_host *h, struct tmpl_errors *errors)
{
	auto_free char *mac = value_of(row->values, "mac");
	struct err err = { 0 };

	h->mac = mac ? mac_of(mac) : NULL;
	h->name = value_of(row->values, "name");
	h->ks = value_of(row->values, "ks");
	h->append = value_of(row->values, "append");
	if (!h->mac)
		tmpl_error(errors, at, "mac", "%s%s is wanted: six bytes in hexadecimal, 52:54:00:12:34:10",
			   mac ? mac : "",
			   mac ? " is no MAC address; one" : "the MAC address of the host's NIC");
	for (size_t i = 0; h->mac && i < n; i++)
		if (str_eq(before[i].mac, h->mac))
			tmpl_error(errors, at, "mac", "%s stands in the table twice", h->mac);
	if (!h->ks)
		tmpl_error(errors, at, "ks", "the URL of the host's kickstart file is wanted");
	else if (strpbrk(h->ks, " \t") || grub_check_words("ks", h->ks, &err))
		tmpl_error(errors, at, "ks", "%s: no blanks, quotes or backslashes", h->ks);
	if (h->name && !name_ok(h->name))
		tmpl_error(errors, at, "name", "%s is no host name", h->name);
	if (h->append && grub_check_words("append", h->append, &err))
		tmpl_error(errors, at, "append", "%s", err.msg);
}

int pxe_hosts_read(const char *file, struct pxe_host **ret, size_t *n, struct err *err)
{
	struct tmpl_errors errors = { 0 };
	struct tmpl_table table = { 0 };
	struct pxe_host *hosts;
	auto_buf text = { 0 };
	int r = file_read(file, &text, err);

	if (r)
		return r;
	tmpl_table_parse(file, buf_str(&text), text.len, &table, &errors);
	hosts = xcalloc(table.n + 1, sizeof(*hosts));
	for (size_t i = 0; i < table.n; i++)
		read_row(&table.v[i], (struct tmpl_at){ file, table.v[i].line }, hosts, i, &hosts[i],
			 &errors);
	if (errors.n) {
		r = err_set(err, ERR_ISO_HOSTS, "%s", buf_str(&errors.text));
		pxe_hosts_clear(hosts, table.n);
	} else {
		*ret = hosts;
		*n = table.n;
	}
	tmpl_errors_clear(&errors);
	tmpl_table_clear(&table);
	return r;
}

/* "xen11" is xen11.example.org, too. */
static bool same_host(const char *name, const char *word)
{
	size_t a = strcspn(name, "."), b = strcspn(word, ".");

	return str_eq(name, word) || (a == b && strncmp(name, word, a) == 0 && (!name[a] || !word[b]));
}

static int write_marks(const char *dir, const char *mac, struct err *err)
{
	auto_free char *dashes = pxe_mac_dashes(mac);
	auto_free char *ipxe = xasprintf("%s/" PXE_LOCAL_DIR "/%s.ipxe", dir, dashes);
	auto_free char *grub = xasprintf("%s/" PXE_LOCAL_DIR "/%s.cfg", dir, mac);
	auto_buf a = { 0 };
	auto_buf b = { 0 };
	int r;

	pxe_text_ipxe_local(&a);
	pxe_text_grub_local(&b);
	r = file_write(ipxe, a.data, a.len, 0644, err);
	return r ? r : file_write(grub, b.data, b.len, 0644, err);
}

static int remove_marks(const char *dir, const char *mac, struct err *err)
{
	auto_free char *dashes = pxe_mac_dashes(mac);
	auto_free char *ipxe = xasprintf("%s/" PXE_LOCAL_DIR "/%s.ipxe", dir, dashes);
	auto_free char *grub = xasprintf("%s/" PXE_LOCAL_DIR "/%s.cfg", dir, mac);

	if (unlink(ipxe) && errno != ENOENT)
		return err_sys(err, "cannot remove %s", ipxe);
	return file_write(grub, PXE_GRUB_INSTALLS, strlen(PXE_GRUB_INSTALLS), 0644, err);
}

int pxe_set_local(const char *dir, const char *host, bool install, struct err *err)
{
	auto_free char *file = path_join(dir, PXE_HOSTS_FILE);
	auto_free char *mac = mac_of(host);
	auto_argv lines = { 0 };
	auto_buf text = { 0 };
	bool found = false;
	int r = file_read(file, &text, err);

	argv_split(&lines, buf_str(&text), "\n");
	for (size_t i = 0; !r && i < lines.n; i++) {
		auto_argv words = { 0 };

		argv_split(&words, lines.v[i], " ");
		if (!words.n || !(str_eq(words.v[0], mac) || (words.n > 1 && same_host(words.v[1], host))))
			continue;
		found = true;
		r = (install ? remove_marks : write_marks)(dir, words.v[0], err);
	}
	if (!r && !found)
		r = err_set(err, ERR_ISO_HOSTS, "%s: %s has no such host, neither by name nor by MAC", host,
			    file);
	return r;
}
