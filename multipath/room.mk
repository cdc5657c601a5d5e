# What this room may include from, and the libraries it links.
multipath_USES := base facts kickstart
multipath_PKGS := blkid jansson
