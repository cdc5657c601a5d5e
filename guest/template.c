#include "guest/template.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/inside.h"
#include "guest/manage.h"
#include "guest/owner.h"
#include "guest/template_ks.h"
#include "packages/settle.h"
#include "packages/unshare.h"

/* No template has this name; what a run that was killed left is written over. */
#define UNDER_WAY GUEST_IMAGE_DIR "/.new"
#define FS_MIB    64

struct names {
	char *image, *ks;
};

static void names_clear(struct names *n)
{
	free(n->image);
	free(n->ks);
}

#define auto_names __attribute__((cleanup(names_clear))) struct names

static struct names names_of(const char *name)
{
	return (struct names){ .image = xasprintf(GUEST_IMAGE_DIR "/%s.img", name),
			       .ks = xasprintf(GUEST_TEMPLATE_DIR "/%s.ks", name) };
}

/* One command at a time; *lock is closed behind it. */
static int begin(const char *name, int *lock, struct door *door, struct err *err)
{
	int r;

	if (!guest_name_ok(name))
		return err_set(err, ERR_USAGE,
			       "\"%s\" can't name a template: letters, digits, and . _ - between them; at "
			       "most 63",
			       name);
	/* An image has whatever was private to a guest and is not known as such. */
	r = door_mkdirs(door, GUEST_IMAGE_DIR, 0700, err);
	if (r)
		return r;
	*lock = open(GUEST_IMAGE_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*lock < 0)
		return err_sys(err, "cannot open " GUEST_IMAGE_DIR);
	return flock(*lock, LOCK_EX | LOCK_NB)
		       ? err_set(err, ERR_GUEST_BUSY, "another xenith is at work on a template")
		       : 0;
}

static int must_be_free(const char *name, const struct names *names, struct err *err)
{
	const char *there = file_exists(names->ks) ? names->ks : names->image;

	if (!file_exists(there))
		return 0;
	return err_set(err, ERR_GUEST_THERE,
		       "there is a template %s already (%s); xenith guest template --delete %s removes it",
		       name, there, name);
}

static const struct guest_volume *first_disk(const struct guest_volumes *vols)
{
	for (size_t i = 0; i < vols->n; i++)
		if (!vols->v[i].read_only && vols->v[i].target)
			return &vols->v[i];
	return NULL;
}

static int check_disk(const struct guest_known *guest, const struct guest_volume *v, struct door *door,
		      struct err *err)
{
	if (!v || (!v->lv && !file_exists(v->target)))
		return err_set(err, ERR_GUEST_DISK, "guest %s: %s%s", guest->name,
			       v ? v->target : "it has no disk that it could write to",
			       v ? " is not there" : "");
	if (guest_inside_whole(v->target, door))
		return 0;
	return err_set(err, ERR_GUEST_DISK,
		       "guest %s: %s has partitions, or no ext or XFS file system: a template is made of a "
		       "root on a whole disk; xenith guest clone copies any",
		       guest->name, v->target);
}

struct compose {
	struct image_build build;
	struct image_sums *sums;
	struct log *log;
};

static int compose_call(void *arg, struct err *err)
{
	struct compose *c = arg;

	return image_build(&c->build, c->log, c->sums, err);
}

static int compose(const struct guest_known *guest, const char *disk, unsigned level,
		   struct template_root *root, struct image_sums *sums, struct door *door, struct err *err)
{
	struct compose c = {
		.build = { .out = UNDER_WAY, .level = level, .epoch_s = settle_epoch(), .used = true },
		.sums = sums,
		.log = door->log
	};
	struct guest_inside in = { 0 };
	auto_argv disks = { 0 };
	int r;

