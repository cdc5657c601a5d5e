#include "base/util.h"
#include "facts/acpi.h"
#include "facts/cmdline.h"
#include "facts/parts.h"

/* "115200n8r": baud, parity, data bits, flow (Linux, admin-guide/serial-console). What is missing stays. */
static void parse_options(const struct sysroot *sr, const char *s, struct console_facts *c)
{
	size_t digits = strspn(s, "0123456789");
	auto_free char *baud = xstrndup(s, digits);
	char parity = 'n', bits = '8';
	uint64_t v;

	if (str_u64(baud, &v) && v > 0 && v <= 4000000)
		c->baud = (unsigned)v;
	s += digits;
	if (*s == 'n' || *s == 'o' || *s == 'e')
		parity = *s++;
	if (*s >= '5' && *s <= '8')
		bits = *s;
	c->parity = arena_printf(sr->arena, "%c%c1", bits, parity);
}

/* The COM port that console=uart8250,io,0x2f8 or uart[8250],io,... names; -1 for others. */
static int uart_port(const char *value, const char **options)
{
	static const char *const ports[] = { "0x3f8", "0x2f8", "0x3e8", "0x2e8" };
	const char *s = strstr(value, ",io,");

	for (size_t i = 0; s && i < ARRAY_SIZE(ports); i++) {
		size_t len = strlen(ports[i]);

		if (strncmp(s + 4, ports[i], len) != 0 || (s[4 + len] && s[4 + len] != ','))
			continue;
		*options = s[4 + len] ? s + 5 + len : "";
		return (int)i;
	}
	return -1;
}

static void parse_console(const struct sysroot *sr, const char *value, struct console_facts *c)
{
	size_t name = strcspn(value, ",");
	const char *options = value[name] ? value + name + 1 : "";
	auto_free char *tty = xstrndup(value, name);
	int port = -1;

	if (name_numbered(tty, "tty")) {
		c->vga = true;
		return;
	}
	if (name_numbered(tty, "ttyS") && strlen(tty) <= 6)
		port = (int)strtol(tty + 4, NULL, 10);
	else if (str_eq(tty, "uart") || str_eq(tty, "uart8250"))
		port = uart_port(value, &options);
	if (port < 0)
		return;
	c->serial_port = port;
	c->baud = 115200;
	parse_options(sr, options, c);
	c->from_cmdline = true;
}

bool facts_firmware_console(const char *root, struct console_facts *ret)
{
	struct arena arena = { 0 };
	struct sysroot sr;
	bool there;

	if (sysroot_open(&sr, root, &arena, NULL))
		return false;
	there = acpi_spcr(&sr, ret);
	sysroot_close(&sr);
	arena_clear(&arena);
	return there;
}

void facts_read_console(const struct sysroot *sr, struct facts *f)
{
	struct console_facts c = { .serial_port = -1, .baud = 115200, .parity = "8n1" };
	const char *serial = NULL, *own = NULL;
	auto_argv words = { 0 };
	bool named = false;

	cmdline_split(f->cmdline, &words);
	for (size_t i = 0; i < words.n; i++) {
		const char *value = words.v[i] + strlen("console=");

		if (str_starts(words.v[i], FACTS_DEFAULT_CONSOLE "="))
			own = words.v[i] + strlen(FACTS_DEFAULT_CONSOLE "=");
		if (!str_starts(words.v[i], "console="))
			continue;
		named = true;
		parse_console(sr, value, &c);
		serial = name_numbered(value, "tty") ? serial : value;
	}
	/* Without a word about it, the kernel takes the screen. */
	if (!named)
		c.vga = true;
	if (!c.from_cmdline || str_eq(serial, own))
		c.from_cmdline = !acpi_spcr(sr, &c) && c.from_cmdline;
	f->console = c;
}
