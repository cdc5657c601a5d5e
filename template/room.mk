# What this room may include from, and the libraries it links.
template_USES := base
template_PKGS := jansson libcrypt tomlplusplus
template_LIBS := -lstdc++
