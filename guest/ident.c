#include "base/hash.h"
#include "base/util.h"
#include "guest/guest.h"

char *guest_mac(const char *name, unsigned n, unsigned turn)
{
	auto_free char *text = turn ? xasprintf("xenith mac %s %u %u", name, n, turn)
				    : xasprintf("xenith mac %s %u", name, n);
	char hex[HASH_HEX_LEN + 1];

	hash_mem(text, strlen(text), hex);
	return xasprintf("00:16:3e:%.2s:%.2s:%.2s", hex, hex + 2, hex + 4);
}

char *guest_uuid(const char *text)
{
	static const char variant[] = "89ab";
	char hex[HASH_HEX_LEN + 1];

	hash_mem(text, strlen(text), hex);
	hex[12] = '8'; /* RFC 9562: version 8, what it is made of is its maker's business */
	hex[16] = variant[(unsigned char)hex[16] % 4];
	return xasprintf("%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}
