#include "guest/xlcfg.h"

#include <ctype.h>

#include "base/util.h"

struct reader {
	const char *name, *p;
	unsigned line;
	struct err *err;
};

static int wrong(struct reader *r, const char *what)
{
	return err_set(r->err, ERR_INPUT, "%s:%u: %s\n", r->name, r->line, what);
}

/* Blanks and comments; newlines too inside a list. */
static void skip(struct reader *r, bool lines)
{
	for (;; r->p++) {
		if (*r->p == '#')
			while (r->p[1] && r->p[1] != '\n')
				r->p++;
		else if (*r->p == '\n' && lines)
			r->line++;
		else if (*r->p == '\\' && r->p[1] == '\n')
			r->line++, r->p++;
		else if (*r->p != ' ' && *r->p != '\t' && *r->p != '\r')
			return;
	}
}

static json_t *read_string(struct reader *r)
{
	char quote = *r->p++;
	auto_buf b = { 0 };
	json_t *v;

	for (; *r->p != quote; r->p++) {
		if (!*r->p || *r->p == '\n') {
			wrong(r, "a string without its end");
			return NULL;
		}
		if (*r->p == '\\' && r->p[1] && strchr("\\'\"", r->p[1]))
			r->p++;
		buf_addc(&b, *r->p);
	}
	r->p++;
	v = json_string(buf_str(&b));
	if (!v)
		wrong(r, "a string that is not UTF-8");
	return v;
}

static json_t *read_number(struct reader *r)
{
	char *end;
	long long v = strtoll(r->p, &end, 0);

	r->p = end;
	return json_integer(v);
}

static json_t *read_value(struct reader *r, bool in_list);

static json_t *read_list(struct reader *r)
{
	json_t *list = json_array();

	for (r->p++;;) {
		json_t *v;

		skip(r, true);
		if (*r->p == ']') {
			r->p++;
			return list;
		}
		v = read_value(r, true);
		if (v)
			json_array_append_new(list, v);
		skip(r, true);
		if (v && *r->p == ',')
			r->p++;
		else if (!v || *r->p != ']') {
			if (v)
				wrong(r, "a list without its ]");
			json_decref(list);
			return NULL;
		}
	}
}

static json_t *read_value(struct reader *r, bool in_list)
{
	if (*r->p == '"' || *r->p == '\'')
		return read_string(r);
	if (*r->p == '[' && !in_list)
		return read_list(r);
	if (isdigit((unsigned char)*r->p) || *r->p == '-')
		return read_number(r);
	wrong(r, "wants a string, a number or a list behind =");
	return NULL;
}

static int read_line(struct reader *r, json_t *config)
{
	const char *start = r->p;
	auto_free char *key = NULL;
	bool add = false;
	json_t *v, *old;

	while (isalnum((unsigned char)*r->p) || *r->p == '_')
		r->p++;
	key = xstrndup(start, (size_t)(r->p - start));
	skip(r, false);
	if (*key && r->p[0] == '+' && r->p[1] == '=') {
		add = true;
		r->p++;
	}
	if (!*key || *r->p != '=')
		return wrong(r, "wants KEY = VALUE");
	r->p++;
	skip(r, false);
	v = read_value(r, false);
	if (!v)
		return -(int)r->err->code;
	skip(r, false);
	if (*r->p == ';')
		r->p++;
	skip(r, false);
	if (*r->p && *r->p != '\n') {
		json_decref(v);
		return wrong(r, "more than one value behind =");
	}
	old = add ? json_object_get(config, key) : NULL;
	if (json_is_array(old) && json_is_array(v)) {
		json_array_extend(old, v);
		json_decref(v);
	} else {
		json_object_set_new(config, key, v);
	}
	return 0;
}

int xlcfg_parse(const char *name, const char *text, json_t **ret, struct err *err)
{
	struct err mine = { 0 };
	struct reader r = { .name = name, .p = text, .line = 1, .err = err ? err : &mine };
	json_t *config = json_object();
	int status = 0;

	while (!status) {
		skip(&r, true);
		if (!*r.p)
			break;
		status = read_line(&r, config);
	}
	if (status)
		json_decref(config);
	else
		*ret = config;
	return status;
}

