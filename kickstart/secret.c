/* Which parts of which values are secret, by the rows' flags. */
#include "base/util.h"
#include "kickstart/table.h"

const char *ks_secret_part(const struct ks_opt *opt, const char *word, size_t *len)
{
	const char *from = NULL, *to = word + strlen(word), *at;

	if (opt->flags & KS_SECRET)
		from = word;
	if (opt->flags & KS_SECRET_TAIL) {
		from = strchr(word, '=');
		from = from ? from + 1 : NULL;
	}
	if (opt->flags & KS_SECRET_URL) {
		const char *host = strstr(word, "://");

		host = host ? host + 3 : word;
		at = memchr(host, '@', strcspn(host, "/"));
		from = at ? memchr(host, ':', (size_t)(at - host)) : NULL;
		if (from) {
			from++;
			to = at;
		}
	}
	if (from && len)
		*len = (size_t)(to - from);
	return from && to > from ? from : NULL;
}

/* realm(8)'s option, which may be cut short as long as it is the only one: --one-time-password, --one, --o.
 */
static bool is_password_option(const char *word, size_t len)
{
	return len > 2 && strncmp(word, "--one-time-password", len) == 0;
}

const char *ks_secret_word(const struct ks_opt *opt, const struct ks_list *list, size_t i)
{
	const char *word = list->v[i], *eq = strchr(word, '=');

	if (opt->flags & KS_SECRET)
		return word;
	if (!(opt->flags & KS_SECRET_TAIL))
		return NULL;
	if (i && is_password_option(list->v[i - 1], strlen(list->v[i - 1])))
		return word;
	return eq && is_password_option(word, (size_t)(eq - word)) ? eq + 1 : NULL;
}

struct call {
	void (*fn)(void *arg, const char *secret);
	void *arg;
};

static void secrets_of_list(const struct ks_opt *o, const struct ks_list *list, const struct call *call)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *secret = ks_secret_word(o, list, i);

		if (secret && *secret)
			call->fn(call->arg, secret);
	}
}

static void secrets_of(void *arg, const struct ks_cmd *cmd, const void *data)
{
	const struct call *call = arg;

	for (const struct ks_opt *o = cmd->opts; o && o->name; o++) {
		const char *word, *secret;
		size_t len;

		if (!(o->flags & (KS_SECRET | KS_SECRET_TAIL | KS_SECRET_URL)))
			continue;
		if (o->type == KS_LIST) {
			secrets_of_list(o, ks_opt_at(cmd, o, (void *)(uintptr_t)data), call);
			continue;
		}
		word = *(const char *const *)ks_opt_at(cmd, o, (void *)(uintptr_t)data);
		secret = word ? ks_secret_part(o, word, &len) : NULL;
		if (secret) {
			auto_free char *copy = xstrndup(secret, len);

			call->fn(call->arg, copy);
		}
	}
}

void ks_secrets(const struct ks *ks, void (*fn)(void *arg, const char *secret), void *arg)
{
	struct call call = { fn, arg };

	ks_each_command(ks, ks_commands, secrets_of, &call);
	ks_each_command(ks, ks_addon_commands, secrets_of, &call);
}
