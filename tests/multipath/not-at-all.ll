Filesystem Size
/dev/sda1 1G
