# What this room may include from, and the libraries it links.
netbridge_USES := base facts kickstart
netbridge_PKGS := libnl-route-3.0
