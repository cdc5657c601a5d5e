# What this room may include from, and the libraries it links.
template_USES := base
template_PKGS := jansson libcrypt
# toml++ is headers here, and C++'s library linked in: the boot medium has little room for a second one.
template_LIBS = -Wl$(,)-Bstatic -lstdc++ -Wl$(,)-Bdynamic
