/*
 * One word of a disk= or vif= list: "format=raw,vdev=xvda,target=/dev/x" and the old "phy:/dev/x,xvda,w", as
 * xl-disk-configuration(5) and xl-network-configuration(5) have them.
 */
#ifndef GUEST_XLCFG_WORD_H
#define GUEST_XLCFG_WORD_H

/* What it says of a key; NULL: nothing. free(3). */
char *xlcfg_disk_get(const char *word, const char *key); /* target, vdev, format, access */
char *xlcfg_vif_get(const char *word, const char *key);  /* mac, bridge, ... */
/* The word with key=value in the place of what it says of key, or added. free(3). */
char *xlcfg_word_set(const char *word, const char *key, const char *value);

#endif
