# What this room may include from, and the libraries it links.
base_USES := 
base_PKGS := jansson libcrypto liblzma
