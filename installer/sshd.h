/* Logging in to the installer itself over the network. */
#ifndef INSTALLER_SSHD_H
#define INSTALLER_SSHD_H

#include "base/door.h"
#include "facts/facts.h"
#include "kickstart/ks.h"

/*
 * Where a kickstart file has a sshpw line, or the kernel's command line says inst.sshd: let root in with the
 * keys of `sshpw --sshkey` and `sshkey --username=root`, and with the password of `sshpw` (else keys alone).
 * dropbear(8) makes its host key when somebody comes. One that runs goes on, with the new keys. *said is a
 * line for people, in arena memory of the caller's: how to get in, or why nobody can; NULL: it isn't wanted.
 */
int sshd_start(const struct facts *facts, const struct ks *ks, struct arena *arena, struct door *door,
	       const char **said, struct err *err);

#endif
