#include "netbridge/lldp.h"

#include <arpa/inet.h>

#include "base/util.h"

#define HEADER     14
#define TAG_TYPE   0x8100
#define TEXT_MAX   255
#define MAC_LEN    6
#define FAMILY_IP  1 /* IANA address family numbers */
#define FAMILY_IP6 2

/* TLV types, 802.1AB table 8-1. */
enum {
	TLV_END,
	TLV_CHASSIS,
	TLV_PORT,
	TLV_TTL,
	TLV_PORT_TEXT,
	TLV_NAME,
	TLV_NAME_TEXT,
	TLV_ABILITY,
	TLV_ADDRESS,
	TLV_ORG = 127
};

struct tlv {
	unsigned type;
	const uint8_t *data;
	size_t len;
};

static unsigned be16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static const char *text(struct arena *a, const uint8_t *data, size_t len)
{
	char *s = arena_strndup(a, (const char *)data, MIN(len, (size_t)TEXT_MAX));
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~')
			s[i] = s[i] == '\n' || s[i] == '\r' || s[i] == '\t' ? ' ' : '?';
	while (n && s[n - 1] == ' ')
		s[--n] = '\0';
	return *s ? s : NULL;
}

static const char *mac_text(struct arena *a, const uint8_t *m)
{
	return arena_printf(a, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
}

/* A family's number, then the address. */
static const char *address_text(struct arena *a, const uint8_t *data, size_t len)
{
	char s[INET6_ADDRSTRLEN];

	if (len == 5 && data[0] == FAMILY_IP)
		return arena_strdup(a, inet_ntop(AF_INET, data + 1, s, sizeof(s)));
	if (len == 17 && data[0] == FAMILY_IP6)
		return arena_strdup(a, inet_ntop(AF_INET6, data + 1, s, sizeof(s)));
	return NULL;
}

/* Chassis and port ids begin with a subtype: mac and net are those of an address of that kind. */
static const char *id_text(struct arena *a, const struct tlv *t, unsigned mac, unsigned net)
{
	if (t->len < 2)
		return NULL;
	if (t->data[0] == mac && t->len == 1 + MAC_LEN)
		return mac_text(a, t->data + 1);
	if (t->data[0] == net)
		return address_text(a, t->data + 1, t->len - 1);
	return text(a, t->data + 1, t->len - 1);
}

static void add_vlan(struct net_lldp *l, unsigned vlan)
{
	for (size_t i = 0; i < l->n_vlans; i++)
		if (l->vlans[i] == vlan)
			return;
	if (vlan && vlan < 4095 && l->n_vlans < ARRAY_SIZE(l->vlans))
		l->vlans[l->n_vlans++] = vlan;
}

/* 802.1's: port VLAN, VLAN names, link aggregation; 802.3's: link aggregation (of old), largest frame. */
static void organization(const struct tlv *t, struct net_lldp *l)
{
	static const uint8_t ieee8021[] = { 0x00, 0x80, 0xc2 }, ieee8023[] = { 0x00, 0x12, 0x0f };
	const uint8_t *d = t->data + 4;
	size_t len;

	if (t->len < 5)
		return;
	len = t->len - 4;
	if (!memcmp(t->data, ieee8021, 3)) {
		if (t->data[3] == 1 && len == 2)
			l->pvid = be16(d) < 4095 ? be16(d) : 0;
		else if (t->data[3] == 3 && len >= 3)
			add_vlan(l, be16(d));
		else if (t->data[3] == 7 && len == 5)
			l->aggregated = d[0] & 2;
	} else if (!memcmp(t->data, ieee8023, 3)) {
		if (t->data[3] == 3 && len == 5)
			l->aggregated = d[0] & 2;
		else if (t->data[3] == 4 && len == 2)
			l->max_frame = be16(d);
	}
}

static void optional(struct arena *a, const struct tlv *t, struct net_lldp *l)
{
	switch (t->type) {
	case TLV_PORT_TEXT:
		l->port_text = text(a, t->data, t->len);
		break;
	case TLV_NAME:
		l->name = text(a, t->data, t->len);
		break;
	case TLV_NAME_TEXT:
		l->name_text = text(a, t->data, t->len);
		break;
	case TLV_ADDRESS: /* its length counts the family too */
		if (!l->address && t->len > 1 && t->data[0] < t->len)
			l->address = address_text(a, t->data + 1, t->data[0]);
		break;
	case TLV_ORG:
		organization(t, l);
		break;
	default:
		break;
	}
}

/* Seven bits of type, nine of length. */
static bool next_tlv(const uint8_t **at, const uint8_t *end, struct tlv *ret)
{
	if (end - *at < 2)
		return false;
	*ret = (struct tlv){ (*at)[0] >> 1, *at + 2, be16(*at) & 0x1ff };
	if ((size_t)(end - ret->data) < ret->len)
		return false;
	*at = ret->data + ret->len;
	return true;
}

/* Chassis, port and time to live come first, in this order, and never again (9.2.7.7.1). */
static bool mandatory(struct arena *a, const uint8_t **at, const uint8_t *end, struct net_lldp *l)
{
	struct tlv t;

	if (!next_tlv(at, end, &t) || t.type != TLV_CHASSIS || t.len < 2)
		return false;
	l->chassis = id_text(a, &t, 4, 5);
	if (!next_tlv(at, end, &t) || t.type != TLV_PORT || t.len < 2)
		return false;
	l->port = id_text(a, &t, 3, 4);
	if (!next_tlv(at, end, &t) || t.type != TLV_TTL || t.len < 2)
		return false;
	l->ttl_s = be16(t.data);
	return true;
}

bool net_lldp_parse(const uint8_t *frame, size_t len, struct arena *a, struct net_lldp *ret)
{
	const uint8_t *at = frame + HEADER, *end = frame + len;
	struct net_lldp l = { 0 };
	struct tlv t;

	if (len >= HEADER + 4 && be16(frame + 12) == TAG_TYPE)
		at += 4;
	if (len < HEADER || be16(at - 2) != LLDP_ETHERTYPE || !mandatory(a, &at, end, &l))
		return false;
	while (at < end) { /* one without its end TLV is common */
		if (!next_tlv(&at, end, &t))
			return false;
		if (t.type == TLV_END)
			break;
		if (t.type <= TLV_TTL)
			return false;
		optional(a, &t, &l);
	}
	*ret = l;
	return true;
}

void net_lldp_print(const struct net_lldp *l, struct buf *b)
{
	buf_addf(b, "switch %s, port %s",
		 l->name      ? l->name
		 : l->chassis ? l->chassis
			      : "(unnamed)",
		 l->port ? l->port : "(unnamed)");
	if (l->port_text && !str_eq(l->port_text, l->port))
		buf_addf(b, " (%s)", l->port_text);
	if (l->pvid)
		buf_addf(b, ", untagged VLAN %u", l->pvid);
	for (size_t i = 0, n = 0; i < l->n_vlans; i++)
		if (l->vlans[i] != l->pvid)
			buf_addf(b, "%s%u", n++ ? " " : ", VLANs ", l->vlans[i]);
	if (l->aggregated)
		buf_adds(b, ", in an aggregation group");
	if (l->address)
		buf_addf(b, ", address %s", l->address);
}
