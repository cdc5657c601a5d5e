/* What Xen's own tools read: xl.conf(5), and the hook behind the vif scripts. */
#include "base/file.h"
#include "base/util.h"
#include "netbridge/files.h"

/* Whether the line is vif.default.bridge="…", commented out or not. */
static bool sets_bridge(const char *line)
{
	line += strspn(line, "# \t");
	if (!str_starts(line, "vif.default.bridge"))
		return false;
	line += strlen("vif.default.bridge");
	return line[strspn(line, " \t")] == '=';
}

/* Set the default bridge in the text of xl.conf(5); all other lines stay. */
static void edit_xl_conf(const char *text, const char *bridge, struct buf *b)
{
	bool done = false;

	while (*text) {
		size_t len = strcspn(text, "\n");

		len += text[len] == '\n';
		if (sets_bridge(text)) {
			if (!done)
				buf_addf(b, "vif.default.bridge=\"%s\"\n", bridge);
			done = true;
		} else {
			buf_add(b, text, len);
		}
		text += len;
	}
	if (done)
		return;
	if (b->len && b->data[b->len - 1] != '\n')
		buf_addc(b, '\n');
	buf_addf(b, "vif.default.bridge=\"%s\"\n", bridge);
}

int net_out_xl_conf(const struct net_out *o, struct err *err)
{
	auto_free char *path = path_join(o->root, "/etc/xen/xl.conf");
	auto_buf old = { 0 };
	auto_buf b = { 0 };

	if (!o->plan->guest_bridge)
		return 0;
	if (file_exists(path)) {
		int r = file_read(path, &old, err);

		if (r)
			return r;
	}
	edit_xl_conf(buf_str(&old), o->plan->guest_bridge, &b);
	return net_out_put(o, "/etc/xen/xl.conf", &b, err);
}

/* vif-post.hook, from the folder that the compiler runs in. */
__asm__(".section .rodata\n"
	".global net_vif_hook\n"
	".global net_vif_hook_end\n"
	"net_vif_hook:\n"
	".incbin \"netbridge/vif-post.hook\"\n"
	"net_vif_hook_end:\n"
	".byte 0\n"
	".text\n");
extern const char net_vif_hook[], net_vif_hook_end[];

/* Xen's vif scripts run it behind their own work. */
int net_out_vif_hook(const struct net_out *o, struct err *err)
{
	auto_free char *path = path_join(o->root, "/etc/xen/scripts/vif-post.d/50-xenith.hook");

	if (!o->plan->guest_bridge)
		return 0;
	return door_write(o->door, path, net_vif_hook, (size_t)(net_vif_hook_end - net_vif_hook), 0755, err);
}
