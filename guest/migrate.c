#include "guest/migrate.h"

#include <ctype.h>
#include <dirent.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/autostart.h"
#include "guest/domain.h"
#include "guest/journal.h"
#include "guest/manage.h"
#include "guest/record.h"
#include "guest/xlcfg.h"
#include "guest/xlcfg_word.h"

#define ASK_S     120
#define MIGRATE_S 7200

const char migrate_script[] =
	"xl info | sed -n 's/ *: */=/; s/^/info /p'\n"
	"for b in /sys/class/net/*/bridge; do [ -e \"$b\" ] && b=${b%/bridge} && echo "
	"\"bridge ${b##*/}\"; done\n"
	"lvm vgs --readonly --noheadings -o vg_name,vg_uuid 2>/dev/null | sed 's/^ */vg /'\n"
	"lvm lvs --readonly --noheadings -o vg_name,lv_name --separator / 2>/dev/null | sed 's/^ */lv /'\n"
	"echo \"hostname $(cat /etc/hostname)\"\n"
	"echo \"id $(cat /etc/machine-id)\"\n"
	"xl list | awk 'NR > 1 { print \"guest \" $1 }'\n";

void migrate_host_clear(struct migrate_host *host)
{
	free(host->extra);
	free(host->cpu_features);
	free(host->hostname);
	free(host->id);
	argv_clear(&host->bridges);
	argv_clear(&host->vgs);
	argv_clear(&host->lvs);
	argv_clear(&host->files);
	argv_clear(&host->guests);
	*host = (struct migrate_host){ 0 };
}

static void parse_info(const char *line, struct migrate_host *ret)
{
	const char *eq = strchr(line, '=');

	if (!eq)
		return;
	if (str_starts(line, "xen_major="))
		str_u64(eq + 1, &ret->xen_major);
	else if (str_starts(line, "xen_minor="))
		str_u64(eq + 1, &ret->xen_minor);
	else if (str_starts(line, "free_memory="))
		str_u64(eq + 1, &ret->free_mib);
	else if (str_starts(line, "virt_caps=")) {
		auto_argv caps = { 0 };

		argv_split(&caps, eq + 1, " ");
		ret->caps_known = true;
		ret->shadow = argv_has(&caps, "shadow");
	} else if (str_starts(line, "hw_caps=")) {
		free(ret->cpu_features);
		ret->cpu_features = xstrdup(eq + 1);
	}
}

void migrate_host_parse(const char *text, struct migrate_host *ret)
{
	auto_argv lines = { 0 };

	argv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		char *what = strchr(lines.v[i], ' ');

		if (!what)
			continue;
		*what++ = '\0';
		if (str_eq(lines.v[i], "info"))
			parse_info(what, ret);
		else if (str_eq(lines.v[i], "bridge"))
			argv_add(&ret->bridges, what);
		else if (str_eq(lines.v[i], "vg"))
			argv_add(&ret->vgs, what);
		else if (str_eq(lines.v[i], "lv"))
			argv_add(&ret->lvs, what);
		else if (str_eq(lines.v[i], "guest"))
			argv_add(&ret->guests, what);
		else if (str_eq(lines.v[i], "hostname") && !ret->hostname)
			ret->hostname = xstrdup(what);
		else if (str_eq(lines.v[i], "id") && !ret->id)
			ret->id = xstrdup(what);
	}
}

static int ask(const char *to, struct migrate_host *ret, struct err *err)
{
	auto_buf out = { 0 };
	auto_run run = { .out = &out,
			 .timeout_s = ASK_S,
			 .stdin_data = migrate_script,
			 .stdin_len = strlen(migrate_script) };
	int r;

	if (to)
		argv_addl(&run.argv, "ssh", "-o", "BatchMode=yes", "--", to, "sh", "-s", NULL);
	else
		argv_addl(&run.argv, "sh", "-s", NULL);
	r = run_argv(&run, err);
	if (!r)
		migrate_host_parse(buf_str(&out), ret);
	return r;
}

