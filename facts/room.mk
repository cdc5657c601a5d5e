# What this room may include from, and the libraries it links.
facts_USES := base
facts_PKGS := blkid
