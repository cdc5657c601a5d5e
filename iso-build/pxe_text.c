/* What the loaders and dnsmasq read. */
#include "base/util.h"
#include "iso-build/grub_words.h"
#include "iso-build/pxe.h"

char *pxe_mac_dashes(const char *mac)
{
	char *ret = xstrdup(mac);

	for (char *c = ret; *c; c++)
		if (*c == ':')
			*c = '-';
	return ret;
}

/* The kickstart file's URL: a path is one below the folder's own. free(3). */
static char *full_url(const struct pxe_opts *o, const char *ks)
{
	return strchr(ks, ':') ? xstrdup(ks) : xasprintf("%s/%s", o->url, ks + strspn(ks, "/"));
}

/* The kernel's words for a host, or for any (NULL). free(3). */
static char *words(const struct pxe_opts *o, const struct pxe_host *h, const char *args)
{
	auto_free char *url = full_url(o, h ? h->ks : o->ks_url);
	const char *more = h && h->append ? h->append : "";

	return xasprintf("%s ks=%s%s%s%s%s", args, url, o->append ? " " : "", o->append ? o->append : "",
			 *more ? " " : "", more);
}

static void ipxe_boot(const struct pxe_opts *o, const struct pxe_host *h, const char *args, struct buf *b)
{
	auto_free char *w = words(o, h, args);

	buf_addf(b,
		 "kernel %s/vmlinuz initrd=initrd %s BOOTIF=01-${netX/mac:hexhyp}\n"
		 "initrd --name initrd %s/initrd\n"
		 "boot\n",
		 o->url, w, o->url);
}

void pxe_text_ipxe(const struct pxe_opts *o, const char *args, struct buf *b)
{
	buf_addf(b,
		 "#!ipxe\n"
		 "chain --autofree --replace %s/" PXE_LOCAL_DIR "/${netX/mac:hexhyp}.ipxe ||\n"
		 "chain --autofree --replace %s/hosts/${netX/mac:hexhyp}.ipxe ||\n",
		 o->url, o->url);
	if (o->ks_url)
		ipxe_boot(o, NULL, args, b);
	else
		buf_addf(b,
			 "echo This machine (${netX/mac}) is not in the table of hosts: it starts from its "
			 "disk.\n"
			 "chain --autofree --replace %s/" PXE_LOCAL_DIR "/disk.ipxe\n",
			 o->url);
}

void pxe_text_ipxe_host(const struct pxe_opts *o, const struct pxe_host *h, const char *args, struct buf *b)
{
	buf_addf(b, "#!ipxe\necho Xenith: %s\n", h->name ? h->name : h->mac);
	ipxe_boot(o, h, args, b);
}

/* UEFI goes on with its next boot entry. */
void pxe_text_ipxe_local(struct buf *b)
{
	buf_adds(b, "#!ipxe\n"
		    "echo Starting from the disk\n"
		    "iseq ${platform} pcbios && sanboot --no-describe --drive 0x80 ||\n"
		    "exit 1\n");
}

void pxe_text_grub_early(const struct pxe_opts *o, struct buf *b)
{
	const char *host = o->url + strlen("http://");
	int len = (int)strcspn(host, "/");

	buf_addf(b,
		 "set root=(http,%.*s)\n"
		 "set base=(http,%.*s)%s\n"
		 "export base\n"
		 "set prefix=$base/grub\n"
		 "configfile $base/grub/grub.cfg\n",
		 len, host, len, host, host + len);
}

static void grub_boot(const struct pxe_opts *o, const struct pxe_host *h, const char *args, struct buf *b)
{
	auto_free char *w = words(o, h, args);
	auto_free char *mac = h ? pxe_mac_dashes(h->mac) : xstrdup("$net_default_mac");

	buf_adds(b, "linux $base/vmlinuz");
	grub_add_words(b, w);
	buf_addf(b, " BOOTIF=01-%s\ninitrd $base/initrd\nboot\n", mac);
}

/* GRUB takes an answer 404 for a file, and its page for commands: a host of the table has both files, always.
 */
void pxe_text_grub(const struct pxe_opts *o, const char *args, struct buf *b)
{
	buf_adds(b, "if serial --unit=0 --speed=115200; then\n"
		    "  terminal_input console serial\n"
		    "  terminal_output console serial\n"
		    "fi\n"
		    "echo \"Xenith: $net_default_mac\"\n"
		    "source $base/" PXE_LOCAL_DIR "/$net_default_mac.cfg\n"
		    "source $base/hosts/$net_default_mac.cfg\n");
	if (o->ks_url)
		grub_boot(o, NULL, args, b);
	else
		buf_adds(b, "echo \"This machine is not in the table of hosts: it starts from its disk.\"\n"
			    "source $base/" PXE_LOCAL_DIR "/disk.cfg\n");
}

void pxe_text_grub_host(const struct pxe_opts *o, const struct pxe_host *h, const char *args, struct buf *b)
{
	grub_boot(o, h, args, b);
}

void pxe_text_grub_local(struct buf *b)
{
	buf_adds(b, "echo \"Starting from the disk\"\n"
		    "if [ \"$grub_platform\" = pc ]; then\n"
		    "  set root=(hd0)\n"
		    "  chainloader +1\n"
		    "  boot\n"
		    "fi\n"
		    "exit\n");
}

/* The address that the folder's URL names: a proxy of an existing DHCP server needs one of its network. */
static void dhcp_range(const struct pxe_opts *o, struct buf *b)
{
	const char *host = o->url + strlen("http://");

	if (o->dhcp_range)
		buf_addf(b, "dhcp-range=%s\n", o->dhcp_range);
	else
		buf_addf(b,
			 "# Another server gives the addresses. With --dhcp-range this one does, which UEFI "
			 "HTTP boot\n"
			 "# wants.\n"
			 "dhcp-range=%.*s,proxy\n",
			 (int)strcspn(host, ":/"), host);
}

void pxe_text_dnsmasq(const struct pxe_opts *o, struct buf *b)
{
	buf_adds(b, "# dnsmasq(8): DHCP and TFTP for this folder. No DNS.\nport=0\nlog-dhcp\n");
	if (o->interface)
		buf_addf(b, "interface=%s\nbind-interfaces\n", o->interface);
	dhcp_range(o, b);
	buf_addf(b, "enable-tftp\ntftp-root=%s\n", o->output);
	buf_addf(b,
		 "dhcp-userclass=set:ipxe,iPXE\n"
		 "dhcp-match=set:bios,option:client-arch,0\n"
		 "dhcp-match=set:efi64,option:client-arch,7\n"
		 "dhcp-match=set:efi64,option:client-arch,9\n"
		 "dhcp-match=set:http64,option:client-arch,16\n"
		 "# UEFI HTTP boot takes an offer only from a server that says so.\n"
		 "dhcp-option-force=tag:http64,60,HTTPClient\n"
		 "dhcp-boot=tag:ipxe,%s/boot.ipxe\n"
		 "dhcp-boot=tag:bios,tag:!ipxe,undionly.kpxe\n"
		 "dhcp-boot=tag:efi64,tag:!ipxe,grubx64.efi\n"
		 "dhcp-boot=tag:http64,tag:!ipxe,%s/grubx64.efi\n",
		 o->url, o->url);
	for (size_t i = 0; i < o->n_hosts; i++)
		if (o->hosts[i].name)
			buf_addf(b, "dhcp-host=%s,%s\n", o->hosts[i].mac, o->hosts[i].name);
}
