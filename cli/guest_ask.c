#include "cli/guest_ask.h"

#include "base/file.h"
#include "base/util.h"
#include "cli/ks_read.h"
#include "cli/render_set.h"
#include "cli/templates.h"
#include "guest/source.h"

#define FETCH_DIR "/var/cache/xenith/installers"

/* A column of the table wins over the option of the same name. */
static const char *pick(const json_t *row, const char *key, const char *option)
{
	const char *s = json_string_value(json_object_get(row, key));

	return s && *s ? s : option;
}

static int pick_u64(const json_t *row, const char *key, uint64_t option, uint64_t *ret, struct err *err)
{
	const char *s = json_string_value(json_object_get(row, key));

	*ret = option;
	return !s || !*s || str_u64(s, ret) ? 0 : err_set(err, ERR_INPUT, "%s: %s is no number", key, s);
}

/* Disks and NICs of a row: several, apart by blanks. */
static void pick_words(const json_t *row, const char *key, const struct argv *option, struct argv *ret)
{
	const char *s = json_string_value(json_object_get(row, key));

	if (s && *s)
		argv_split(ret, s, " ;");
	else
		for (size_t i = 0; i < option->n; i++)
			argv_add(ret, option->v[i]);
}

static int read_sizes(const struct guest_ask *ask, const json_t *row, struct guest_spec *s, struct err *err)
{
	const char *memory = pick(row, "memory", ask->memory ? ask->memory : "1G");
	const char *maxmem = pick(row, "maxmem", ask->maxmem);
	int r;

	if (guest_size_mib(memory, &s->memory_mib))
		return err_set(err, ERR_USAGE, "--memory %s: is no size (2G, 512M)", memory);
	if (maxmem && guest_size_mib(maxmem, &s->maxmem_mib))
		return err_set(err, ERR_USAGE, "--maxmem %s: is no size (2G, 512M)", maxmem);
	r = pick_u64(row, "vcpus", ask->vcpus ? ask->vcpus : 1, &s->vcpus, err);
	if (!r)
		r = pick_u64(row, "maxvcpus", ask->maxvcpus, &s->maxvcpus, err);
	if (!r)
		r = pick_u64(row, "order", ask->order, &s->order, err);
	return r;
}

static int read_spec(const struct guest_ask *ask, const char *name, const json_t *row, struct guest_spec *s,
		     struct err *err)
{
	auto_argv disks = { 0 }, nics = { 0 };
	int r = read_sizes(ask, row, s, err);

	s->name = arena_strdup(&s->arena, name);
	s->uuid = ask->uuid;
	s->graphics = ask->graphics ? ask->graphics : "none";
	s->iso = ask->iso;
	s->kernel = ask->kernel;
	s->initrd = ask->initrd;
	s->extra = ask->extra;
	s->template = pick(row, "from", ask->from);
	s->autostart = ask->autostart;
	s->delay_s = ask->delay;
	for (size_t i = 0; i < ask->xl.n; i++)
		argv_add(&s->xl, ask->xl.v[i]);
	if (!r && !str_eq(s->graphics, "none") && !str_eq(s->graphics, "vnc"))
		r = err_set(err, ERR_USAGE, "--graphics %s: is none of none and vnc", s->graphics);
	if (!r && !ask->kernel != !ask->initrd)
		r = err_set(err, ERR_USAGE, "--kernel and --initrd go together");
	if (!r && pick(row, "type", ask->type))
		r = guest_spec_type(s, pick(row, "type", ask->type), err);
	pick_words(row, "disk", &ask->disk, &disks);
	pick_words(row, "bridge", &ask->bridge, &nics);
	if (!nics.n)
		argv_add(&nics, "xenbr1");
	for (size_t i = 0; !r && i < disks.n; i++)
		r = guest_spec_disk(s, disks.v[i], err);
	for (size_t i = 0; !r && i < nics.n && !str_eq(nics.v[i], "none"); i++)
		r = guest_spec_nic(s, nics.v[i], err);
	return r;
}