static void print_value(const json_t *v, struct buf *b)
{
	const json_t *item;
	size_t i;

	if (json_is_integer(v)) {
		buf_addf(b, "%lld", (long long)json_integer_value(v));
	} else if (json_is_string(v)) {
		buf_addc(b, '"');
		for (const char *s = json_string_value(v); *s; s++) {
			if (strchr("\\\"", *s))
				buf_addc(b, '\\');
			buf_addc(b, *s);
		}
		buf_addc(b, '"');
	} else if (!json_array_size(v)) {
		buf_adds(b, "[]");
	} else if (json_array_size(v) == 1) {
		buf_adds(b, "[ ");
		print_value(json_array_get(v, 0), b);
		buf_adds(b, " ]");
	} else {
		buf_adds(b, "[");
		json_array_foreach (v, i, item) {
			buf_adds(b, "\n\t");
			print_value(item, b);
			buf_addc(b, ',');
		}
		buf_adds(b, "\n]");
	}
}

void xlcfg_print(const json_t *config, struct buf *b)
{
	const char *key;
	json_t *v;

	json_object_foreach ((json_t *)(uintptr_t)config, key, v) {
		buf_addf(b, "%s = ", key);
		print_value(v, b);
		buf_addc(b, '\n');
	}
}

const char *xlcfg_str(const json_t *config, const char *key)
{
	return json_string_value(json_object_get(config, key));
}

/* xl.cfg(5) of Xen 4.20; xl itself passes over what it doesn't know. */
static const char *const keys[] = {
	"acpi",
	"acpi_firmware",
	"acpi_laptop_slate",
	"acpi_s3",
	"acpi_s4",
	"altp2m",
	"altp2mhvm",
	"apic",
	"bios",
	"bios_path_override",
	"blkif",
	"boot",
	"bootloader",
	"bootloader_args",
	"bootloader_restrict",
	"bootloader_user",
	"builder",
	"cap",
	"channel",
	"claim_mode",
	"cmdline",
	"console",
	"cpu_weight",
	"cpuid",
	"cpus",
	"cpus_soft",
	"device_model_args",
	"device_model_args_hvm",
	"device_model_args_pv",
	"device_model_override",
	"device_model_stubdomain_override",
	"device_model_stubdomain_seclabel",
	"device_model_user",
	"device_model_version",
	"device_tree",
	"disk",
	"dm_restrict",
	"driver_domain",
	"dtdev",
	"e820_host",
	"extra",
	"firmware",
	"firmware_override",
	"gfx_passthru",
	"hap",
	"hdtype",
	"hpet",
	"init_seclabel",
	"iomem",
	"ioports",
	"irqs",
	"kernel",
	"keymap",
	"localtime",
	"max_event_channels",
	"max_grant_frames",
	"max_grant_version",
	"max_maptrack_frames",
	"maxmem",
	"maxvcpus",
	"mca_caps",
	"memory",
	"mmio_hole",
	"ms_vm_genid",
	"msr_relaxed",
	"name",
	"nestedhvm",
	"nodes",
	"nographic",
	"nomigrate",
	"nx",
	"on_crash",
	"on_poweroff",
	"on_reboot",
	"on_soft_reset",
	"on_watchdog",
	"oos",
	"opengl",
	"p9",
	"pae",
	"passthrough",
	"pci",
	"pci_msitranslate",
	"pci_permissive",
	"pci_power_mgmt",
	"pci_seize",
	"pool",
	"pvcalls",
	"pvh",
	"pvshim",
	"pvshim_cmdline",
	"pvshim_extra",
	"pvshim_path",
	"ramdisk",
	"rdm",
	"rdm_mem_boundary",
	"root",
	"rtc_timeoffset",
	"sdl",
	"seclabel",
	"serial",
	"shadow_memory",
	"smbios",
	"smbios_firmware",
	"soundhw",
	"spice",
	"spice_clipboard_sharing",
	"spice_image_compression",
	"spice_streaming_video",
	"spiceagent_mouse",
	"spicedisable_ticketing",
	"spicehost",
	"spicepasswd",
	"spiceport",
	"spicetls_port",
	"spiceusbredirection",
	"spicevdagent",
	"stdvga",
	"stubdomain_cmdline",
	"stubdomain_kernel",
	"stubdomain_memory",
	"stubdomain_ramdisk",
	"suppress_vmdesc",
	"timer_mode",
	"tsc_mode",
	"type",
	"usb",
	"usbctrl",
	"usbdev",
	"usbdevice",
	"usbversion",
	"uuid",
	"vcpus",
	"vdispl",
	"vendor_device",
	"vfb",
	"vga",
	"videoram",
	"vif",
	"virtio",
	"viridian",
	"vkb",
	"vkb_device",
	"vmtrace_buf_kb",
	"vnc",
	"vncdisplay",
	"vnclisten",
	"vncpasswd",
	"vncunused",
	"vnuma",
	"vpmu",
	"vpt_align",
	"vscsi",
	"vsnd",
	"vtpm",
	"vuart",
	"xen_platform_pci",
	"xend_suspend_evtchn_compat",
};

