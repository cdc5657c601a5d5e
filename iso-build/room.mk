# What this room may include from, and the libraries it links.
iso-build_USES := base packages
iso-build_PKGS := libisoburn-1 libarchive libelf
