# What this room may include from, and the libraries it links.
fleet_USES := base
fleet_PKGS := libmicrohttpd jansson
