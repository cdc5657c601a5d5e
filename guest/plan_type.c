/* PVH, PV or HVM, and why. */
#include "base/util.h"
#include "guest/plan_priv.h"

void gplan_type(struct planner *p)
{
	const struct guest_spec *s = p->spec;
	struct guest_plan *plan = p->plan;

	plan->type = s->type;
	if (s->type_said) {
		plan->why_type = "as asked";
	} else if (!p->host->hvm) {
		plan->type = GUEST_PV;
		plan->why_type = "this host has no HVM, which PVH wants";
	} else if (s->kernel_known && s->kernel_pvh) {
		plan->why_type = "its kernel has the PVH entry note";
	} else if (s->kernel_known) {
		plan->type = GUEST_HVM;
		plan->why_type = "its kernel has no PVH entry note; HVM with PV drivers takes any";
	} else if (s->route == GUEST_DIRECT || s->route == GUEST_IMAGE) {
		plan->why_type = "Debian's kernel has the PVH entry note";
	} else {
		plan->why_type = "the default; its kernel's notes are looked at before it boots";
	}
	if (s->kernel_known && plan->type == GUEST_PVH && !s->kernel_pvh)
		gplan_wrong(p, "--type",
			    "pvh: its kernel has no PVH entry note (XEN_ELFNOTE_PHYS32_ENTRY); hvm takes any "
			    "kernel");
	if (s->kernel_known && plan->type == GUEST_PV && !s->kernel_pv)
		gplan_wrong(p, "--type",
			    "pv: its kernel has no PV entry note (XEN_ELFNOTE_ENTRY); hvm takes any kernel");
	if (s->kernel_zstd && plan->type == GUEST_PV && !p->host->pygrub)
		gplan_machine(
			p, "--type",
			"pv: its kernel is packed with zstd, which GRUB's PV image can't unpack when the "
			"guest boots by itself, and pygrub is not here; pvh and hvm work without");
	if (s->iso && s->route == GUEST_DISK && plan->type != GUEST_HVM) {
		if (s->type_said)
			gplan_wrong(p, "--iso", "only an hvm guest boots from a medium");
		plan->type = GUEST_HVM;
		plan->why_type = "it boots from a medium";
	}
	if (s->route == GUEST_INSTALLER && !s->source_url && !s->iso && !s->kernel)
		gplan_wrong(p, "--from", "its answers name no tree to install from: say --iso FILE");
	if (plan->type != GUEST_PV && !p->host->hvm)
		gplan_machine(p, "--type",
			      "%s wants a processor with VT-x or SVM that Xen may use; pv works without",
			      guest_type_name(plan->type));
	if (plan->type == GUEST_PVH && !p->host->pvh_loader)
		gplan_machine(
			p, "--type",
			"pvh boots by grub-xen-host's PVH image, which is not here (package grub-xen-host)");
	if (plan->type == GUEST_PV && s->route != GUEST_DIRECT && s->route != GUEST_IMAGE &&
	    !s->kernel_zstd && !p->host->pv_loader)
		gplan_machine(
			p, "--type",
			"pv boots by grub-xen-host's PV image, which is not here (package grub-xen-host)");
}
