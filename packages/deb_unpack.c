#include <archive_entry.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include "base/util.h"
#include "packages/deb.h"

#define ENTRIES_MAX 1000000u

struct archive *deb_disk_new(bool as_root)
{
	struct archive *disk = archive_write_disk_new();
	int flags = ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_NO_OVERWRITE |
		    ARCHIVE_EXTRACT_SECURE_NODOTDOT;

	/* Confined by chroot(2), links may lead through /bin -> usr/bin; without it, through none. */
	flags |= as_root ? ARCHIVE_EXTRACT_OWNER : ARCHIVE_EXTRACT_SECURE_SYMLINKS;
	archive_write_disk_set_options(disk, flags);
	return disk;
}

/* "./usr/bin/" -> "usr/bin"; "" for the top; NULL for a name that leads elsewhere. Changes name. */
static char *clean_name(char *name)
{
	size_t len;

	while (name[0] == '/' || (name[0] == '.' && name[1] == '/'))
		name++;
	if (str_eq(name, "."))
		name++;
	for (len = strlen(name); len && name[len - 1] == '/';)
		name[--len] = '\0';
	for (const char *p = name; p; p = strchr(p, '/'), p += p ? 1 : 0)
		if (str_starts(p, "..") && (p[2] == '/' || !p[2]))
			return NULL;
	return name;
}

