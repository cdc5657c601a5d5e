# What this room may include from, and the libraries it links.
answers_USES := base template kickstart
answers_PKGS := yaml-0.1
