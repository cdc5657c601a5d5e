/*
 * A composed root file system in one file, and back.
 *
 * The file is a tar archive (pax) in zstd frames of 4 MiB each (RFC 8878), so that `zstd -d` reads it, a
 * break is taken up at a frame, and frames are made on all processors. Before them stand two skippable
 * frames: the manifest, a text that lists the packages and the SHA-256 of each frame (so its own SHA-256 is
 * the root of a tree over the whole), and, where it was signed, an OpenPGP signature of it. So a reader knows
 * each frame to be right before it unpacks any of it. After them stands a seek table (zstd's seekable
 * format).
 */
#ifndef PACKAGES_IMAGE_H
#define PACKAGES_IMAGE_H

#include "packages/packages.h"

#define IMAGE_FRAME_BYTES (4u << 20)

struct image_build {
	const char *root;     /* a folder that `xenith root build` made, or its like */
	const char *out;      /* the file; written under a temporary name first */
	const char *sign_key; /* gpg(1)'s name for a secret key; NULL: not signed */
	unsigned level;       /* of zstd, 1-19; 0: 6 */
	int64_t epoch_s;      /* no file is newer in the archive; negative: as they are */
	bool used;            /* root was a machine's: what is private to it is left out, too */
};

struct image_sums {
	char manifest[65], file[65]; /* SHA-256 in hex: of the manifest, of the whole file */
	uint64_t bytes, unpacked_bytes;
};

/*
 * Compose. What would make all hosts the same one is left out: host keys, machine-id, hostname, fstab, random
 * seed, names of network cards, caches and logs. Of a used root also what lets somebody in (passwords are
 * locked, .ssh folders left out), histories, mail and all logs. The same tree gives the same bytes. ERR_SYS,
 * ERR_TOOL (gpg).
 */
int image_build(const struct image_build *build, struct log *log, struct image_sums *ret, struct err *err);

struct image_source {
	const char *url;      /* http, https, file */
	const char *proxy;    /* or NULL */
	const char *checksum; /* SHA-256 of the manifest or of the whole file; or NULL */
	const char *keyring;  /* keys that may sign, NULL: none. One of both is wanted. */
	bool insecure;        /* don't check the server's certificate */
};

struct image;

/*
 * Fetch and check the manifest. ERR_FETCH: unreachable, no image, a bad signature, another checksum. A
 * checksum of the whole file can't be told wrong before image_unpack has read it all.
 */
int image_open(const struct image_source *source, struct log *log, struct image **ret, struct err *err);
void image_free(struct image *image);
/* Whether the image holds a package. */
bool image_has_package(const struct image *image, const char *name);
size_t image_n_packages(const struct image *image);
uint64_t image_bytes(const struct image *image);
uint64_t image_unpacked_bytes(const struct image *image);

/*
 * Stream the image into dir, which may hold empty folders (mount points). Each frame is checked before it is
 * unpacked; a transfer that breaks is taken up where it broke. ERR_FETCH names the frame.
 */
int image_unpack(struct image *image, const char *dir, struct door *door, struct pkg_progress *progress,
		 struct err *err);

#endif