/* What the guest is gives the template's names their values, where nobody else does. */
static void add_values(const struct guest_spec *s, const struct tmpl *t, json_t *set)
{
	const struct {
		const char *name, *value;
	} known[] = {
		{ "name", s->name },
		{ "mac", s->n_nics ? s->nics[0].mac : NULL },
		{ "console", s->type_said && s->type == GUEST_HVM ? "ttyS0" : NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].value && tmpl_uses(t, known[i].name) && !json_object_get(set, known[i].name))
			json_object_set_new(set, known[i].name, json_string(known[i].value));
}

/* Columns that say what the guest is, and are no template's. */
static json_t *row_values(const json_t *row)
{
	static const char *const ours[] = { "from",     "type", "memory", "maxmem", "vcpus",
					    "maxvcpus", "disk", "bridge", "order" };
	json_t *v = json_copy((json_t *)(uintptr_t)row);

	for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
		json_object_del(v, ours[i]);
	return v;
}

static int read_values(const struct guest_ask *ask, const struct render_job *job, const json_t *columns,
		       json_t *set, json_t *hash, struct err *err)
{
	const json_t *objects[] = { set, columns };
	int r = render_read_set(&ask->set, false, set, err);

	if (!r)
		r = render_read_set(&ask->set_file, true, set, err);
	if (!r)
		r = render_check_set(job, set, err);
	return r ? r : render_read_hash(&ask->hash, objects, ARRAY_SIZE(objects), hash, err);
}

static int render(const struct guest_ask *ask, json_t *row, struct guest_job *g, struct render_job *job,
		  struct err *err)
{
	auto_free char *path = NULL;
	auto_argv dirs = { 0 };
	auto_buf text = { 0 };
	auto_json *set = json_object(), *hash = json_object(), *columns = row ? row_values(row) : NULL;
	int r = template_find(g->spec.template, &path, err);

	if (!r)
		r = ks_read_text(path, &text, err);
	template_folders(&dirs);
	if (!r)
		r = render_open(job, path, buf_str(&text), text.len, dirs.v);
	if (!r)
		r = read_values(ask, job, columns, set, hash, err);
	if (!r) {
		add_values(&g->spec, job->t, set);
		job->in.values[0] = columns;
		job->in.values[1] = set;
		job->in.hashed = hash;
		r = render_one(job, g->spec.name, true, NULL);
	}
	return r ? r : guest_answers_take(job, &g->spec, &g->answers, err);
}

/* Rendered and checked; errors are the template's, at its lines. */
static int answers(const struct guest_ask *ask, json_t *row, struct guest_job *g, struct err *err)
{
	struct render_job job = { .parse = { .others = true, .include = ks_read_include } };
	int r = render(ask, row, g, &job, err);

	fputs(buf_str(&job.warnings.text), stderr);
	if (job.errors.n)
		r = err_set(err, ERR_INPUT, "%s", buf_str(&job.errors.text));
	render_close(&job);
	return r;
}

/* A dry run fetches nothing, but looks into a kernel that is here. */
static int find_kernel(const struct guest_ask *ask, struct guest_spec *s, struct err *err)
{
	int r = ask->dry_run ? 0 : guest_source_fetch(s, FETCH_DIR, NULL, NULL, err);

	return r || !s->kernel || !file_exists(s->kernel) ? r : guest_source_probe(s, err);
}

int guest_ask_plan(const struct guest_ask *ask, const char *name, json_t *row, const struct guest_host *host,
		   struct guest_job *ret, struct err *err)
{
	struct guest_job g = { 0 };
	int r = read_spec(ask, name, row, &g.spec, err);

	if (!r) {
		guest_spec_macs(host, &g.spec);
		if (g.spec.template)
			r = answers(ask, row, &g, err);
	}
	if (!r && g.spec.route == GUEST_INSTALLER)
		r = find_kernel(ask, &g.spec, err);
	if (!r)
		r = guest_plan_make(host, &g.spec, &g.plan, err);
	if (r) {
		guest_job_clear(&g);
		return r;
	}
	*ret = g;
	ret->plan.spec = &ret->spec;
	return 0;
}

void guest_job_clear(struct guest_job *job)
{
	guest_plan_clear(&job->plan);
	guest_answers_clear(&job->answers);
	guest_spec_clear(&job->spec);
	argv_clear(&job->secrets);
}
