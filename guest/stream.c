#include "guest/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "base/argv.h"
#include "base/util.h"
#include "packages/easy.h"
#include "packages/fetch.h"

struct stream {
	char *path, *part; /* a file's; part: its name until it is whole */
	int fd;            /* ours: the file, or our end of the pipe */
	int far;           /* the thread's end; -1: none */
	bool out;
	pid_t pid; /* of ssh; 0: none */
	pthread_t thread;
	bool has_thread;
	char *url, *shown;
	char why[CURL_ERROR_SIZE]; /* why the transfer failed; "" */
	bool aborted;
};

static void stream_free(struct stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->path);
	free(s->part);
	free(s->url);
	free(s->shown);
	free(s);
}

/* USER@HOST and PATH of an ssh URL; a word that a remote shell would take apart is none. */
static bool ssh_parts(const char *url, char **host, char **path)
{
	const char *rest = url + strlen("ssh://"), *slash = strchr(rest, '/');
	static const char ok[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@";

	if (!slash || slash == rest || !slash[1] || strspn(rest, ok) != strlen(rest) || rest[0] == '-')
		return false;
	*host = xstrndup(rest, (size_t)(slash - rest));
	*path = xstrdup(slash);
	return true;
}

static int start_ssh(struct stream *s, const char *url, struct err *err)
{
	auto_free char *host = NULL, *path = NULL, *command = NULL;
	int ends[2];
	posix_spawn_file_actions_t fa;
	auto_argv words = { 0 };
	int e;

	if (!ssh_parts(url, &host, &path))
		return err_set(err, ERR_USAGE, "%s: wants ssh://USER@HOST/PATH of plain characters", url);
	command = s->out ? xasprintf("umask 077; cat >%s.part && sync %s.part && mv -f %s.part %s", path,
				     path, path, path)
			 : xasprintf("cat %s", path);
	argv_addl(&words, "ssh", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=15", "--", host, command,
		  NULL);
	if (pipe2(ends, O_CLOEXEC))
		return err_sys(err, "cannot make a pipe");
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, s->out ? ends[0] : ends[1], s->out ? 0 : 1);
	if (!s->out)
		posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	e = posix_spawnp(&s->pid, "ssh", &fa, NULL, words.v, environ);
	posix_spawn_file_actions_destroy(&fa);
	close(s->out ? ends[0] : ends[1]);
	s->fd = s->out ? ends[1] : ends[0];
	if (!e)
		return 0;
	s->pid = 0;
	errno = e;
	return err_set(err, ERR_GUEST_PEER, "cannot run ssh: %s", strerror(e));
}

static size_t curl_read(char *data, size_t size, size_t n, void *arg)
{
	struct stream *s = arg;
	ssize_t got;

	do
		got = read(s->far, data, size * n);
	while (got < 0 && errno == EINTR);
	/* An end that isn't the whole must not look like one. */
	return got < 0 || (got == 0 && s->aborted) ? CURL_READFUNC_ABORT : (size_t)got;
}

static size_t curl_write(char *data, size_t size, size_t n, void *arg)
{
	struct stream *s = arg;

	for (size_t done = 0; done < size * n;) {
		ssize_t put = write(s->far, data + done, size * n - done);

		if (put < 0 && errno != EINTR)
			return 0;
		done += put > 0 ? (size_t)put : 0;
	}
	return size * n;
}

static void *transfer(void *arg)
{
	struct stream *s = arg;
	CURL *easy = easy_new(s->url, NULL, false);
	CURLcode code;

	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, s->why);
	curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
	/* Reading a volume may take longer than a server is silent. */
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 600L);
	if (s->out) {
		curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(easy, CURLOPT_READFUNCTION, curl_read);
		curl_easy_setopt(easy, CURLOPT_READDATA, s);
	} else {
		curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, curl_write);
		curl_easy_setopt(easy, CURLOPT_WRITEDATA, s);
	}
	code = curl_easy_perform(easy);
	if (code != CURLE_OK && !s->why[0])
		snprintf(s->why, sizeof(s->why), "%s", curl_easy_strerror(code));
	if (code == CURLE_OK)
		s->why[0] = '\0';
	curl_easy_cleanup(easy);
	close(s->far);
	return NULL;
}

