#include <stdarg.h>

#include "base/util.h"
#include "guest/plan_priv.h"
#include "guest/xlcfg_word.h"

#define MEMORY_MIN_MIB 16
#define VCPUS_MAX      128 /* of HVM and PVH guests: HVM_MAX_VCPUS */

static void add(struct planner *p, const char *word, const char *fmt, va_list ap)
{
	buf_addf(&p->errors, "%s: %s: ", p->spec->name, word);
	buf_vaddf(&p->errors, fmt, ap);
	buf_addc(&p->errors, '\n');
	p->n_errors++;
}

void gplan_wrong(struct planner *p, const char *word, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(p, word, fmt, ap);
	va_end(ap);
}

void gplan_machine(struct planner *p, const char *word, const char *fmt, ...)
{
	va_list ap;

	p->machine = true;
	va_start(ap, fmt);
	add(p, word, fmt, ap);
	va_end(ap);
}

static void check_name(struct planner *p)
{
	const struct guest_known *known = guest_host_find(p->host, p->spec->name);
	const char *base;

	if (!guest_name_ok(p->spec->name)) {
		gplan_wrong(p, "name", "letters, digits, and . _ - between them; at most 63");
		return;
	}
	if (known)
		gplan_machine(p, "name", "there is a guest of that name (%s)", known->file);
	for (size_t i = 0; i < p->host->n_guests; i++) {
		base = strrchr(p->host->guests[i].file, '/') + 1;
		if (!known && strncmp(base, p->spec->name, strlen(p->spec->name)) == 0 &&
		    strcmp(base + strlen(p->spec->name), ".cfg") == 0)
			gplan_machine(p, "name", "%s is the configuration of another guest, %s",
				      p->host->guests[i].file, p->host->guests[i].name);
	}
	if (str_eq(p->spec->name, "Domain-0"))
		gplan_wrong(p, "name", "that is dom0's");
}

static void check_uuid(struct planner *p)
{
	struct guest_plan *plan = p->plan;
	auto_free char *text = xasprintf("xenith guest %s %s", p->host->id, p->spec->name);
	auto_free char *made = guest_uuid(text);

	plan->uuid = p->spec->uuid ? p->spec->uuid : arena_strdup(&plan->arena, made);
	for (size_t i = 0; i < p->host->n_guests; i++)
		if (str_eq(p->host->guests[i].uuid, plan->uuid) &&
		    !str_eq(p->host->guests[i].name, p->spec->name))
			gplan_machine(p, "uuid", "%s is guest %s's", plan->uuid, p->host->guests[i].name);
}

static void check_sizes(struct planner *p)
{
	const struct guest_spec *s = p->spec;

	if (s->memory_mib < MEMORY_MIN_MIB)
		gplan_wrong(p, "--memory", "wants at least %d MiB", MEMORY_MIN_MIB);
	if (s->maxmem_mib && s->maxmem_mib < s->memory_mib)
		gplan_wrong(p, "--maxmem", "%llu MiB are less than the %llu MiB of --memory",
			    (unsigned long long)s->maxmem_mib, (unsigned long long)s->memory_mib);
	if (p->host->mem_mib && s->memory_mib > p->host->mem_mib)
		gplan_machine(p, "--memory", "%llu MiB are more than the machine has (%llu MiB)",
			      (unsigned long long)s->memory_mib, (unsigned long long)p->host->mem_mib);
	if (!s->vcpus || s->vcpus > VCPUS_MAX)
		gplan_wrong(p, "--vcpus", "is 1 to %d", VCPUS_MAX);
	if (s->maxvcpus && (s->maxvcpus < s->vcpus || s->maxvcpus > VCPUS_MAX))
		gplan_wrong(p, "--maxvcpus", "is %llu (--vcpus) to %d", (unsigned long long)s->vcpus,
			    VCPUS_MAX);
	if ((s->order || s->delay_s) && !s->autostart)
		gplan_wrong(p, s->order ? "--order" : "--delay", "wants --autostart");
	if (s->order > 99)
		gplan_wrong(p, "--order", "is 0 to 99");
}

/* The address of the answers: nobody else on this host has it. */
static void check_address(struct planner *p)
{
	for (size_t i = 0; p->spec->ip && i < p->host->n_guests; i++) {
		const struct guest_known *g = &p->host->guests[i];
		const char *ip = json_string_value(json_object_get(g->record, "ip"));
		const json_t *vifs = json_object_get(g->config, "vif"), *v;
		bool taken = str_eq(ip, p->spec->ip);
		size_t k;

		json_array_foreach (vifs, k, v) {
			auto_free char *a =
				xlcfg_vif_get(json_string_value(v) ? json_string_value(v) : "", "ip");

			taken = taken || str_eq(a, p->spec->ip);
		}
		if (taken && !str_eq(g->name, p->spec->name))
			gplan_machine(p, "ip", "%s is guest %s's", p->spec->ip, g->name);
	}
}

int guest_plan_make(const struct guest_host *host, const struct guest_spec *spec, struct guest_plan *ret,
		    struct err *err)
{
	struct guest_plan plan = { .spec = spec, .name = spec->name };
	struct planner p = { .host = host, .spec = spec, .plan = &plan };
	int r = 0;

	plan.config_path = arena_printf(&plan.arena, "/etc/xen/%s.cfg", spec->name);
	check_name(&p);
	check_uuid(&p);
	gplan_type(&p);
	check_sizes(&p);
	gplan_disks(&p);
	gplan_nics(&p);
	check_address(&p);
	for (const char **u = host->unread; u && *u; u++)
		gplan_machine(&p, "host",
			      "a configuration can't be read, so names and addresses can't be compared: %.*s",
			      (int)strcspn(*u, "\n"), *u);
	gplan_config(&p);
	if (p.n_errors) {
		err_set(err, p.machine ? ERR_MACHINE : ERR_INPUT, "%s", buf_str(&p.errors));
		r = err_about(err, ERR_GUEST_PLAN, false);
	}
	buf_clear(&p.errors);
	if (r)
		guest_plan_clear(&plan);
	else
		*ret = plan;
	return r;
}

void guest_plan_clear(struct guest_plan *plan)
{
	json_decref(plan->config);
	json_decref(plan->install);
	arena_clear(&plan->arena);
	*plan = (struct guest_plan){ 0 };
}