	argv_add(&disks, disk);
	unshare_mounts(); /* what is mounted ends with this process, whatever ends that */
	r = guest_inside_open(&disks, guest->name, 0, NULL, &in, door, err);
	if (r)
		return r;
	c.build.root = in.root;
	r = in.root ? template_root_read(in.root, root, err)
		    : err_set(err, ERR_MACHINE, "%s has no /etc/machine-id", disk);
	if (r)
		err_wrap(err, "guest %s: no template can be made of it, but xenith guest clone copies it",
			 guest->name);
	else
		r = door_call(door, "compose " UNDER_WAY, compose_call, &c, err);
	return guest_inside_close(&in, r, door, err);
}

static int publish_call(void *arg, struct err *err)
{
	return chmod(UNDER_WAY, 0600) || rename(UNDER_WAY, arg) ? err_sys(err, "cannot make %s", (char *)arg)
								: 0;
}

/* The image, and last what makes it a template. */
static int publish(const struct names *names, const struct guest_known *guest,
		   const struct template_root *root, const struct image_sums *sums, struct door *door,
		   struct err *err)
{
	const struct template_image image = { .guest = guest->name,
					      .path = names->image,
					      .checksum = sums->manifest,
					      .min_mib = (sums->unpacked_bytes * 6 / 5 >> 20) + FS_MIB,
					      .made = time(NULL) };
	auto_free char *what = xasprintf("rename " UNDER_WAY " to %s", names->image);
	auto_buf text = { 0 };
	int r;

	template_ks_print(root, &image, &text);
	r = door_call(door, what, publish_call, names->image, err);
	if (r)
		return r;
	r = door_write(door, names->ks, text.data, text.len, 0644, err);
	if (r)
		door_remove(door, names->image, NULL);
	return r;
}

static int make(const struct guest_known *guest, const char *disk, const struct names *names, unsigned level,
		struct image_sums *ret, struct door *door, struct err *err)
{
	struct template_root root = { 0 };
	int r = compose(guest, disk, level, &root, ret, door, err);

	/* Started meanwhile, it has changed files under the hand that copied them. */
	if (!r)
		r = guest_must_be_off(guest->name, "template", err);
	if (!r)
		r = publish(names, guest, &root, ret, door, err);
	if (r)
		door_remove(door, UNDER_WAY, NULL);
	template_root_clear(&root);
	return r;
}

int guest_template_make(const struct guest_host *host, const struct guest_known *guest, const char *name,
			unsigned level, struct image_sums *ret, struct door *door, struct err *err)
{
	auto_names names = names_of(name);
	struct guest_volumes vols = { 0 };
	const struct guest_volume *v;
	auto_close int lock = -1;
	struct guest_loan loan = { 0 };
	int r = begin(name, &lock, door, err);

	if (!r)
		r = must_be_free(name, &names, err);
	if (!r)
		r = guest_must_be_off(guest->name, "template", err);
	if (r)
		return r;
	guest_volumes_of(host, guest->config, &vols);
	v = first_disk(&vols);
	r = guest_borrow(host, guest, &loan, door, err);
	if (!r)
		r = check_disk(guest, v, door, err);
	if (!r)
		r = make(guest, v->target, &names, level, ret, door, err);
	guest_volumes_clear(&vols);
	return guest_give_back(&loan, r, door, err);
}

int guest_template_delete(const char *name, struct door *door, struct err *err)
{
	auto_names names = names_of(name);
	auto_close int lock = -1;
	auto_buf text = { 0 };
	int r = begin(name, &lock, door, err);

	if (!r && !file_exists(names.ks) && !file_exists(names.image))
		r = err_set(err, ERR_GUEST_UNKNOWN,
			    "there is no template %s that was made of a guest (%s); see xenith ks render "
			    "--list",
			    name, names.ks);
	if (!r && file_exists(names.ks))
		r = file_read(names.ks, &text, err);
	if (!r && text.len && !strstr(buf_str(&text), names.image))
		r = err_set(
			err, ERR_GUEST_UNKNOWN,
			"%s was not made of a guest: it doesn't name %s. Remove it yourself if you mean it",
			names.ks, names.image);
	if (!r)
		r = door_remove(door, names.ks, err);
	return r ? r : door_remove(door, names.image, err);
}
