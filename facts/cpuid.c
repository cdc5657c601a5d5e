#include "facts/cpuid.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif
#include <fcntl.h>
#include <inttypes.h>

#include "base/util.h"

static void read_lines(const struct sysroot *sr, const char *path, struct argv *lines)
{
	auto_buf b = { 0 };

	if (sysroot_read(sr, &b, "%s", path))
		argv_split(lines, buf_str(&b), "\n");
}

void cpuid_open(const struct sysroot *sr, struct cpuid *ret)
{
	const char *flags;

	*ret = (struct cpuid){ .live = sr->live };
	read_lines(sr, "proc/cpuinfo", &ret->cpuinfo);
	flags = cpuid_info(ret, "flags");
	if (flags)
		argv_split(&ret->flags, flags, " ");
	flags = cpuid_info(ret, "vmx flags");
	if (flags)
		argv_split(&ret->flags, flags, " ");
	if (!sr->live) {
		read_lines(sr, "xenith/cpuid", &ret->leaves);
		read_lines(sr, "xenith/msr", &ret->msrs);
	}
}

void cpuid_clear(struct cpuid *c)
{
	argv_clear(&c->leaves);
	argv_clear(&c->msrs);
	argv_clear(&c->cpuinfo);
	argv_clear(&c->flags);
}

static bool live_cpuid(uint32_t leaf, uint32_t sub, struct cpuid_regs *ret)
{
#if defined(__x86_64__) || defined(__i386__)
	return __get_cpuid_count(leaf, sub, &ret->eax, &ret->ebx, &ret->ecx, &ret->edx);
#else
	(void)leaf, (void)sub, (void)ret;
	return false;
#endif
}

bool cpuid_get(const struct cpuid *c, uint32_t leaf, uint32_t sub, struct cpuid_regs *ret)
{
	*ret = (struct cpuid_regs){ 0 };
	if (c->live)
		return live_cpuid(leaf, sub, ret);
	for (size_t i = 0; i < c->leaves.n; i++) {
		uint32_t l, s;
		struct cpuid_regs r;

		if (sscanf(c->leaves.v[i],
			   "%8" SCNx32 " %8" SCNx32 " %8" SCNx32 " %8" SCNx32 " %8" SCNx32 " %8" SCNx32, &l,
			   &s, &r.eax, &r.ebx, &r.ecx, &r.edx) == 6 &&
		    l == leaf && s == sub) {
			*ret = r;
			return true;
		}
	}
	return false;
}

bool cpuid_known(const struct cpuid *c)
{
	struct cpuid_regs r;

	return cpuid_get(c, 0, 0, &r);
}

bool cpuid_msr(const struct cpuid *c, uint32_t msr, uint64_t *ret)
{
	uint64_t value;

	if (c->live) {
		auto_close int fd = open("/dev/cpu/0/msr", O_RDONLY | O_CLOEXEC);

		if (fd < 0 || pread(fd, &value, sizeof(value), msr) != sizeof(value))
			return false;
		*ret = value;
		return true;
	}
	for (size_t i = 0; i < c->msrs.n; i++) {
		uint32_t number;

		if (sscanf(c->msrs.v[i], "%8" SCNx32 " %16" SCNx64, &number, &value) == 2 && number == msr) {
			*ret = value;
			return true;
		}
	}
	return false;
}

bool cpuid_flag(const struct cpuid *c, const char *flag)
{
	return argv_has(&c->flags, flag);
}

const char *cpuid_info(const struct cpuid *c, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < c->cpuinfo.n; i++) {
		const char *s = c->cpuinfo.v[i];

		if (strncmp(s, key, len) != 0 || s[len + strspn(s + len, " \t")] != ':')
			continue;
		s = strchr(s, ':') + 1;
		return s + strspn(s, " \t");
	}
	return NULL;
}
