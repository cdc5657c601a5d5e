# What this room may include from, and the libraries it links.
cli_USES := base template facts kickstart answers multipath netbridge packages installer iso-build fleet guest
cli_PKGS := 
