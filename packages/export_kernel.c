#include "packages/export_kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "base/argv.h"
#include "base/util.h"

#define NFS_PORT "2049"
/* So long, in tenths of a second, and so often a server is asked; then reads fail, and are tried anew
 * (nfs(5)). */
#define SOFT     "soft,timeo=150,retrans=3"

static const char *value_of(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, name, len) == 0 && word[len] == '=' ? word + len + 1 : NULL;
}

static const char *version_of(const char *word)
{
	const char *value = value_of(word, "vers");

	value = value ? value : value_of(word, "nfsvers");
	return value ? value : value_of(word, "version");
}

/* What the words say, of what matters here. */
struct wanted {
	struct argv words;
	const char *version, *minor, *port, *sec;
};

static void read_words(const char *options, size_t len, struct wanted *w)
{
	auto_free char *own = xstrndup(options ? options : "", len);

	*w = (struct wanted){ .port = NFS_PORT, .sec = "sys" };
	argv_split(&w->words, own, ",&");
	for (size_t i = 0; i < w->words.n; i++) {
		const char *word = w->words.v[i], *value;

		if ((value = version_of(word)))
			w->version = value;
		else if ((value = value_of(word, "minorversion")))
			w->minor = value;
		else if ((value = value_of(word, "port")) || (value = value_of(word, "nfsport")))
			w->port = value;
		else if ((value = value_of(word, "sec")))
			w->sec = value;
	}
}

static bool is_later(const struct wanted *w)
{
	return w->version && (str_eq(w->version, "4.1") || str_eq(w->version, "4.2") ||
			      (str_eq(w->version, "4") && w->minor && !str_eq(w->minor, "0")));
}

bool export_kernel_wanted(const char *options, size_t len)
{
	struct wanted w;
	bool ret;

	read_words(options, len, &w);
	ret = is_later(&w);
	argv_clear(&w.words);
	return ret;
}

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
static int mount_data(const char *host, const struct wanted *w, struct buf *b, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	char theirs[NI_MAXHOST], own[NI_MAXHOST];
	size_t len = strlen(host);
	auto_free char *bare = host[0] == '[' && len > 2 ? xstrndup(host + 1, len - 2) : xstrdup(host);
	int r = getaddrinfo(bare, w->port, &hints, &found);

	if (r)
		return err_set(err, ERR_SRC_UNREACHED, "nfs: %s: %s", host, gai_strerror(r));
	if (address_text(found->ai_addr, found->ai_addrlen, theirs, sizeof(theirs)) ||
	    own_address(found, own, sizeof(own)))
		r = err_set(err, ERR_SRC_UNREACHED, "nfs: no way to %s: %s", host, strerror(errno));
	else
		buf_addf(b, "vers=%s%s%s,proto=tcp%s,port=%s,sec=%s,addr=%s,clientaddr=%s," SOFT, w->version,
			 w->minor ? ",minorversion=" : "", w->minor ? w->minor : "",
			 found->ai_family == AF_INET6 ? "6" : "", w->port, w->sec, theirs, own);
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

int export_kernel_open(const char *host, const char *path, const char *options, size_t len, int *fd,
		       struct err *err)
{
	auto_free char *source = xasprintf("%s:%s", host, path);
	auto_buf data = { 0 };
	struct wanted w;
	int r;

	*fd = -1;
	read_words(options, len, &w);
	r = mount_data(host, &w, &data, err);
	if (!r)
		r = mount_detached(source, buf_str(&data), fd, err);
	argv_clear(&w.words);
	return r;
}
