/* Questions to the wire: who has this address, does this server answer. */
#ifndef NETBRIDGE_PROBE_H
#define NETBRIDGE_PROBE_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Address conflict detection, RFC 5227 2.1.1: three ARP probes without a sender address, then two seconds. 1:
 * another machine has ip, *mac says which; 0: nobody; -1: it could not be asked.
 */
int net_acd_probe(const char *dev, const char *ip, char mac[18]);
/* Neighbour solicitation, RFC 4861 4.3, once a second; this machine itself does not answer. */
bool net_nd_answers(const char *dev, const char *ip6, unsigned wait_s, char mac[18]);
/* A query for the root's name servers, twice within 5 s; any answer counts. */
bool net_dns_answers(const char *server);
/* A TCP connection to the URL's host and port within 10 s. ERR_FETCH with what was seen. */
int net_url_connects(const char *url, struct err *err);

#endif
