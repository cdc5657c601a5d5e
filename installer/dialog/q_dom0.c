/* What dom0 keeps of the machine for itself. */
#include "base/util.h"
#include "installer/dialog/question.h"

#define DOM0_MIB_MIN 512

/* An eighth of the memory, from 1 to 4 GiB. */
static uint64_t offered_mib(const struct facts *facts)
{
	return MAX(1024, MIN(4096, facts->mem_mib / 8 / 256 * 256));
}

static enum ui_answer ask(struct dialog *d)
{
	struct answers *a = &d->a;
	struct ui_field fields[] = {
		{ "Memory, MiB", a->dom0_mem, sizeof(a->dom0_mem), false },
		{ "Virtual processors", a->dom0_vcpus, sizeof(a->dom0_vcpus), false },
	};
	auto_free char *prompt =
		xasprintf("How much does the host's own system (dom0) keep? The machine has %llu "
			  "MiB and %u threads; the rest is for guests.",
			  (unsigned long long)d->facts->mem_mib, d->facts->cpu.threads);

	if (!*a->dom0_mem) {
		snprintf(a->dom0_mem, sizeof(a->dom0_mem), "%llu", (unsigned long long)offered_mib(d->facts));
		snprintf(a->dom0_vcpus, sizeof(a->dom0_vcpus), "%u", MAX(1, MIN(4, d->facts->cpu.threads)));
	}
	return ui_form("dom0", prompt, fields, ARRAY_SIZE(fields));
}

static int check(const struct dialog *d, struct err *err)
{
	uint64_t mib = 0, vcpus = 0;

	if (!str_u64(d->a.dom0_mem, &mib) || mib < DOM0_MIB_MIN || mib > d->facts->mem_mib)
		return err_set(err, ERR_INPUT, "memory: \"%s\" is no number of MiB from %d to %llu",
			       d->a.dom0_mem, DOM0_MIB_MIN, (unsigned long long)d->facts->mem_mib);
	if (!str_u64(d->a.dom0_vcpus, &vcpus) || !vcpus || vcpus > MAX(1, d->facts->cpu.threads))
		return err_set(err, ERR_INPUT, "virtual processors: \"%s\" is no number from 1 to %u",
			       d->a.dom0_vcpus, MAX(1, d->facts->cpu.threads));
	return 0;
}

static void write_lines(const struct dialog *d, struct ks_text *t)
{
	text_addon_line(t, "xen --dom0-mem=%sM --dom0-vcpus=%s --console=auto", d->a.dom0_mem,
			d->a.dom0_vcpus);
}

const struct question question_dom0 = {
	.name = "dom0",
	.title = "dom0",
	.ask = ask,
	.write = write_lines,
	.check = check,
};
