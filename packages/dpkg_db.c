#include "packages/dpkg_db.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/control.h"

#define DB "var/lib/dpkg"

/* Without a sync of its own: one sync at the end covers all. */
static int put(const char *path, const void *data, size_t len, mode_t mode, struct err *err)
{
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	const char *p = data;

	if (fd < 0)
		return err_sys(err, "cannot create %s", path);
	if (fchmod(fd, mode))
		return err_sys(err, "cannot set the mode of %s", path);
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "cannot write %s", path);
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* How dpkg names a package's files: with the architecture where several can be installed together. */
static char *db_name(const struct deb *deb)
{
	const char *control = buf_str(deb_file(deb, "control"));
	auto_free char *name = control_field(control, "Package");
	auto_free char *arch = control_field(control, "Architecture");

	if (control_field_has(control, "Multi-Arch", "same"))
		return xasprintf("%s:%s", name ? name : "", arch ? arch : "");
	return TAKE(name);
}

int dpkg_db_write_info(const char *root, const struct deb *deb, struct err *err)
{
	auto_free char *name = db_name(deb);
	auto_free char *list = xasprintf("%s/" DB "/info/%s.list", root, name);
	auto_free char *info = path_join(root, DB "/info");
	int r = file_mkdirs(info, 0755, err);

	if (!r)
		r = put(list, buf_str(&deb->list), deb->list.len, 0644, err);
	if (!r && deb->md5sums.len) {
		auto_free char *path = xasprintf("%s/%s.md5sums", info, name);

		r = put(path, buf_str(&deb->md5sums), deb->md5sums.len, 0644, err);
	}
	for (size_t i = 0; i < deb->n_files && !r; i++) {
		const struct deb_file *f = &deb->files[i];
		auto_free char *path = xasprintf("%s/%s.%s", info, name, f->name);

		if (!str_eq(f->name, "control"))
			r = put(path, buf_str(&f->data), f->data.len, f->mode & 0111 ? 0755 : 0644, err);
	}
	return r;
}

static void add_conffiles(struct buf *b, const struct deb *deb)
{
	if (deb->n_conffiles)
		buf_adds(b, "Conffiles:\n");
	for (size_t i = 0; i < deb->n_conffiles; i++) {
		const struct deb_conffile *c = &deb->conffiles[i];

		buf_addf(b, " %s %s%s\n", c->path, c->md5[0] ? c->md5 : "newconffile",
			 c->remove_on_upgrade ? " remove-on-upgrade" : "");
	}
}

/* deb-triggers(5): only what a package is interested in is kept; what it activates is read from its own file.
 */
static void add_triggers(struct dpkg_db *db, const struct deb *deb, const char *name)
{
	const struct buf *text = deb_file(deb, "triggers");
	auto_argv lines = { 0 };

	if (text)
		argv_split(&lines, buf_str(text), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		auto_argv w = { 0 };
		const char *noawait;

		argv_split(&w, lines.v[i], " \t");
		if (w.n < 2 || !str_starts(w.v[0], "interest"))
			continue;
		noawait = str_eq(w.v[0], "interest-noawait") ? "/noawait" : "";
		if (w.v[1][0] == '/')
			argv_addf(&db->file_triggers, "%s %s%s", w.v[1], name, noawait);
		else if (!strchr(w.v[1], '/'))
			argv_addf(&db->named, "%s %s%s", w.v[1], name, noawait);
	}
}

void dpkg_db_add(struct dpkg_db *db, const struct deb *deb)
{
	const struct buf *control = deb_file(deb, "control");
	auto_free char *name = db_name(deb);
	auto_buf b = { 0 };
	const char *p = buf_str(control), *rest = strchr(p, '\n');

	/* The first field is Package. A paragraph never holds an empty line. */
	rest = rest ? rest + 1 : p + control->len;
	buf_add(&b, p, (size_t)(rest - p));
	buf_adds(&b, "Status: install ok unpacked\n");
	buf_adds(&b, rest);
	while (b.len && b.data[b.len - 1] == '\n')
		b.len--;
	buf_addc(&b, '\n');
	add_conffiles(&b, deb);
	argv_add(&db->paragraphs, buf_str(&b));
	add_triggers(db, deb, name);
}

static int write_named(const char *root, const struct dpkg_db *db, struct err *err)
{
	auto_argv sorted = { 0 };
	int r = 0;

	for (size_t i = 0; i < db->named.n; i++)
		argv_add(&sorted, db->named.v[i]);
	argv_sort_unique(&sorted);
	for (size_t i = 0; i < sorted.n && !r;) {
		size_t len = strcspn(sorted.v[i], " ");
		auto_free char *path = xasprintf("%s/" DB "/triggers/%.*s", root, (int)len, sorted.v[i]);
		const char *first = sorted.v[i];
		auto_buf text = { 0 };

		for (; i < sorted.n && !strncmp(sorted.v[i], first, len + 1); i++)
			buf_addf(&text, "%s\n", sorted.v[i] + len + 1);
		r = put(path, text.data, text.len, 0644, err);
	}
	return r;
}

static int put_in(const char *root, const char *name, const struct buf *data, mode_t mode, struct err *err)
{
	auto_free char *path = xasprintf("%s/" DB "/%s", root, name);

	return put(path, buf_str(data), data->len, mode, err);
}

/* Each with a newline behind it. */
static int put_sorted(const char *root, const char *name, const struct argv *texts, struct err *err)
{
	auto_argv sorted = { 0 };
	auto_buf all = { 0 };

	argv_addv(&sorted, texts->v);
	argv_sort_unique(&sorted);
	for (size_t i = 0; i < sorted.n; i++)
		buf_addf(&all, "%s\n", sorted.v[i]);
	return put_in(root, name, &all, 0644, err);
}

int dpkg_db_write(const char *root, const struct dpkg_db *db, struct err *err)
{
	static const char *const folders[] = { "info", "updates", "triggers", "parts", "alternatives" };
	static const struct {
		const char *name;
		mode_t mode;
	} empty[] = { { "diversions", 0644 },
		      { "lock", 0640 },
		      { "lock-frontend", 0640 },
		      { "triggers/Lock", 0600 },
		      { "triggers/Unincorp", 0644 } };
	static const struct buf nothing;
	static char one[] = "1\n";
	const struct buf format = { .data = one, .len = 2 };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && !r; i++) {
		auto_free char *path = xasprintf("%s/" DB "/%s", root, folders[i]);

		r = file_mkdirs(path, 0755, err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(empty) && !r; i++)
		r = put_in(root, empty[i].name, &nothing, empty[i].mode, err);
	if (!r)
		r = put_in(root, "info/format", &format, 0644, err);
	if (!r && db->file_triggers.n)
		r = put_sorted(root, "triggers/File", &db->file_triggers, err);
	if (!r)
		r = write_named(root, db, err);
	return r ? r : put_sorted(root, "status", &db->paragraphs, err);
}

void dpkg_db_clear(struct dpkg_db *db)
{
	argv_clear(&db->paragraphs);
	argv_clear(&db->file_triggers);
	argv_clear(&db->named);
}