static void wrong_line(struct buf *wrong, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void wrong_line(struct buf *wrong, const char *name, const char *fmt, ...)
{
	va_list ap;

	buf_addf(wrong, "%s: ", name);
	va_start(ap, fmt);
	buf_vaddf(wrong, fmt, ap);
	va_end(ap);
	buf_addc(wrong, '\n');
}

/* Each word of hw_caps is a set of features: what is here must be there. */
static bool has_features(const char *here, const char *there)
{
	while (here && there && isxdigit((unsigned char)*here) && isxdigit((unsigned char)*there)) {
		char *a, *b;
		unsigned long x = strtoul(here, &a, 16), y = strtoul(there, &b, 16);

		if (x & ~y)
			return false;
		here = *a == ':' ? a + 1 : a;
		there = *b == ':' ? b + 1 : b;
	}
	return true;
}

static void check_volume(const struct guest_host *host, const char *name, const struct guest_volume *v,
			 const struct migrate_host *there, struct buf *wrong)
{
	const struct guest_vg *vg = v->vg ? guest_host_vg(host, v->vg) : NULL;
	auto_free char *group = vg ? xasprintf("%s %s", vg->name, vg->uuid) : NULL;
	auto_free char *lv = v->lv ? xasprintf("%s/%s", v->vg, v->lv) : NULL;

	if (!v->target || v->cdrom)
		return;
	if (!v->lv)
		wrong_line(wrong, name,
			   "%s is no volume of a shared group: the other host can't be sure to see it",
			   v->target);
	else if (!argv_has(&there->vgs, group))
		wrong_line(wrong, name, "volume group %s (%s) is not there", vg->name, vg->uuid);
	else if (!argv_has(&there->lvs, lv))
		wrong_line(wrong, name, "volume %s is not seen there", lv);
}

void guest_migrate_check(const struct guest_host *host, const struct guest_known *guest,
			 const struct migrate_host *here, const struct migrate_host *there, bool same,
			 struct buf *wrong)
{
	uint64_t memory = (uint64_t)json_integer_value(json_object_get(guest->config, "memory"));
	struct guest_volumes vols = { 0 };
	const json_t *v;
	size_t i;

	if (there->xen_major < here->xen_major ||
	    (there->xen_major == here->xen_major && there->xen_minor < here->xen_minor))
		wrong_line(wrong, guest->name, "Xen there is %llu.%llu, older than %llu.%llu here",
			   (unsigned long long)there->xen_major, (unsigned long long)there->xen_minor,
			   (unsigned long long)here->xen_major, (unsigned long long)here->xen_minor);
	if (!has_features(here->cpu_features, there->cpu_features))
		wrong_line(wrong, guest->name,
			   "the processor there lacks features of this one (hw_caps %s, here %s)",
			   there->cpu_features, here->cpu_features);
	if (!same && here->hostname && str_eq(here->hostname, there->hostname))
		wrong_line(wrong, guest->name,
			   "both hosts are called %s: nobody could tell whose a volume is", here->hostname);
	if (str_eq(xlcfg_str(guest->config, "type"), "pv") && here->caps_known && !here->shadow)
		wrong_line(wrong, guest->name,
			   "Xen here has no shadow paging, without which a running PV guest can't move; PVH "
			   "can");
	if (there->free_mib < memory)
		wrong_line(wrong, guest->name, "%llu MiB of memory are free there, and %llu are wanted",
			   (unsigned long long)there->free_mib, (unsigned long long)memory);
	if (!same && argv_has(&there->guests, guest->name))
		wrong_line(wrong, guest->name, "a guest of that name runs there");
	json_array_foreach (json_object_get(guest->config, "vif"), i, v) {
		auto_free char *bridge =
			json_is_string(v) ? xlcfg_vif_get(json_string_value(v), "bridge") : NULL;

		if (bridge && !argv_has(&there->bridges, bridge))
			wrong_line(wrong, guest->name, "there is no bridge %s there", bridge);
	}
	guest_volumes_of(host, guest->config, &vols);
	for (size_t k = 0; !same && k < vols.n; k++)
		check_volume(host, guest->name, &vols.v[k], there, wrong);
	guest_volumes_clear(&vols);
}

static int remote(const char *to, struct door *door, struct err *err, const char *first, ...)
{
	auto_run run = { .timeout_s = ASK_S };
	va_list ap;

	argv_addl(&run.argv, "ssh", "-o", "BatchMode=yes", "--", to, NULL);
	va_start(ap, first);
	for (const char *w = first; w; w = va_arg(ap, const char *))
		argv_add(&run.argv, w);
	va_end(ap);
	return door_run(door, &run, err);
}

/* Before: the other host may open them; behind it: this one may not any more, and the other one owns them. */
static int hand_over(const struct guest_host *host, const struct guest_known *guest, const char *to,
		     const struct migrate_host *there, bool behind, struct door *door, struct err *err)
{
	auto_free char *mine = xasprintf("xenith.owner.%s", host->name);
	auto_free char *theirs = xasprintf("xenith.owner.%s", there->hostname ? there->hostname : to);
	struct guest_volumes vols = { 0 };
	int r = 0;

	guest_volumes_of(host, guest->config, &vols);
	for (size_t i = 0; !r && i < vols.n; i++) {
		const struct guest_vg *vg = vols.v[i].lv ? guest_host_vg(host, vols.v[i].vg) : NULL;
		auto_free char *lv = vg ? xasprintf("%s/%s", vols.v[i].vg, vols.v[i].lv) : NULL;

		if (!vg)
			continue;
		if (!behind) {
			/* A shared lock for the moment in which both have it open. */
			if (vg->lock)
				r = door_runl(door, err, "lvm", "lvchange", "-a", "sy", lv, NULL);
			if (!r)
				r = remote(to, door, err, "lvm", "lvchange", "-a", vg->lock ? "sy" : "y", lv,
					   NULL);
			continue;
		}
		r = door_runl(door, err, "lvm", "lvchange", "-a", "n", lv, NULL);
		if (!r && !vg->lock)
			r = door_runl(door, err, "lvm", "lvchange", "--deltag", mine, "--addtag", theirs, lv,
				      NULL);
		if (!r && vg->lock)
			r = remote(to, door, err, "lvm", "lvchange", "-a", "ey", lv, NULL);
	}
	guest_volumes_clear(&vols);
	return r;
}

/* A link of this folder to the guest gets its like there. */
static int move_links(const struct guest_known *guest, const char *to, struct door *door, struct err *err)
{
	const char *file = strrchr(guest->file, '/') + 1;
	struct dirent **links = NULL;
	int n = scandir(GUEST_START_DIR, &links, NULL, alphasort), r = 0;

	for (int i = 0; i < n; i++) {
		auto_free char *base = autostart_link("/", GUEST_START_DIR, links[i]->d_name);
		auto_free char *target = xasprintf("../%s", file);
		auto_free char *link = xasprintf(GUEST_START_DIR "/%s", links[i]->d_name);

		if (!r && str_eq(base, file))
			r = remote(to, door, err, "ln", "-sfn", target, link, NULL);
		free(links[i]);
	}
	free(links);
	return r;
}

/* Its configuration, what create knows of it, the kernel that is kept beside it, its start with the host. */
static int move_files(const struct guest_known *guest, const char *to, struct door *door, struct err *err)
{
	auto_free char *state = xasprintf(GUEST_STATE_DIR "/%s", guest->name);
	auto_free char *record = xasprintf(GUEST_RECORD_DIR "/%s.json", guest->name);
	const char *const paths[] = { state, record, guest->file };
	int r = remote(to, door, err, "mkdir", "-p", GUEST_STATE_DIR, GUEST_RECORD_DIR, GUEST_START_DIR,
		       NULL);

	for (size_t i = 0; !r && i < ARRAY_SIZE(paths); i++) {
		auto_free char *place =
			xasprintf("%s:%.*s", to, (int)(strrchr(paths[i], '/') - paths[i] + 1), paths[i]);

		if (file_exists(paths[i]))
			r = door_runl(door, err, "scp", "-q", "-r", "-o", "BatchMode=yes", "-p", "--",
				      paths[i], place, NULL);
	}
	if (!r)
		r = move_links(guest, to, door, err);
	return r ? r : guest_forget(guest, door, err);
}

int guest_migrate(const struct guest_host *host, const struct guest_known *guest, const char *to,
		  bool check_only, struct door *door, struct err *err)
{
	struct migrate_host here = { 0 }, there = { 0 };
	struct domain_info info = { 0 };
	auto_run run = { .timeout_s = MIGRATE_S };
	auto_buf wrong = { 0 };
	bool same = false;
	int r = domain_info(guest->name, &info, err);

	if (!r && info.state != DOMAIN_RUNS)
		r = err_set(err, ERR_GUEST_STATE, "guest %s is %s: only a running one migrates", guest->name,
			    domain_state_name(info.state));
	if (!r)
		r = ask(NULL, &here, err);
	if (!r)
		r = ask(to, &there, err);
	if (!r) {
		same = here.id && str_eq(here.id, there.id);
		guest_migrate_check(host, guest, &here, &there, same, &wrong);
		if (wrong.len)
			r = err_set(err, ERR_MACHINE, "%s", buf_str(&wrong));
	}
	if (!r && !check_only) {
		if (!same)
			r = hand_over(host, guest, to, &there, false, door, err);
		argv_addl(&run.argv, "xl", "migrate", guest->name, to, NULL);
		if (!r)
			r = door_run(door, &run, err);
		if (!r && !same)
			r = hand_over(host, guest, to, &there, true, door, err);
		if (!r && !same)
			r = move_files(guest, to, door, err);
	}
	migrate_host_clear(&here);
	migrate_host_clear(&there);
	return r;
}
