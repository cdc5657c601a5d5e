/* What this machine is, and what its processor and firmware allow. */
#include "base/util.h"
#include "installer/dialog/question.h"

static const char *verdict(enum virt_level level)
{
	switch (level) {
	case VIRT_IOMMU:
		return "all kinds of guests, and devices can be passed through to them";
	case VIRT_HAP:
		return "all kinds of guests (PV, PVH, HVM)";
	case VIRT_HVM:
		return "all kinds of guests, but without nested paging: HVM and PVH will be slow";
	case VIRT_PV:
		return "only paravirtualized guests (PV); no HVM, no PVH";
	case VIRT_NONE:
		break;
	}
	return "no Xen guests";
}

static enum ui_answer ask(struct dialog *d)
{
	const struct facts *f = d->facts;
	auto_buf b = { 0 };

	buf_addf(&b, "Machine:   %s %s%s%s\n", f->vendor ? f->vendor : "unknown maker",
		 f->product ? f->product : "", f->serial ? ", serial " : "", f->serial ? f->serial : "");
	buf_addf(&b, "Processor: %s, %u threads\n", f->cpu.model ? f->cpu.model : "unknown", f->cpu.threads);
	buf_addf(&b, "Memory:    %llu MiB\n", (unsigned long long)f->mem_mib);
	buf_addf(&b, "Firmware:  %s%s\n\n", f->uefi ? "UEFI" : "BIOS",
		 f->secure_boot ? ", Secure Boot is ON" : "");
	buf_addf(&b, "This machine can run %s.\n", verdict(f->cpu.level));
	if (f->cpu.why)
		buf_addf(&b, "\nWhy: %s.\n", f->cpu.why);
	if (f->cpu.hvm == CPU_LOCKED)
		buf_adds(&b,
			 "\nTo change that, stop here and change the setup; or go on, for PV guests only.\n");
	if (f->secure_boot)
		buf_adds(&b,
			 "\nSecure Boot must be switched off in the firmware's setup: the hypervisor is not "
			 "signed, and the installed host would not start.\n");
	return ui_text("This machine", buf_str(&b));
}

static int check(const struct dialog *d, struct err *err)
{
	if (d->facts->secure_boot)
		return err_set(
			err, ERR_HW_SECURE_BOOT,
			"Secure Boot is on. Stop (Esc), switch it off in the firmware's setup, and boot "
			"this medium again.");
	return 0;
}

const struct question question_machine = {
	.name = "machine",
	.title = "This machine",
	.ask = ask,
	.check = check,
};
