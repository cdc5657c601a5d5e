# What this room may include from, and the libraries it links.
guest_USES := base facts kickstart template answers packages installer
guest_PKGS := libarchive libcurl liblzma libzstd jansson