bool xlcfg_known(const char *key, const char **near)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	*near = str_nearest(key, keys, ARRAY_SIZE(keys));
	return false;
}

/* The value of key=... among words apart by commas; target= takes the rest. */
static char *get(const char *word, const char *key)
{
	size_t len = strlen(key);

	for (const char *s = word; s; s = strchr(s, ',')) {
		size_t n;

		s += *s == ',';
		s += strspn(s, " \t");
		n = strcspn(s, ",");
		if (str_starts(s, "target="))
			n = strlen(s);
		if (strncmp(s, key, len) == 0 && s[len] == '=' && n > len)
			return xstrndup(s + len + 1, n - len - 1);
		if (str_starts(s, "target="))
			return NULL;
	}
	return NULL;
}

char *xlcfg_vif_get(const char *word, const char *key)
{
	return get(word, key);
}

/* The positions of xl-disk-configuration(5): target, format, vdev, access; "phy:" and its kin before the
 * target. */
char *xlcfg_disk_get(const char *word, const char *key)
{
	static const char *const at[] = { "target", "format", "vdev", "access" };
	bool old = str_starts(word, "phy:") || str_starts(word, "file:") || str_starts(word, "tap:");
	size_t i = 0;
	char *v;

	if (strchr(word, '=') && !old)
		if ((v = get(word, key)))
			return v;
	for (const char *s = word; s; s = strchr(s, ','), i++) {
		size_t n;

		s += *s == ',';
		s += strspn(s, " \t");
		n = strcspn(s, ",");
		if (memchr(s, '=', n))
			return NULL;
		/* The old form has no format: PROTO:TARGET,VDEV,ACCESS. */
		if (old && i == 1)
			i = 2;
		if (i >= ARRAY_SIZE(at))
			return NULL;
		if (str_eq(at[i], key) && n) {
			const char *colon = i == 0 && old ? memchr(s, ':', n) : NULL;

			return colon ? xstrndup(colon + 1, n - (size_t)(colon + 1 - s)) : xstrndup(s, n);
		}
	}
	return NULL;
}

char *xlcfg_word_set(const char *word, const char *key, const char *value)
{
	auto_buf b = { 0 };
	auto_free char *old = get(word, key);
	const char *at = NULL;

	for (const char *s = word; old && (s = strstr(s, key)); s++)
		if (s[strlen(key)] == '=' && (s == word || s[-1] == ',' || s[-1] == ' ')) {
			at = s;
			break;
		}
	if (!at) {
		buf_addf(&b, "%s=%s", key, value);
		if (*word)
			buf_addf(&b, ",%s", word);
		return buf_take(&b);
	}
	buf_add(&b, word, (size_t)(at - word));
	buf_addf(&b, "%s=%s%s", key, value, at + strlen(key) + 1 + strlen(old));
	return buf_take(&b);
}