static int start_http(struct stream *s, const char *url, struct err *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return err_sys(err, "cannot make a pipe");
	s->url = xstrdup(url);
	s->shown = fetch_url_masked(url);
	s->fd = s->out ? ends[1] : ends[0];
	s->far = s->out ? ends[0] : ends[1];
	if (pthread_create(&s->thread, NULL, transfer, s)) {
		close(s->far);
		return err_sys(err, "cannot start a thread");
	}
	s->has_thread = true;
	return 0;
}

static int start_file(struct stream *s, const char *path, struct err *err)
{
	s->path = xstrdup(path);
	if (!s->out) {
		s->fd = open(path, O_RDONLY | O_CLOEXEC);
		return s->fd < 0 ? err_sys(err, "cannot open %s", path) : 0;
	}
	s->part = xasprintf("%s.part", path);
	s->fd = open(s->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return s->fd < 0 ? err_sys(err, "cannot make %s", s->part) : 0;
}

static int start(const char *place, bool out, struct stream **ret, struct err *err)
{
	struct stream *s = xcalloc(1, sizeof(*s));
	int r;

	s->fd = s->far = -1;
	s->out = out;
	/* A reader that is gone is told by write(2). */
	signal(SIGPIPE, SIG_IGN);
	if (str_starts(place, "ssh://"))
		r = start_ssh(s, place, err);
	else if (str_starts(place, "http://") || str_starts(place, "https://"))
		r = start_http(s, place, err);
	else if (strstr(place, "://"))
		r = err_set(err, ERR_USAGE, "%s: is no file, ssh:, http: or https: URL", place);
	else
		r = start_file(s, place, err);
	if (r)
		stream_free(s);
	else
		*ret = s;
	return r;
}

int stream_create(const char *to, struct stream **ret, struct err *err)
{
	return start(to, true, ret, err);
}

int stream_open(const char *from, struct stream **ret, struct err *err)
{
	return start(from, false, ret, err);
}

int stream_put(struct stream *s, const void *data, size_t len, struct err *err)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = write(s->fd, (const char *)data + done, len - done);

		if (n < 0 && errno != EINTR)
			return err_sys(err, "cannot write the backup");
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

ssize_t stream_get(struct stream *s, void *data, size_t len, struct err *err)
{
	ssize_t n;

	do
		n = read(s->fd, data, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? err_sys(err, "cannot read the backup") : n;
}

static int end_ssh(struct stream *s, bool whole, struct err *err)
{
	int status = 0;

	/* It would take an early end for the whole. */
	if (!whole)
		kill(s->pid, SIGTERM);
	close(s->fd);
	s->fd = -1;
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!whole || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		return 0;
	return err_set(err, ERR_GUEST_PEER, "ssh: %s %d",
		       WIFSIGNALED(status) ? "killed by signal" : "exit status",
		       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static int end_http(struct stream *s, bool whole, struct err *err)
{
	s->aborted = !whole;
	close(s->fd);
	s->fd = -1;
	pthread_join(s->thread, NULL);
	return !whole || !s->why[0] ? 0 : err_set(err, ERR_FETCH, "%s: %s", s->shown, s->why);
}

static int end_file(struct stream *s, bool whole, struct err *err)
{
	if (!s->out)
		return 0;
	if (!whole) {
		unlink(s->part);
		return 0;
	}
	return fsync(s->fd) || rename(s->part, s->path) ? err_sys(err, "cannot finish %s", s->path) : 0;
}

int stream_close(struct stream *s, bool whole, struct err *err)
{
	int r = s->pid          ? end_ssh(s, whole, err)
		: s->has_thread ? end_http(s, whole, err)
				: end_file(s, whole, err);

	stream_free(s);
	return r;
}
