#include "guest/migrate_host.h"

#include "base/buf.h"
#include "base/run.h"
#include "base/util.h"

#define ASK_S 120

static const char script[] =
	"xl info | sed -n 's/ *: */=/; s/^/info /p'\n"
	"for b in /sys/class/net/*/bridge; do [ -e \"$b\" ] && b=${b%/bridge} && echo "
	"\"bridge ${b##*/}\"; done\n"
	"lvm vgs --readonly --noheadings -o vg_name,vg_uuid 2>/dev/null | sed 's/^ */vg /'\n"
	"lvm lvs --readonly --noheadings -o vg_name,lv_name --separator / 2>/dev/null | sed 's/^ */lv /'\n"
	"echo \"hostname $(cat /etc/hostname)\"\n"
	"echo \"id $(cat /etc/machine-id)\"\n"
	"xl list | awk 'NR > 1 { print \"guest \" $1 }'\n";

void migrate_host_clear(struct migrate_host *host)
{
	free(host->cpu_features);
	free(host->hostname);
	free(host->id);
	argv_clear(&host->bridges);
	argv_clear(&host->vgs);
	argv_clear(&host->lvs);
	argv_clear(&host->guests);
	*host = (struct migrate_host){ 0 };
}

static void parse_info(const char *line, struct migrate_host *ret)
{
	const char *eq = strchr(line, '=');

	if (!eq)
		return;
	if (str_starts(line, "xen_major="))
		str_u64(eq + 1, &ret->xen_major);
	else if (str_starts(line, "xen_minor="))
		str_u64(eq + 1, &ret->xen_minor);
	else if (str_starts(line, "free_memory="))
		str_u64(eq + 1, &ret->free_mib);
	else if (str_starts(line, "virt_caps=")) {
		auto_argv caps = { 0 };

		argv_split(&caps, eq + 1, " ");
		ret->caps_known = true;
		ret->shadow = argv_has(&caps, "shadow");
	} else if (str_starts(line, "hw_caps=")) {
		free(ret->cpu_features);
		ret->cpu_features = xstrdup(eq + 1);
	}
}

void migrate_host_parse(const char *text, struct migrate_host *ret)
{
	auto_argv lines = { 0 };

	argv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		char *what = strchr(lines.v[i], ' ');

		if (!what)
			continue;
		*what++ = '\0';
		if (str_eq(lines.v[i], "info"))
			parse_info(what, ret);
		else if (str_eq(lines.v[i], "bridge"))
			argv_add(&ret->bridges, what);
		else if (str_eq(lines.v[i], "vg"))
			argv_add(&ret->vgs, what);
		else if (str_eq(lines.v[i], "lv"))
			argv_add(&ret->lvs, what);
		else if (str_eq(lines.v[i], "guest"))
			argv_add(&ret->guests, what);
		else if (str_eq(lines.v[i], "hostname") && !ret->hostname)
			ret->hostname = xstrdup(what);
		else if (str_eq(lines.v[i], "id") && !ret->id)
			ret->id = xstrdup(what);
	}
}

int migrate_host_ask(const char *to, struct migrate_host *ret, struct err *err)
{
	auto_buf out = { 0 };
	auto_run run = { .out = &out, .timeout_s = ASK_S, .stdin_data = script, .stdin_len = strlen(script) };
	int r;

	if (to)
		argv_addl(&run.argv, "ssh", "-o", "BatchMode=yes", "--", to, "sh", "-s", NULL);
	else
		argv_addl(&run.argv, "sh", "-s", NULL);
	r = run_argv(&run, err);
	if (!r)
		migrate_host_parse(buf_str(&out), ret);
	return r;
}
