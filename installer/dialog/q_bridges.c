/* The two bridges: which ports carry the host's management, and which the guests. */
#include "base/util.h"
#include "installer/dialog/question.h"

static size_t n_nics(const struct dialog *d)
{
	return MIN(d->facts->n_nics, NICS_MAX);
}

static size_t marked(const bool *list, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += list[i];
	return sum;
}

/* Before the first answer the ports with a link are offered in order: management, then guests. */
static void offer(const struct dialog *d, bool *list)
{
	size_t n = n_nics(d);

	if (marked(list, n) || d->answered[d->at])
		return;
	for (size_t i = 0; i < n; i++)
		if (d->facts->nics[i].carrier && !(list == d->a.guests && d->a.management[i])) {
			list[i] = true;
			return;
		}
}

static enum ui_answer ask_ports(struct dialog *d, bool *list, const char *title, const char *prompt)
{
	struct ui_choice choices[NICS_MAX];
	char *help[NICS_MAX];
	size_t n = n_nics(d);
	enum ui_answer answer;

	if (!n) {
		ui_message(title, "This machine shows no network port. Does Linux have a driver for it?");
		return UI_BACK;
	}
	if (d->opts->lldp)
		net_lldp_read(d->opts->lldp, 0);
	offer(d, list);
	for (size_t i = 0; i < n; i++) {
		help[i] = ports_help(d, &d->facts->nics[i]);
		choices[i] = (struct ui_choice){ d->facts->nics[i].name, ports_line(d, &d->facts->nics[i]),
						 list[i] };
	}
	answer = ui_checklist(title, prompt, choices, (const char *const *)help, n);
	for (size_t i = 0; i < n; i++) {
		if (answer == UI_NEXT)
			list[i] = choices[i].on;
		free((void *)choices[i].text);
		free(help[i]);
	}
	return answer;
}

static enum ui_answer ask_management(struct dialog *d)
{
	return ask_ports(d, d->a.management, "Management network (xenbr0)",
			 "Which port carries the host's own network? Space marks; several are bonded.");
}

static enum ui_answer ask_guests(struct dialog *d)
{
	return ask_ports(
		d, d->a.guests, "Guests' network (xenbr1)",
		"Which port carries the guests' network? Space marks; several are bonded; none: guests "
		"share the host's.");
}

static int check_management(const struct dialog *d, struct err *err)
{
	if (!marked(d->a.management, n_nics(d)))
		return err_set(err, ERR_INPUT,
			       "the host needs one port at least: mark it with the space bar");
	return 0;
}

static int check_guests(const struct dialog *d, struct err *err)
{
	for (size_t i = 0; i < n_nics(d); i++)
		if (d->a.guests[i] && d->a.management[i])
			return err_set(err, ERR_INPUT,
				       "port %s carries the management network already: choose another one",
				       d->facts->nics[i].name);
	return 0;
}

static bool some_bond(const struct dialog *d)
{
	return marked(d->a.management, n_nics(d)) > 1 || marked(d->a.guests, n_nics(d)) > 1;
}

static enum ui_answer ask_mode(struct answers *a)
{
	static const struct ui_choice modes[] = {
		{ "active-backup", "one port at a time; any switch", false },
		{ "802.3ad", "LACP: the switch must be set up for it", false },
		{ "balance-xor", "static aggregation on the switch", false },
	};
	size_t at = str_eq(a->bond_mode, "802.3ad") ? 1 : str_eq(a->bond_mode, "balance-xor") ? 2 : 0;
	enum ui_answer answer =
		ui_menu("Bonds", "How do the ports of a bond share the work?", modes, ARRAY_SIZE(modes), &at);

	if (answer == UI_NEXT)
		snprintf(a->bond_mode, sizeof(a->bond_mode), "%s", modes[at].tag);
	return answer;
}

static enum ui_answer ask_links(struct dialog *d)
{
	struct answers *a = &d->a;
	struct ui_field fields[] = {
		{ "VLAN of the management network", a->management_vlan, sizeof(a->management_vlan), false },
		{ "VLAN of the guests' network", a->guests_vlan, sizeof(a->guests_vlan), false },
	};
	size_t n = marked(a->guests, n_nics(d)) ? 2 : 1;
	enum ui_answer answer;

	do {
		answer = some_bond(d) ? ask_mode(a) : UI_NEXT;
		if (answer != UI_NEXT)
			return answer;
		answer = ui_form("VLANs",
				 "Does the switch tag these networks? Their numbers; empty: untagged.",
				 fields, n);
	} while (answer == UI_BACK && some_bond(d));
	return answer;
}

static int check_vlan(const char *what, const char *word, struct err *err)
{
	uint64_t id = 0;

	if (*word && (!str_u64(word, &id) || id < 1 || id > 4094))
		return err_set(err, ERR_INPUT, "VLAN of the %s network: \"%s\" is no number from 1 to 4094",
			       what, word);
	return 0;
}

