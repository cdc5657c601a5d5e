/* The network before there is a kickstart file: ip= of the kernel's command line, or DHCP on the first port
 * that answers. */
#ifndef INSTALLER_NET_EARLY_H
#define INSTALLER_NET_EARLY_H

#include "netbridge/netbridge.h"

/*
 * ip=dhcp, ip=NIC:dhcp, or ip=CLIENT::GATEWAY:NETMASK:HOSTNAME:NIC:none with nameserver= (dracut.cmdline(7)).
 * A NIC is a name or a MAC. Without ip=: DHCP on every port in turn, the one that BOOTIF= names first.
 * ERR_MACHINE without any port, ERR_FETCH when none answers.
 */
int net_early_up(const struct facts *facts, struct door *door, struct err *err);

/* The plan that ip= asks for. *static_addr false: DHCP, on ret->install_nic or on any when that is NULL.
 * Pure; ERR_INPUT for a word that is wrong. */
int net_early_plan(const struct facts *facts, struct net_plan *ret, bool *static_addr, struct err *err);

/*
 * bond=NAME:NIC,NIC:OPTIONS:MTU, vlan=NAME:DEVICE and ip= of the command line as `network` lines, which point
 * into ks. *ret: whether ip= is about such a device (DHCP on the last of them without any ip=). ERR_INPUT
 * names the word.
 */
int net_early_stack(const struct facts *facts, struct ks *ks, bool *ret, struct err *err);

/* The port that BOOTIF= of the command line names, as PXELINUX and iPXE write it; NULL: none, or none such
 * here. */
const struct nic_facts *net_early_boot_nic(const struct facts *facts);

#endif
