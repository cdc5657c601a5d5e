#include "cli/guest_batch.h"

#include "base/util.h"
#include "cli/ks_read.h"
#include "guest/batch.h"
#include "guest/create.h"
#include "template/table.h"

#define PARALLEL 4

struct row {
	struct guest_job job;
	struct guest_create create;
	bool there;
};

struct batch {
	const struct guest_ask *ask;
	struct guest_host host;
	struct tmpl_table table;
	struct row *rows;
	struct buf wrong;
	enum err_code code;
	size_t n_wrong;
};

static const char *name_of(const struct tmpl_row *row)
{
	return json_string_value(json_object_get(row->values, "name"));
}

/* Those behind it must not take what it takes. */
static void reserve(struct guest_host *h, const struct guest_plan *plan)
{
	struct guest_known *g = arena_push(&h->arena, &h->guests, &h->n_guests, sizeof(*g));

	g->file = plan->config_path;
	g->name = plan->name;
	g->uuid = plan->uuid;
	g->config = json_incref(plan->config);
	g->record = json_object();
	json_put_str(g->record, "ip", plan->spec->ip);
	for (size_t i = 0; i < plan->n_disks; i++) {
		const struct guest_disk *d = &plan->disks[i];
		struct guest_lv *lv;

		if (d->kind != GDISK_LV && d->kind != GDISK_THIN)
			continue;
		lv = arena_push(&h->arena, &h->lvs, &h->n_lvs, sizeof(*lv));
		*lv = (struct guest_lv){
			.vg = d->vg, .name = d->lv, .size_bytes = d->size_mib << 20, .tags = ""
		};
		for (size_t k = 0; d->kind == GDISK_LV && k < h->n_vgs; k++)
			if (str_eq(h->vgs[k].name, d->vg))
				h->vgs[k].free_extents -= (d->size_mib << 20) / h->vgs[k].extent_bytes;
	}
}

static void wrong(struct batch *b, const char *name, const struct err *e)
{
	auto_argv lines = { 0 };

	argv_split(&lines, e->msg, "\n");
	for (size_t i = 0; i < lines.n; i++)
		buf_addf(&b->wrong, "%s%s%s\n", str_starts(lines.v[i], name) ? "" : name,
			 str_starts(lines.v[i], name) ? "" : ": ", lines.v[i]);
	b->n_wrong++;
	b->code = b->code ? b->code : e->code;
}

static void plan_row(struct batch *b, size_t i)
{
	struct tmpl_row *row = &b->table.v[i];
	const char *name = name_of(row);
	struct err e = { 0 };

	if (!name || !*name || !guest_name_ok(name)) {
		err_set(&e, ERR_INPUT, "row %zu has no name that a guest can have\n", i + 1);
		wrong(b, name ? name : "-", &e);
		return;
	}
	for (size_t k = 0; k < i; k++)
		if (str_eq(name_of(&b->table.v[k]), name)) {
			err_set(&e, ERR_INPUT, "stands twice in %s\n", b->ask->hosts);
			wrong(b, name, &e);
			return;
		}
	if (guest_host_find(&b->host, name)) {
		b->rows[i].there = true;
		return;
	}
	if (guest_ask_plan(b->ask, name, row->values, &b->host, &b->rows[i].job, &e))
		wrong(b, name, &e);
	else
		reserve(&b->host, &b->rows[i].job.plan);
}

/* What an earlier run was killed in the middle of. */
static int recover(const struct batch *b, struct err *err)
{
	struct door door = { 0 };
	bool found;
	int r = 0;

	for (size_t i = 0; !r && i < b->table.n; i++)
		if (name_of(&b->table.v[i]))
			r = guest_journal_recover(name_of(&b->table.v[i]), &door, &found, err);
	return r;
}

static int make_one(struct batch_job *job, struct err *err)
{
	struct row *row = job->arg;
	auto_free char *path = xasprintf("/var/log/xenith/guest-%s.log", job->name);
	struct door door = { .log = log_new(path) };
	int r = guest_create(&row->create, &door, err);

	log_free(door.log);
	return r;
}

static void print_end(const struct batch_job *job)
{
	printf("%s: %s%s\n", job->name, job->status ? "failed: " : "made", job->status ? job->msg : "");
	fflush(stdout);
}

static int make_all(struct batch *b, struct err *err)
{
	struct batch_job *jobs = xcalloc(b->table.n + 1, sizeof(*jobs));
	size_t n = 0;
	int r;

	for (size_t i = 0; i < b->table.n; i++) {
		struct row *row = &b->rows[i];

		if (row->there) {
			printf("%s: is there\n", name_of(&b->table.v[i]));
			continue;
		}
		row->create = (struct guest_create){ .plan = &row->job.plan,
						     .answers = &row->job.answers,
						     .host = &b->host,
						     .no_start = b->ask->no_start,
						     .timeout_s = (unsigned)b->ask->timeout };
		jobs[n++] = (struct batch_job){ .name = row->job.spec.name, .arg = row };
	}
	r = batch_run(jobs, n, b->ask->parallel ? b->ask->parallel : PARALLEL, make_one, print_end, err);
	for (size_t i = 0; r > 0 && i < n; i++)
		if (jobs[i].status) {
			r = err_set(err, (enum err_code)jobs[i].status, "%d of %zu guests failed", r, n);
			break;
		}
	free(jobs);
	return r;
}

static void print_plans(const struct batch *b)
{
	auto_buf text = { 0 };

	for (size_t i = 0; i < b->table.n; i++) {
		if (b->rows[i].there)
			buf_addf(&text, "guest %s: is there\n", name_of(&b->table.v[i]));
		else
			guest_plan_print(&b->rows[i].job.plan, &text);
	}
	fputs(buf_str(&text), stdout);
}

static int read_table(struct batch *b, struct err *err)
{
	struct tmpl_errors errors = { 0 };
	auto_buf text = { 0 };
	int r = ks_read_text(b->ask->hosts, &text, err);

	if (!r && tmpl_table_parse(b->ask->hosts, buf_str(&text), text.len, &b->table, &errors))
		r = err_set(err, ERR_INPUT, "%s", buf_str(&errors.text));
	tmpl_errors_clear(&errors);
	return r;
}

int guest_batch(const struct guest_ask *ask, struct err *err)
{
	struct batch b = { .ask = ask };
	int r = read_table(&b, err);

	if (!r && !ask->dry_run)
		r = recover(&b, err);
	if (!r)
		r = guest_host_read(ask->facts ? ask->facts : "/", &b.host, err);
	b.rows = xcalloc(b.table.n + 1, sizeof(*b.rows));
	for (size_t i = 0; !r && i < b.table.n; i++)
		plan_row(&b, i);
	if (!r && b.n_wrong)
		r = err_set(err, b.code, "%s", buf_str(&b.wrong));
	if (!r && ask->dry_run)
		print_plans(&b);
	else if (!r)
		r = make_all(&b, err);
	guest_host_clear(&b.host);
	for (size_t i = 0; i < b.table.n; i++)
		guest_job_clear(&b.rows[i].job);
	free(b.rows);
	buf_clear(&b.wrong);
	tmpl_table_clear(&b.table);
	return r;
}
