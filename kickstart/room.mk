# What this room may include from, and the libraries it links.
kickstart_USES := base
kickstart_PKGS := 
