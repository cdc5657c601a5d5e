# What this room may include from, and the libraries it links.
iso-build_USES := base template kickstart packages
iso-build_PKGS := libisoburn-1 libarchive libelf libkmod liblzma libzstd

# Embedded by the assembler, which make doesn't see.
$O/iso-build/lists.o: iso-build/programs.list iso-build/modules.list
