/* What is wrong with the lines, gathered, and told by line. */
#include "base/util.h"
#include "netbridge/kind.h"

void net_bad(struct net_make *m, enum err_code code, const struct ks_at *at, const char *word,
	     const char *fmt, ...)
{
	struct arena *a = &m->plan->arena;
	struct net_fault *fault = arena_push(a, &m->faults, &m->n_faults, sizeof(*fault));
	struct ks_at *where = arena_alloc(a, sizeof(*where));
	auto_buf b = { 0 };
	va_list ap;

	if (code == ERR_MACHINE)
		m->bad_machine = true;
	else
		m->bad_input = true;
	buf_addf(&b, "%s:%u: %s: ", at->file ? at->file : "-", at->line, word);
	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	*where = *at;
	*fault = (struct net_fault){ where, arena_strdup(a, buf_str(&b)) };
}

/* By line, where they are of one file; else as they were found. */
void net_faults_print(struct net_make *m, struct buf *b)
{
	for (size_t i = 1; i < m->n_faults; i++)
		for (size_t j = i; j > 0; j--) {
			struct net_fault *one = &m->faults[j - 1], *two = &m->faults[j], keep = *one;

			if (one->at->line <= two->at->line ||
			    (one->at->file && two->at->file && !str_eq(one->at->file, two->at->file)))
				break;
			*one = *two;
			*two = keep;
		}
	for (size_t i = 0; i < m->n_faults; i++)
		buf_addf(b, "%s%s", i ? "\n" : "", m->faults[i].text);
}

void net_faults_nics(const struct facts *facts, struct buf *b)
{
	buf_adds(b, facts->n_nics ? "\nNICs of this machine:"
				  : "\nThis machine has no NIC that Linux knows a driver for.");
	for (size_t i = 0; i < facts->n_nics; i++) {
		const struct nic_facts *nic = &facts->nics[i];

		buf_addf(b, "\n  %s %s driver %s%s%s, %s", nic->name, nic->mac,
			 nic->driver ? nic->driver : "unknown", nic->pci ? ", PCI " : "",
			 nic->pci ? nic->pci : "", nic->carrier ? "link" : "no link");
	}
	facts_diagnose(facts, MISSING_NIC, "\n  missing: ", b);
}
