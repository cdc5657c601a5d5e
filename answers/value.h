/* What texts of answers must look like: NULL, or what is wrong ("is no address"). No text is shown. */
#ifndef ANSWERS_VALUE_H
#define ANSWERS_VALUE_H

const char *answer_address(const char *s);      /* IPv4 or IPv6 */
const char *answer_cidr(const char *s);         /* the same with /BITS */
const char *answer_netmask(const char *s);      /* 255.255.255.0 */
const char *answer_hostname(const char *s);     /* RFC 1123, dots or none */
const char *answer_mac(const char *s);          /* 00:16:3e:00:00:01 */
const char *answer_hash(const char *s);         /* crypt(5), or ! or * in front of one or alone */
const char *answer_ssh_key(const char *s);      /* a line of authorized_keys */
const char *answer_url(const char *s);          /* http(s), ftp */
const char *answer_boolean_word(const char *s); /* true, false */

#endif
