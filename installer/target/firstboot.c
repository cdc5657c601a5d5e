/* The check of the first boot: firstboot.sh, its unit and its configuration. */
#include "installer/target/target.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/target/chroot.h"
#include "multipath/plan.h"
#include "netbridge/netbridge.h"

/* firstboot.sh, from the folder that the compiler runs in. */
__asm__(".section .rodata\n"
	".global firstboot_script\n"
	".global firstboot_script_end\n"
	"firstboot_script:\n"
	".incbin \"installer/target/firstboot.sh\"\n"
	"firstboot_script_end:\n"
	".byte 0\n"
	".text\n");
extern const char firstboot_script[], firstboot_script_end[];

/* Slow machines take their time: no limit. The marker keeps it from running again when it could not be
 * disabled. */
static const char unit[] = "[Unit]\n"
			   "Description=Check and report the first boot of this Xen host\n"
			   "Wants=network-online.target\n"
			   "After=network-online.target xen.service chrony.service\n"
			   "ConditionPathExists=/var/lib/xenith/firstboot\n"
			   "\n"
			   "[Service]\n"
			   "Type=oneshot\n"
			   "ExecStart=/usr/lib/xenith/firstboot\n"
			   "TimeoutStartSec=infinity\n"
			   "\n"
			   "[Install]\n"
			   "WantedBy=multi-user.target\n";

static void add_bridge(const struct net_if *br, struct buf *b)
{
	if (!br->onboot || !net_if_is_bridge(br))
		return;
	buf_addf(b, "bridge %s ", br->name);
	if (br->addr.proto == NET_STATIC)
		buf_addf(b, "%s/%u", br->addr.ip, br->addr.prefix_len);
	else
		buf_adds(b, br->addr.proto == NET_DHCP ? "dhcp" : "none");
	for (size_t i = 0; i < br->n_lower; i++)
		buf_addf(b, " %s", br->lower[i]->name);
	buf_addc(b, '\n');
}

/* "syslog tls log.example.org 6514", of what event_syslog_new takes. */
static void add_syslog(const char *server, struct buf *b)
{
	const char *where = server && strstr(server, "://") ? strstr(server, "://") + 3 : server;
	bool tls = server && str_starts(server, "tls://");
	const char *end = where ? strrchr(where, ']') : NULL, *colon = where ? strrchr(where, ':') : NULL;
	bool has_port = colon && (end ? colon > end : strchr(where, ':') == colon);
	auto_free char *host = !where     ? NULL
			       : has_port ? xstrndup(where, (size_t)(colon - where))
					  : xstrdup(where);

	if (!host)
		return;
	if (*host == '[' && str_ends(host, "]")) {
		memmove(host, host + 1, strlen(host));
		host[strlen(host) - 1] = '\0';
	}
	buf_addf(b, "syslog %s %s %s\n",
		 tls                            ? "tls"
		 : str_starts(server, "tcp://") ? "tcp"
						: "udp",
		 host,
		 has_port ? colon + 1
		 : tls    ? "6514"
			  : "514");
}

/* "2048M", "2G", "2097152K", or KiB without a unit (Xen's dom0_mem); 0: nothing that can be compared. */
static uint64_t mem_mib(const char *word)
{
	size_t len = word ? strlen(word) : 0;
	auto_free char *digits = len ? xstrndup(word, len - 1) : NULL;
	uint64_t n;

	if (!len)
		return 0;
	if (str_u64(word, &n))
		return n >> 10;
	if (!str_u64(digits, &n))
		return 0;
	switch (word[len - 1] | 0x20) {
	case 'g':
		return n << 10;
	case 'm':
		return n;
	case 'k':
		return n >> 10;
	default:
		return 0;
	}
}

static int configuration(const struct facts *facts, const struct ks *ks, struct buf *b, struct err *err)
{
	struct net_plan net = { 0 };
	uint64_t mem = mem_mib(ks->xen.dom0_mem);
	int r = net_plan_make(facts, ks, &net, err);

	if (r)
		return r;
	if (ks->report.url)
		buf_addf(b, "url %s\n", ks->report.url);
	add_syslog(ks->report.syslog, b);
	if (mem)
		buf_addf(b, "dom0_mem %llu\n", (unsigned long long)mem);
	for (size_t i = 0; i < net.n_ifs; i++)
		add_bridge(net.ifs[i], b);
	for (size_t i = 0; i < ks->n_volgroups; i++)
		buf_addf(b, "vg %s\n", ks->volgroups[i].name);
	for (size_t i = 0; i < ks->n_luns; i++) {
		auto_free char *wwid = mpath_wwid(ks->luns[i].wwid);

		if (ks->luns[i].vg && !ks->luns[i].join) /* that of a join may be named by its UUID */
			buf_addf(b, "vg %s\n", ks->luns[i].vg);
		buf_addf(b, "lun %s %zu\n", wwid, mpath_min_paths(&ks->luns[i]));
	}
	net_plan_clear(&net);
	return 0;
}

int target_firstboot(const struct facts *facts, const struct ks *ks, const char *root, struct door *door,
		     struct err *err)
{
	auto_free char *script = path_join(root, "usr/lib/xenith/firstboot");
	auto_free char *unit_path = path_join(root, "etc/systemd/system/xenith-firstboot.service");
	auto_free char *conf = path_join(root, "etc/xenith/firstboot.conf");
	auto_free char *marker = path_join(root, "var/lib/xenith/firstboot");
	auto_buf text = { 0 };
	int r = configuration(facts, ks, &text, err);

	if (!r)
		r = door_write(door, script, firstboot_script,
			       (size_t)(firstboot_script_end - firstboot_script), 0755, err);
	if (!r) /* the URL may hold a password */
		r = door_write(door, conf, buf_str(&text), text.len, 0600, err);
	if (!r)
		r = door_write(door, unit_path, unit, sizeof(unit) - 1, 0644, err);
	if (!r)
		r = door_write(door, marker, "", 0, 0644, err);
	if (!r)
		r = chroot_runl(door, root, err, "systemctl", "enable", "xenith-firstboot.service", NULL);
	return r;
}
