# What this room may include from, and the libraries it links.
installer_USES := base facts kickstart multipath netbridge packages
installer_PKGS := libparted blkid libcurl libcrypt libcrypto libarchive jansson ncursesw
# dialog's library has no .pc file.
installer_LIBS := -ldialog -lm
