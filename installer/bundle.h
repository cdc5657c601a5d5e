/* What a run leaves behind: logs in the target, and one tar of a failure. Secrets are masked in both. */
#ifndef INSTALLER_BUNDLE_H
#define INSTALLER_BUNDLE_H

#include "installer/apply.h"

/* install.log, events.jsonl, plan.txt and host.ks (masked) into dir, 0640. */
int bundle_logs_to(struct install_run *run, const char *dir, struct err *err);

/* facts.json, host.ks (masked), plan.txt, error.txt, install.log and events.jsonl in one tar. */
int bundle_write(struct install_run *run, const struct err *failure, const char *path, struct err *err);

#endif
