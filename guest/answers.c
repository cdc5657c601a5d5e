#include "guest/answers.h"

#include "base/util.h"
#include "guest/xlcfg_word.h"

/* The file's name in the initrd, where each installer looks. */
static const char *file_name(const struct tmpl_file *f)
{
	if (f->name)
		return f->name;
	return str_eq(f->dialect, "preseed") ? "preseed.cfg" : "ks.cfg";
}

static void ks_sizes(const struct ks *ks, struct guest_spec *spec)
{
	int64_t sum = 0;

	for (size_t i = 0; i < ks->n_parts; i++)
		if (!str_starts(ks->parts[i].mntpoint ? ks->parts[i].mntpoint : "", "pv."))
			sum += MAX(ks->parts[i].size_mib, 0);
	for (size_t i = 0; i < ks->n_logvols; i++)
		if (!ks->logvols[i].thin)
			sum += MAX(ks->logvols[i].size_mib, 0);
	spec->root_mib = (uint64_t)sum;
}

static int take_ks(const struct guest_answer_file *f, struct guest_spec *spec, struct guest_answers *a,
		   struct err *err)
{
	struct ks_diags diags = { 0 };
	struct ks_parse_opts opts = { 0 };
	int r = ks_parse(f->name, f->text, f->len, &opts, &a->ks, &diags, err);
	const struct ks *ks = &a->ks;

	ks_diags_clear(&diags);
	a->has_ks = true;
	if (r)
		return r;
	ks_sizes(ks, spec);
	spec->append = ks->bootloader.append;
	if (KS_SAID(ks->liveimg)) {
		spec->route = GUEST_IMAGE;
		spec->source_url = ks->liveimg.url;
	} else {
		spec->route = ks->url.url && strstr(ks->url.url, "/dists/") ? GUEST_DIRECT : GUEST_INSTALLER;
		spec->source_url = ks->url.url;
	}
	for (size_t i = 0; i < ks->n_networks && !spec->ip; i++)
		spec->ip = ks->networks[i].ip;
	return 0;
}

/* The last answer to a question of the text, "d-i QUESTION TYPE VALUE"; NULL: none. */
static const char *preseed_value(struct arena *a, const char *text, const char *question)
{
	const char *found = NULL;

	for (const char *s = text; s && *s; s = strchr(s, '\n'), s += s ? 1 : 0) {
		auto_free char *line = xstrndup(s, strcspn(s, "\n"));
		auto_argv w = { 0 };

		argv_split(&w, line, " \t");
		if (w.n >= 4 && str_eq(w.v[0], "d-i") && str_eq(w.v[1], question))
			found = arena_strdup(a, w.v[3]);
		if (!strchr(s, '\n'))
			break;
	}
	return found;
}

static void take_preseed(const struct guest_answer_file *f, struct guest_spec *spec)
{
	struct arena *a = &spec->arena;
	const char *protocol = preseed_value(a, f->text, "mirror/protocol");
	auto_free char *host_key = xasprintf("mirror/%s/hostname", protocol ? protocol : "http");
	auto_free char *dir_key = xasprintf("mirror/%s/directory", protocol ? protocol : "http");
	const char *host = preseed_value(a, f->text, host_key), *dir = preseed_value(a, f->text, dir_key);
	const char *suite = preseed_value(a, f->text, "mirror/suite");

	spec->route = GUEST_INSTALLER;
	spec->ip = preseed_value(a, f->text, "netcfg/get_ipaddress");
	if (host && dir && suite)
		spec->source_url =
			arena_printf(a, "%s://%s%s/dists/%s", protocol ? protocol : "http", host, dir, suite);
}

int guest_answers_take(const struct render_job *job, struct guest_spec *spec, struct guest_answers *ret,
		       struct err *err)
{
	struct guest_answers a = { 0 };
	int r = 0;

	for (size_t i = 0; i < job->out.n; i++) {
		const struct tmpl_file *t = &job->out.files[i];
		struct guest_answer_file *f = arena_push(&a.arena, &a.files, &a.n_files, sizeof(*f));

		f->name = arena_strdup(&a.arena, file_name(t));
		f->text = arena_strndup(&a.arena, buf_str(&job->out.text) + t->start, t->len);
		f->len = t->len;
	}
	if (a.n_files) {
		const char *dialect = job->out.files[0].dialect;

		spec->dialect = arena_strdup(&spec->arena, dialect ? dialect : "kickstart");
		if (str_eq(spec->dialect, "kickstart"))
			r = take_ks(&a.files[0], spec, &a, err);
		else if (str_eq(spec->dialect, "preseed"))
			take_preseed(&a.files[0], spec);
		else
			spec->route = str_eq(spec->dialect, "autoinstall") ? GUEST_INSTALLER : GUEST_DISK;
	}
	if (r)
		guest_answers_clear(&a);
	else
		*ret = a;
	return r;
}

void guest_answers_clear(struct guest_answers *answers)
{
	if (answers->has_ks)
		ks_clear(&answers->ks);
	arena_clear(&answers->arena);
	*answers = (struct guest_answers){ 0 };
}

static bool mac_taken(const struct guest_host *host, const struct guest_spec *spec, const char *mac)
{
	for (size_t i = 0; i < spec->n_nics; i++)
		if (str_eq(spec->nics[i].mac, mac))
			return true;
	return guest_host_has_mac(host, mac);
}

void guest_spec_macs(const struct guest_host *host, struct guest_spec *spec)
{
	for (size_t i = 0; i < spec->n_nics; i++)
		for (unsigned turn = 0; !spec->nics[i].mac; turn++) {
			auto_free char *mac = guest_mac(spec->name, (unsigned)i, turn);

			if (!mac_taken(host, spec, mac))
				spec->nics[i].mac = arena_strdup(&spec->arena, mac);
		}
}
