/* An installer, booted in the guest, with the answers in its initrd; and the medium of answers that
 * cloud-init reads. */
#ifndef GUEST_INSTALLER_H
#define GUEST_INSTALLER_H

#include "guest/answers.h"
#include "guest/journal.h"

/*
 * Put plan->spec's kernel and initrd, with the answers appended, beside the guest; boot plan->install; wait
 * until it ends itself, timeout_s at most. ERR_TOOL: it crashed; ERR_MACHINE: it did not end.
 */
int guest_installer_run(const struct guest_plan *plan, const struct guest_answers *answers,
			struct guest_journal *j, unsigned timeout_s, struct door *door, struct err *err);
/* Append the answers to an initrd, as a further cpio archive (linux: early-userspace/buffer-format.rst). */
int guest_initrd_inject(const struct guest_answers *answers, struct buf *initrd, struct err *err);
/* The answers as an ISO with the label CIDATA: cloud-init's NoCloud. */
int guest_seed_make(const struct guest_plan *plan, const struct guest_answers *answers,
		    struct guest_journal *j, struct door *door, struct err *err);

#endif
