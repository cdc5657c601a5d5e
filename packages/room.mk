# What this room may include from, and the libraries it links.
packages_USES := base
packages_PKGS := libnfs libsolv libsolvext libcurl libarchive liblzma libzstd libcrypto
