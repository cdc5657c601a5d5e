/* `guest create --hosts`: a guest for each row of a table. */
#ifndef CLI_GUEST_BATCH_H
#define CLI_GUEST_BATCH_H

#include "cli/guest_ask.h"

/*
 * Plan every row against the host and against those before it; print the plans (dry run) or make the guests.
 * Guests that are there are passed over. ERR_INPUT or ERR_MACHINE with all that is wrong, before anything is
 * made; else the first failure.
 */
int guest_batch(const struct guest_ask *ask, struct err *err);

#endif
