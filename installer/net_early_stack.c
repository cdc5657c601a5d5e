/*
 * bond=, vlan= and ip= of the kernel's command line, as dracut.cmdline(7) has them: for a kickstart file that
 * can only be reached over a bond or a tagged port.
 */
#include "base/util.h"
#include "facts/cmdline.h"
#include "installer/net_early.h"

#define WHERE "kernel command line"

/* The lines that the words come to. */
struct stacking {
	struct ks *ks;
	const char **names; /* of each line's device in the end: "bond0.100" */
	size_t n_names;
	struct err *err;
};

/* Split in place at colons; returns how many fields there are. */
static size_t fields(char *s, char **ret, size_t max)
{
	size_t n = 0;

	while (s && n < max)
		ret[n++] = strsep(&s, ":");
	return n;
}

static struct ks_list list_of(struct arena *a, const char *words)
{
	struct ks_list list = { 0 };
	auto_argv all = { 0 };

	argv_split(&all, words, ",");
	for (size_t i = 0; i < all.n; i++)
		*(const char **)arena_push(a, &list.v, &list.n, sizeof(*list.v)) = arena_strdup(a, all.v[i]);
	return list;
}

static struct ks_network *add_line(struct stacking *s, const char *name)
{
	struct ks_network *line = ks_add(s->ks, &s->ks->networks);

	line->at = (struct ks_at){ .file = WHERE, .line = 1 };
	line->bootproto = "none";
	*(const char **)arena_push(&s->ks->arena, &s->names, &s->n_names, sizeof(*s->names)) = name;
	return line;
}

/* bond=NAME:NIC,NIC[:OPTIONS[:MTU]] */
static int add_bond(struct stacking *s, const char *value)
{
	char *f[4] = { NULL };
	size_t n = fields(arena_strdup(&s->ks->arena, value), f, ARRAY_SIZE(f));
	struct ks_network *line;
	uint64_t mtu = 0;

	if (n < 2 || !*f[0] || !*f[1] || (n > 3 && *f[3] && !str_u64(f[3], &mtu)))
		return err_set(s->err, ERR_NET_IP_WORD,
			       WHERE ": bond=%s: wants bond=NAME:NIC,NIC:OPTIONS:MTU", value);
	line = add_line(s, f[0]);
	line->device = f[0];
	line->bondslaves = list_of(&s->ks->arena, f[1]);
	if (n > 2 && *f[2])
		line->bondopts = f[2];
	if (mtu)
		line->mtu = (int64_t)mtu;
	return 0;
}

/* vlan=NAME:DEVICE; the number stands at the end of the name: bond0.100, vlan100, vlan0100. */
static int add_vlan(struct stacking *s, const char *value)
{
	char *f[2] = { NULL };
	size_t n = fields(arena_strdup(&s->ks->arena, value), f, ARRAY_SIZE(f));
	const char *digits = n == 2 ? f[0] + strlen(f[0]) : NULL;
	struct ks_network *line;
	uint64_t id;

	while (digits && digits > f[0] && strchr("0123456789", digits[-1]))
		digits--;
	if (!digits || !*f[1] || !str_u64(digits, &id))
		return err_set(s->err, ERR_NET_IP_WORD,
			       WHERE ": vlan=%s: wants vlan=NAME:DEVICE, the name with the number at its end",
			       value);
	line = add_line(s, f[0]);
	line->device = f[1];
	line->vlanid = (int64_t)id;
	line->interfacename = f[0];
	return 0;
}

static void name_servers(struct ks *ks, const struct argv *words, struct ks_list *ret)
{
	for (size_t i = 0; i < words->n; i++)
		if (str_starts(words->v[i], "nameserver="))
			*(const char **)arena_push(&ks->arena, &ret->v, &ret->n, sizeof(*ret->v)) =
				arena_strdup(&ks->arena, words->v[i] + strlen("nameserver="));
}

/* The line that makes this device; the last one without a name. NULL: none does. */
static struct ks_network *line_of(struct stacking *s, const char *name)
{
	for (size_t i = s->n_names; i-- > 0;)
		if (!*name || str_eq(s->names[i], name))
			return &s->ks->networks[i];
	return NULL;
}

/* ip=DEVICE:dhcp, ip=dhcp, ip=CLIENT:PEER:GATEWAY:NETMASK:HOSTNAME:DEVICE:METHOD, or nothing: DHCP. */
static int add_address(struct stacking *s, const struct argv *words, const char *value, bool *ours)
{
	char *f[7] = { NULL };
	size_t n = fields(arena_strdup(&s->ks->arena, value), f, ARRAY_SIZE(f));
	bool dhcp = n <= 2;
	struct ks_network *line = line_of(s, n == 2 ? f[0] : n > 5 ? f[5] : "");

	*ours = line != NULL;
	if (!line)
		return 0;
	if (!dhcp && n < 4)
		return err_set(s->err, ERR_NET_IP_WORD,
			       WHERE ": ip=%s: wants ip=ADDRESS::GATEWAY:NETMASK:HOSTNAME:DEVICE:none",
			       value);
	line->bootproto = dhcp ? "dhcp" : "static";
	if (!dhcp) {
		line->ip = f[0];
		line->gateway = *f[2] ? f[2] : NULL;
		line->netmask = f[3];
	}
	name_servers(s->ks, words, &line->nameserver);
	return 0;
}

int net_early_stack(const struct facts *facts, struct ks *ks, bool *ret, struct err *err)
{
	struct stacking s = { .ks = ks, .err = err };
	const char *ip = "";
	auto_argv words = { 0 };
	int r = 0;

	*ret = false;
	cmdline_split(facts->cmdline, &words);
	for (size_t i = 0; i < words.n && !r; i++) {
		if (str_starts(words.v[i], "bond="))
			r = add_bond(&s, words.v[i] + strlen("bond="));
		else if (str_starts(words.v[i], "vlan="))
			r = add_vlan(&s, words.v[i] + strlen("vlan="));
		else if (str_starts(words.v[i], "ip="))
			ip = words.v[i] + strlen("ip=");
	}
	if (r || !s.n_names)
		return r;
	return add_address(&s, &words, ip, ret);
}
