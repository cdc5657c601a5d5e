/* The root of the initramfs: programs, modules, firmware, texts, whom to trust, versions, and the manifest of
 * it all. */
#include <sys/stat.h>

#include "base/file.h"
#include "base/manifest.h"
#include "base/util.h"
#include "iso-build/firmware.h"
#include "iso-build/iso_priv.h"
#include "iso-build/lists.h"
#include "iso-build/modules_strip.h"
#include "iso-build/stage.h"
#include "iso-build/versions.h"

/* Names for the ids that udev's rules and mke2fs look up. */
static const char passwd[] =
	"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n";
static const char group[] =
	"root:x:0:\ntty:x:5:\ndisk:x:6:\nlp:x:7:\nkmem:x:15:\ndialout:x:20:\ncdrom:x:24:\n"
	"tape:x:26:\naudio:x:29:\nvideo:x:44:\ninput:x:101:\nsgx:x:102:\nkvm:x:103:\nrender:x:104:\n"
	"nogroup:x:65534:\n";
static const char nsswitch[] =
	"passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n";
static const char hosts[] = "127.0.0.1 localhost\n::1 localhost\n";

/* A program without its symbols, which only a debugger needs. */
static int stage_small(struct build *b, struct stage *s, const char *program, const char *path,
		       struct err *err)
{
	auto_free char *small = path_join(b->work, strrchr(path, '/') + 1);
	int r = door_runl(b->door, err, "strip", "-o", small, program, NULL);

	return r ? r : stage_program_as(s, small, path, err);
}

static int stage_self(struct build *b, struct stage *s, struct err *err)
{
	auto_free char *self = realpath(b->opts->self ? b->opts->self : "/proc/self/exe", NULL);

	if (!self)
		return err_sys(err, "cannot find the xenith program %s", b->opts->self ? b->opts->self : "");
	return stage_small(b, s, self, ISO_SELF_PATH, err);
}

/* Ready templates, for the installed host: they lie beside the program, built or installed. */
static int stage_templates(struct build *b, struct stage *s, struct err *err)
{
	static const char *const places[] = { "../share/xenith/templates", "../templates" };
	auto_free char *self = realpath(b->opts->self ? b->opts->self : "/proc/self/exe", NULL);
	char *slash = self ? strrchr(self, '/') : NULL;

	if (!slash)
		return err_sys(err, "cannot find the xenith program");
	*slash = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		auto_free char *dir = xasprintf("%s/%s", self, places[i]);
		auto_free char *above = path_join(s->dir, "usr/share/xenith");
		int r;

		if (!file_exists(dir))
			continue;
		r = door_mkdirs(b->door, above, 0755, err);
		return r ? r : door_runl(b->door, err, "cp", "-rL", dir, above, NULL);
	}
	return 0;
}

static int stage_texts(struct stage *s, struct err *err)
{
	static const struct {
		const char *path, *text;
	} texts[] = {
		{ "/etc/passwd", passwd },
		{ "/etc/group", group },
		{ "/etc/nsswitch.conf", nsswitch },
		{ "/etc/hosts", hosts },
		{ "/etc/hostname", "xenith\n" },
		{ "/etc/resolv.conf", "" },
		{ "/etc/mtab", "" },
	};
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(texts); i++)
		r = stage_write(s, texts[i].path, texts[i].text, 0644, err);
	return r;
}

/* The kernel's time is that of its package: the clock of a machine that is behind it is wrong. */
static int stage_time(struct build *b, const struct kernel *kernel, struct stage *s, struct err *err)
{
	auto_free char *text = NULL;
	struct stat st;

	if (stat(kernel->image, &st))
		return err_sys(err, "cannot look at %s", kernel->image);
	text = xasprintf("%lld\n", (long long)MAX(b->mtime, st.st_mtime));
	return stage_write(s, "/etc/xenith/built", text, 0644, err);
}

static int stage_trust(struct build *b, struct stage *s, struct err *err)
{
	auto_buf certs = { 0 };
	auto_buf keyring = { 0 };
	auto_free char *path = path_join(b->stage, "etc/xenith/ks-keyring");
	int r = 0;

	if (b->opts->ca) {
		file_read("/etc/ssl/certs/ca-certificates.crt", &certs, NULL);
		r = file_read(b->opts->ca, &certs, err);
		if (!r)
			r = stage_write(s, "/etc/ssl/certs/ca-certificates.crt", buf_str(&certs), 0644, err);
	}
	if (!r && b->opts->ks_keyring)
		r = file_read(b->opts->ks_keyring, &keyring, err);
	if (!r && b->opts->ks_keyring)
		r = door_write(b->door, path, keyring.data, keyring.len, 0644, err);
	return r;
}

/* The build machine's packages that the staged files are of, behind those that were fetched. */
static int stage_versions(struct build *b, const struct kernel *kernel, struct stage *s, struct err *err)
{
	auto_argv paths = { 0 };
	auto_buf text = { 0 };
	int r;

	for (size_t i = 0; i < s->staged.n; i++)
		argv_add(&paths, s->staged.v[i] + strlen(b->stage));
	buf_addf(&text, "kernel %s\n%s", kernel->release, buf_str(&b->versions));
	r = versions_of(&paths, b->door->log, &text, err);
	if (!r)
		r = stage_write(s, "/etc/xenith/versions", buf_str(&text), 0644, err);
	if (!r && b->opts->versions)
		buf_add(b->opts->versions, text.data, text.len);
	return r;
}

/* Under Secure Boot only signed modules are loaded; and what is to be built fast is left as it came. */
static int stage_modules(struct build *b, const struct kernel *kernel, struct argv *firmware, struct err *err)
{
	auto_free char *dir = path_join(b->stage, "usr/lib/modules");
	auto_free char *work = path_join(b->work, "modules");
	int r = modules_copy(kernel, iso_modules_list, b->stage, firmware, b->door, err);

	return r || b->opts->secure_boot || b->opts->level ? r : modules_strip(dir, work, b->door, err);
}

int iso_fill_stage(struct build *b, const struct kernel *kernel, struct err *err)
{
	auto_free char *init = path_join(b->stage, "init");
	auto_free char *manifest = path_join(b->stage, ISO_MANIFEST);
	struct stage s = { 0 };
	auto_argv firmware = { 0 };
	auto_buf m = { 0 };
	int r = stage_init(&s, b->stage, b->door, err);

	if (!r)
		r = stage_templates(b, &s, err);
	if (!r)
		r = stage_list(&s, "programs.list", iso_programs_list, err);
	if (!r)
		r = stage_self(b, &s, err);
	if (!r)
		r = stage_texts(&s, err);
	if (!r)
		r = stage_time(b, kernel, &s, err);
	if (!r)
		r = stage_trust(b, &s, err);
	if (!r)
		r = stage_versions(b, kernel, &s, err);
	if (!r)
		r = door_symlink(b->door, "usr/sbin/xenith", init, err);
	if (!r)
		r = stage_modules(b, kernel, &firmware, err);
	if (!r && b->opts->firmware)
		r = firmware_copy(&firmware, iso_parts_dir(b), b->stage, b->door, err);
	stage_clear(&s);
	if (!r)
		r = manifest_make(b->stage, &m, err);
	return r ? r : door_write(b->door, manifest, m.data, m.len, 0644, err);
}
