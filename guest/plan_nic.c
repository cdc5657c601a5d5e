/* The guest's NICs: bridges that are there, and MACs that nobody has. */
#include "base/util.h"
#include "guest/plan_priv.h"
#include "guest/xlcfg_word.h"

static bool has(const char *const *list, const char *word)
{
	for (; list && *list; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

/* Who has a value in a vif's key; NULL: nobody. */
static const char *user_of(const struct planner *p, const char *key, const char *value)
{
	for (size_t i = 0; i < p->host->n_guests; i++) {
		const json_t *vifs = json_object_get(p->host->guests[i].config, "vif"), *v;
		size_t k;

		json_array_foreach (vifs, k, v) {
			const char *word = json_string_value(v);
			auto_free char *found = word ? xlcfg_vif_get(word, key) : NULL;

			if (found && strcasecmp(found, value) == 0)
				return p->host->guests[i].name;
		}
	}
	return NULL;
}

static bool mac_in_plan(const struct planner *p, const char *mac, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(p->plan->nics[i].mac, mac))
			return true;
	return false;
}

static void plan_mac(struct planner *p, struct guest_nic *n, size_t i)
{
	const char *user = n->mac ? user_of(p, "mac", n->mac) : NULL;

	if (user)
		gplan_machine(p, "--bridge", "%s: MAC %s is guest %s's", n->word, n->mac, user);
	else if (n->mac && mac_in_plan(p, n->mac, i))
		gplan_wrong(p, "--bridge", "%s: MAC %s stands twice", n->word, n->mac);
}

static void plan_bridge(struct planner *p, const struct guest_nic *n)
{
	auto_buf names = { 0 };

	for (const char **b = p->host->bridges; b && *b; b++)
		buf_addf(&names, "%s%s", names.len ? ", " : "", *b);
	if (!has(p->host->bridges, n->bridge))
		gplan_machine(p, "--bridge", "%s: there is no bridge %s here%s%s", n->word, n->bridge,
			      names.len ? ", but " : "", buf_str(&names));
	else if (n->vlan && !has(p->host->vlan_bridges, n->bridge))
		gplan_machine(p, "--bridge",
			      "%s: %s does not filter VLANs (network --bridgeopts=vlan-filtering=yes)",
			      n->word, n->bridge);
	if (n->vifname && user_of(p, "vifname", n->vifname))
		gplan_machine(p, "--bridge", "%s: interface %s is guest %s's", n->word, n->vifname,
			      user_of(p, "vifname", n->vifname));
}

void gplan_nics(struct planner *p)
{
	struct guest_plan *plan = p->plan;

	for (size_t i = 0; i < p->spec->n_nics; i++) {
		struct guest_nic *n = arena_push(&plan->arena, &plan->nics, &plan->n_nics, sizeof(*n));

		*n = p->spec->nics[i];
		plan_bridge(p, n);
		plan_mac(p, n, i);
	}
}