static int check_links(const struct dialog *d, struct err *err)
{
	int r = check_vlan("management", d->a.management_vlan, err);

	return r ? r : check_vlan("guests'", d->a.guests_vlan, err);
}

static char *address_options(const struct answers *a)
{
	auto_free char *ip = text_option("--ip", a->ip);
	auto_free char *mask = text_option("--netmask", a->netmask);
	auto_free char *gateway = text_option("--gateway", a->gateway);
	auto_free char *dns = text_option("--nameserver", a->dns);

	if (!a->fixed_address)
		return xasprintf(" --bootproto=dhcp%s", dns);
	return xasprintf(" --bootproto=static%s%s%s%s", ip, mask, gateway, dns);
}

/* The bond and the VLAN below a bridge, and then its ports: the last of them. */
static void write_below(const struct dialog *d, struct ks_text *t, const bool *list, const char *bond,
			const char *vlan, struct buf *below)
{
	const char *mode = *d->a.bond_mode ? d->a.bond_mode : "active-backup";
	bool bonded = marked(list, n_nics(d)) > 1;
	auto_buf ports = { 0 };

	for (size_t i = 0; i < n_nics(d); i++)
		if (list[i])
			buf_addf(&ports, "%s%s", ports.len ? "," : "", d->facts->nics[i].mac);
	if (bonded)
		text_line(
			t,
			"network --device=%s --bondslaves=%s --bondopts=mode=%s,miimon=100 --noipv4 --noipv6",
			bond, buf_str(&ports), mode);
	buf_adds(below, bonded ? bond : buf_str(&ports));
	if (*vlan) {
		text_line(t, "network --device=%s --vlanid=%s --interfacename=vlan%s --noipv4 --noipv6",
			  buf_str(below), vlan, vlan);
		below->len = 0;
		buf_addf(below, "vlan%s", vlan);
	}
}

/* All network lines belong to the address: they are complete only then. */
static void write_lines(const struct dialog *d, struct ks_text *t)
{
	const struct answers *a = &d->a;
	auto_free char *options = address_options(a);
	auto_free char *name = text_option("--hostname", a->hostname);
	auto_buf below = { 0 };

	write_below(d, t, a->management, "bond0", a->management_vlan, &below);
	text_line(t, "network --device=xenbr0 --bridgeslaves=%s%s%s", buf_str(&below), options, name);
	if (!marked(a->guests, n_nics(d)))
		return;
	below.len = 0;
	write_below(d, t, a->guests, "bond1", a->guests_vlan, &below);
	text_line(t, "network --device=xenbr1 --bridgeslaves=%s --noipv4 --noipv6", buf_str(&below));
}

static enum ui_answer ask_address(struct dialog *d)
{
	static const struct ui_choice kinds[] = {
		{ "dhcp", "the network assigns it", false },
		{ "static", "typed in here", false },
	};
	struct answers *a = &d->a;
	struct ui_field fields[] = {
		{ "Address", a->ip, sizeof(a->ip), false },
		{ "Netmask", a->netmask, sizeof(a->netmask), false },
		{ "Gateway", a->gateway, sizeof(a->gateway), false },
		{ "DNS servers (a,b)", a->dns, sizeof(a->dns), false },
		{ "HTTP proxy (URL)", a->proxy, sizeof(a->proxy), false },
	};
	size_t from;
	enum ui_answer answer;

	do {
		size_t at = a->fixed_address;

		answer = ui_menu("Address", "How does the host get its address?", kinds, ARRAY_SIZE(kinds),
				 &at);
		if (answer != UI_NEXT)
			return answer;
		a->fixed_address = at == 1;
		from = at ? 0 : 3;
		answer = ui_form("Address",
				 at ? "The host's address on the management network:"
				    : "Empty where the network says it, or where there is none:",
				 fields + from, ARRAY_SIZE(fields) - from);
	} while (answer == UI_BACK);
	return answer;
}

static int prove_address(const struct dialog *d, const struct ks *ks, struct err *err)
{
	if (!d->opts->try_network)
		return 0;
	ui_busy("Bringing the network up ...");
	return d->opts->try_network(d->opts->arg, ks, err);
}

const struct question question_management = {
	.name = "management",
	.title = "Management network (xenbr0)",
	.ask = ask_management,
	.check = check_management,
};
const struct question question_guests = {
	.name = "guests",
	.title = "Guests' network (xenbr1)",
	.ask = ask_guests,
	.check = check_guests,
};
const struct question question_links = {
	.name = "links",
	.title = "Bonds and VLANs",
	.ask = ask_links,
	.check = check_links,
};
const struct question question_address = {
	.name = "address",
	.title = "Address",
	.ask = ask_address,
	.write = write_lines,
	.prove = prove_address,
};
