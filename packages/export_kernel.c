#include "packages/export_kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "base/util.h"

/* So long, in tenths of a second, and so often a server is asked; then reads fail, and are tried anew
 * (nfs(5)). */
#define SOFT "soft,timeo=150,retrans=3"

static int address_text(const struct sockaddr *a, socklen_t len, char *text, size_t size)
{
	return getnameinfo(a, len, text, (socklen_t)size, NULL, 0, NI_NUMERICHOST);
}

/* The address from which this machine reaches that one, as the kernel routes. */
static int own_address(const struct addrinfo *to, char *text, size_t size)
{
	auto_close int fd = socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage own;
	socklen_t len = sizeof(own);

	if (fd < 0 || connect(fd, to->ai_addr, to->ai_addrlen) ||
	    getsockname(fd, (struct sockaddr *)&own, &len))
		return -1;
	return address_text((struct sockaddr *)&own, len, text, size);
}

/* The kernel resolves nothing: it is told both addresses, as mount.nfs(8) does. */
static int mount_data(const char *host, const struct export_words *w, const char *version, struct buf *b,
		      struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	char theirs[NI_MAXHOST], own[NI_MAXHOST];
	size_t len = strlen(host);
	auto_free char *bare = host[0] == '[' && len > 2 ? xstrndup(host + 1, len - 2) : xstrdup(host);
	const char *port = w->port ? w->port : EXPORT_PORT;
	int r = getaddrinfo(bare, port, &hints, &found);

	if (r)
		return err_set(err, ERR_SRC_UNREACHED, "nfs: %s: %s", host, gai_strerror(r));
	if (address_text(found->ai_addr, found->ai_addrlen, theirs, sizeof(theirs)) ||
	    own_address(found, own, sizeof(own)))
		r = err_set(err, ERR_SRC_UNREACHED, "nfs: no way to %s: %s", host, strerror(errno));
	else
		buf_addf(b, "vers=%s,proto=tcp%s,port=%s,sec=%s,addr=%s,clientaddr=%s," SOFT, version,
			 found->ai_family == AF_INET6 ? "6" : "", port, w->sec ? w->sec : "sys", theirs, own);
	freeaddrinfo(found);
	return r;
}

/* The mount is taken from its place at once: the descriptor keeps it. */
static int mount_detached(const char *source, const char *data, int *fd, struct err *err)
{
	char dir[] = "/tmp/xenith-nfs-XXXXXX";
	int r = 0;

	if (!mkdtemp(dir))
		return err_sys(err, "cannot make %s", dir);
	if (mount(source, dir, "nfs4", MS_RDONLY | MS_NODEV | MS_NOSUID | MS_NOEXEC, data)) {
		if (errno != ENODEV && errno != EPERM)
			r = err_set(err,
				    errno == ENOENT || errno == EACCES ? ERR_SRC_STATUS : ERR_SRC_UNREACHED,
				    "%s: cannot mount with %s: %s", source, data, strerror(errno));
		rmdir(dir);
		return r;
	}
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		r = err_sys(err, "cannot open %s on %s", source, dir);
	umount2(dir, MNT_DETACH);
	rmdir(dir);
	return r;
}

int export_kernel_open(const char *host, const char *path, const struct export_words *w, const char *version,
		       int *fd, struct err *err)
{
	auto_free char *source = xasprintf("%s:%s", host, path);
	auto_buf data = { 0 };
	int r;

	*fd = -1;
	r = mount_data(host, w, version, &data, err);
	return r ? r : mount_detached(source, buf_str(&data), fd, err);
}