/* What a system can do without; licences stay (Debian policy, 12.5). */
static bool is_doc(const char *name)
{
	static const char *const trees[] = { "usr/share/man/", "usr/share/info/", "usr/share/doc/",
					     "usr/share/lintian/", "usr/share/linda/" };

	if (str_starts(name, "usr/share/doc/") && str_ends(name, "/copyright"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++)
		if (str_starts(name, trees[i]))
			return true;
	return false;
}

static struct deb_conffile *find_conffile(struct deb *deb, const char *name)
{
	for (size_t i = 0; i < deb->n_conffiles; i++)
		if (str_eq(deb->conffiles[i].path + 1, name))
			return &deb->conffiles[i];
	return NULL;
}

static void md5_hex(EVP_MD_CTX *md, char hex[33])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	EVP_DigestFinal_ex(md, digest, &len);
	for (unsigned i = 0; i < len && i < 16; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

struct unpack_one {
	struct deb *deb;
	struct deb_source *source;
	struct archive *disk;
	EVP_MD_CTX *md; /* NULL: no MD5 is wanted */
};

static int disk_failed(struct archive *disk, const char *name, struct err *err)
{
	int e = archive_errno(disk);

	return err_set(err, ERR_PKG_WRITE, "cannot write /%s: %s%s%s", name, archive_error_string(disk),
		       e > 0 ? ": " : "", e > 0 ? strerror(e) : "");
}

static int copy_data(struct unpack_one *u, const char *name, struct err *err)
{
	const void *block;
	la_int64_t offset;
	size_t len;
	int a;

	while ((a = archive_read_data_block(u->deb->data, &block, &len, &offset)) == ARCHIVE_OK) {
		la_ssize_t w;

		u->deb->bytes += len;
		if (u->deb->max_bytes && u->deb->bytes > u->deb->max_bytes)
			return err_set(err, ERR_SRC_DAMAGED,
				       "the package holds more than the %llu bytes that are allowed",
				       (unsigned long long)u->deb->max_bytes);
		w = archive_write_data_block(u->disk, block, len, offset);
		/* A full disk is only a warning to libarchive. */
		if (w < ARCHIVE_WARN || (w == ARCHIVE_WARN && archive_errno(u->disk)))
			return disk_failed(u->disk, name, err);
		/* Another thread made a file of that name just now: libarchive left it as it is. */
		if (w == ARCHIVE_WARN && !u->deb->conflict)
			u->deb->conflict = xasprintf("/%s", name);
		if (u->md)
			EVP_DigestUpdate(u->md, block, len);
	}
	if (a == ARCHIVE_EOF)
		return 0;
	return u->source->err.code ? err_copy(err, &u->source->err)
				   : err_set(err, ERR_SRC_DAMAGED, "the package file is damaged: %s",
					     archive_error_string(u->deb->data));
}

/* What a package may hold: files, folders and links. */
static int check_kind(struct unpack_one *u, struct archive_entry *entry, const char *name, struct err *err)
{
	mode_t type = archive_entry_filetype(entry);

	if (++u->deb->n_entries > ENTRIES_MAX)
		return err_set(err, ERR_SRC_DAMAGED, "the package holds more than %u names", ENTRIES_MAX);
	if (!archive_entry_hardlink(entry) && type != AE_IFREG && type != AE_IFDIR && type != AE_IFLNK)
		return err_set(err, ERR_SRC_DAMAGED,
			       "the package holds /%s, which is no file, folder or link", name);
	return 0;
}

/* Whether a symbolic link that stands in the way is the very same. */
static bool same_link(const char *name, struct archive_entry *entry)
{
	const char *target = archive_entry_symlink(entry);
	char there[4096];
	ssize_t n = target ? readlink(name, there, sizeof(there) - 1) : -1;

	if (n < 0)
		return false;
	there[n] = '\0';
	return str_eq(there, target);
}

static int write_entry(struct unpack_one *u, struct archive_entry *entry, const char *name, bool want_md5,
		       char md5[33], struct err *err)
{
	bool is_dir = archive_entry_filetype(entry) == AE_IFDIR && !archive_entry_hardlink(entry);
	bool is_file = archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry);
	struct stat st;
	int r = 0;

	if (!is_dir && lstat(name, &st) == 0) {
		if (!u->deb->conflict && !same_link(name, entry))
			u->deb->conflict = xasprintf("/%s", name);
		return 0;
	}
	if (archive_write_header(u->disk, entry) < ARCHIVE_WARN)
		return disk_failed(u->disk, name, err);
	if (!is_dir)
		argv_add(&u->deb->made, name);
	if (is_file) {
		if (want_md5 && !EVP_DigestInit_ex(u->md, EVP_md5(), NULL))
			abort();
		r = copy_data(u, name, err);
		if (!r && want_md5)
			md5_hex(u->md, md5);
	}
	if (archive_write_finish_entry(u->disk) < ARCHIVE_WARN && !r)
		r = disk_failed(u->disk, name, err);
	return r;
}

static int unpack_entry(struct unpack_one *u, struct archive_entry *entry, bool exclude_docs, bool all_md5,
			struct err *err)
{
	auto_free char *full = xstrdup(archive_entry_pathname(entry));
	char *name = clean_name(full), md5[33] = "";
	const char *hardlink = archive_entry_hardlink(entry);
	struct deb_conffile *conffile;
	EVP_MD_CTX *md = u->md;
	int r;

	if (!name)
		return err_set(err, ERR_SRC_DAMAGED,
			       "the package holds the name \"%s\", which leads out of its folder",
			       archive_entry_pathname(entry));
	r = check_kind(u, entry, name, err);
	if (r)
		return r;
	buf_addf(&u->deb->list, "/%s\n", *name ? name : ".");
	if (!*name || (exclude_docs && is_doc(name) && archive_entry_filetype(entry) != AE_IFDIR))
		return 0;
	archive_entry_set_pathname(entry, name);
	if (hardlink) {
		auto_free char *to = xstrdup(hardlink);
		const char *clean = clean_name(to);

		if (!clean)
			return err_set(err, ERR_SRC_DAMAGED, "the package holds a link to \"%s\"", hardlink);
		archive_entry_set_hardlink(entry, clean);
		/* With a size, libarchive would empty the file that is linked to, and wait for its content.
		 */
		archive_entry_unset_size(entry);
	}
	conffile = find_conffile(u->deb, name);
	if (!conffile && !all_md5)
		u->md = NULL;
	r = write_entry(u, entry, name, u->md, md5, err);
	u->md = md;
	if (!r && conffile && md5[0])
		memcpy(conffile->md5, md5, sizeof(md5));
	if (!r && !conffile && all_md5 && md5[0])
		buf_addf(&u->deb->md5sums, "%s  %s\n", md5, name);
	return r;
}

int deb_unpack(struct deb *deb, struct deb_source *source, struct archive *disk, bool exclude_docs,
	       struct err *err)
{
	struct unpack_one u = { .deb = deb, .source = source, .disk = disk, .md = EVP_MD_CTX_new() };
	bool all_md5 = !deb_file(deb, "md5sums");
	struct archive_entry *entry;
	int r = 0, a;

	if (!u.md)
		abort();
	while (!r && (a = archive_read_next_header(deb->data, &entry)) != ARCHIVE_EOF) {
		if (a >= ARCHIVE_WARN)
			r = unpack_entry(&u, entry, exclude_docs, all_md5, err);
		else
			r = source->err.code
				    ? err_copy(err, &source->err)
				    : err_set(err, ERR_SRC_DAMAGED, "the package file is damaged: %s",
					      archive_error_string(deb->data));
	}
	EVP_MD_CTX_free(u.md);
	return r;
}
