/*
 * The errors that can stop an install, one row each: X(NAME, KIND, AREA, NUMBER, found, wanted, next).
 *
 * ERR_NAME is its constant (base/err.h) and XEN-AREA-NUMBER its code, which people search for and which
 * therefore never changes: a row that is no longer needed goes, its number is not given again. KIND is the
 * exit status. What exactly was found stands in the message; found says what sort of thing it is.
 * man/xenith-errors.7 is printed from this table, and each row has a test that provokes it
 * (tests/unit/test_errors.c says which).
 */
#ifndef BASE_ERR_LIST_H
#define BASE_ERR_LIST_H

/* In this order in the manual. */
#define ERR_AREAS(X)                               \
	X(KS, "The kickstart file")                \
	X(HW, "The machine")                       \
	X(DISK, "Disks")                           \
	X(SAN, "LUNs of a SAN")                    \
	X(NET, "The network")                      \
	X(SRC, "Mirrors and what comes from them") \
	X(PKG, "Packages")                         \
	X(IMG, "Images")                           \
	X(HOST, "The host's settings")             \
	X(BOOT, "Starting the host")               \
	X(ISO, "Making boot media")                \
	X(RUN, "The installer itself")             \
	X(GUEST, "Guests")                         \
	X(GEN, "All else, by exit status")

/* clang-format off */
#define ERR_LIST(X) \
X(KS_FAULTS, INPUT, KS, 1, "The kickstart file has errors; each line of the message is one, with file, line and word.", \
  "A file that `xenith ks check` has nothing to say about.", \
  "Correct the lines that are named. Check the file before it is used: xenith ks check FILE.") \
X(KS_UNREAD, FETCH, KS, 2, "The kickstart file could not be read from where ks= or --ks says.", \
  "A server that answers, or a file or medium that is there.", \
  "Read the address from another machine with the same network, correct ks=, or name several URLs: the next one is tried.") \
X(KS_URL_VALUE, INPUT, KS, 3, "The URL of the kickstart file asks for a value that this machine doesn't have.", \
  "Only values that the machine has: ${mac}, ${serial}, ${uuid}, ${hostname}.", \
  "Use ${mac} in the URL: every machine with a network card has one.") \
X(KS_NO_MEDIUM, MACHINE, KS, 4, "The kickstart file is said to be on a medium that this machine does not have.", \
  "The CD, disk or virtual medium with the file.", \
  "Insert the medium, or give the file by http, nfs or hd:.") \
X(KS_URL_FORM, INPUT, KS, 5, "The address of the kickstart file is not written as its kind must be.", \
  "hd:DEVICE:/PATH, nfs:SERVER:/PATH, http://..., cdrom:/PATH.", \
  "Correct ks= on the kernel's command line, or --ks.") \
X(KS_INCLUDE, FETCH, KS, 8, "A file that the kickstart file includes could not be fetched.", \
  "A server that answers, or a file that is there.", \
  "Correct %include or %ksappend, or the server.") \
X(KS_VALUE, INPUT, KS, 6, "A value of the kickstart file can't be written to a host: a name, a group, a key.", \
  "Names and values as Debian takes them.", \
  "Correct the lines that are named.") \
X(KS_UNBUILT, INPUT, KS, 7, "The kickstart file asks for something that this version does not do.", \
  "A file without it.", \
  "Remove the option that is named.") \
X(KS_SIGNATURE, FETCH, KS, 9, "The kickstart file has no good signature beside it, and only signed ones are taken.", \
  "FILE.sig (FILE.minisig), or what ks.sig= names: a detached signature by a key of the medium's keyring.", \
  "Sign the file: gpg --detach-sign -o FILE.sig FILE, or minisign -Sm FILE. A bad signature means that the file was changed since.") \
X(HW_VIRT, MACHINE, HW, 1, "The processor, or the firmware's settings, can't do what virt --require= asks.", \
  "The level of virtualization that the file asks for.", \
  "Switch on what the message names in the firmware's setup (VT-x or SVM, VT-d or IOMMU), or ask for less: virt --require=warn.") \
X(HW_SECURE_BOOT, MACHINE, HW, 2, "Secure Boot is on.", \
  "A firmware that starts the hypervisor, which is not signed.", \
  "Switch Secure Boot off in the firmware's setup.") \
X(HW_MEDIUM, MACHINE, HW, 3, "The boot medium was not loaded whole: files are missing, cut or changed.", \
  "All files of the medium's list, unchanged.", \
  "Give the machine 384 MiB of memory or more, write the medium again, or load it by another way.") \
X(HW_LIST, INPUT, HW, 5, "The boot medium's list of its files is cut or changed.", \
  "The list as it was written.", \
  "Write the medium again, or load it by another way.") \
X(HW_DRIVERS, MACHINE, HW, 6, "Further drivers can't be read, or what is said to hold some holds none.", \
  "A .deb, tar, cpio or zip with files below lib/modules or lib/firmware.", \
  "Correct driverdisk in the file or inst.dd= on the kernel's command line, or what these name.") \
X(HW_NO_NIC, MACHINE, HW, 4, "The machine shows no network card.", \
  "A card with a driver on the medium.", \
  "Look at the cards without a driver in `xenith facts`; the medium may lack their firmware.") \
X(DISK_LINE, INPUT, DISK, 1, "A line about disks, partitions or volumes contradicts another one, or this machine.", \
  "Lines that can all be carried out.", \
  "Correct the line that is named; see kickstart(5).") \
X(DISK_SEVERAL, MACHINE, DISK, 2, "Several disks match the name in the file.", \
  "Exactly one.", \
  "Name the disk by its id or serial number, from the list in the message.") \
X(DISK_NO_SUCH, INPUT, DISK, 3, "No disk of this machine has the name in the file.", \
  "The name of a disk that is here.", \
  "Take a name from the list in the message. A disk that should be here and is not: see `xenith facts` for controllers without a driver.") \
X(DISK_UNUSABLE, MACHINE, DISK, 4, "The disk can't be installed on: it is the boot medium, removable, a path of a LUN, or read-only.", \
  "A disk that may be overwritten.", \
  "Name another disk; a LUN is named by its WWID on a lun line.") \
X(DISK_NONE, MACHINE, DISK, 5, "No disk can be installed on.", \
  "One disk at least.", \
  "Look at the controllers without a driver in `xenith facts`; switch RAID or VMD modes that Linux doesn't know to AHCI in the firmware's setup.") \
X(DISK_UNNAMED, INPUT, DISK, 6, "The file names no disk, and the machine has several.", \
  "The disk by its id or serial number.", \
  "Add ignoredisk --only-use= with one of the ids in the message.") \
X(DISK_NOT_EMPTY, MACHINE, DISK, 7, "The disk is not empty, and the file doesn't allow to clear it.", \
  "An empty disk, or the word that it may be cleared.", \
  "Look at what the disk holds. If that may be destroyed, add clearpart --all; else name another disk.") \
X(DISK_SMALL, MACHINE, DISK, 8, "The disk is too small for the partitions.", \
  "Room for all of them.", \
  "Ask for smaller partitions, or name a larger disk.") \
X(DISK_FS_SMALL, MACHINE, DISK, 9, "A partition or volume is smaller than its file system can be.", \
  "The least size of that file system.", \
  "Give it more room.") \
X(DISK_VG_SMALL, MACHINE, DISK, 10, "The volume group is too small for its volumes.", \
  "Room for all of them.", \
  "Ask for smaller volumes, or give the group more disks.") \
X(DISK_SPANS, MACHINE, DISK, 11, "A disk that would be cleared is one part of what lies on other disks too.", \
  "All of those disks named, or none.", \
  "Name the other disks too, or take this one out of the group or array first.") \
X(DISK_NO_ROOT, INPUT, DISK, 12, "The file has no place for the root file system.", \
  "A part or logvol for /.", \
  "Add one; autopart does all of it.") \
X(DISK_NO_BOOT, INPUT, DISK, 13, "The file has no partition that this machine could start from.", \
  "An EFI system partition or a BIOS boot partition; with an encrypted root, /boot.", \
  "Add reqpart --add-boot.") \
X(DISK_TABLE, INPUT, DISK, 14, "The partition table can't hold what is asked: too many, too large, or the table must stay.", \
  "Partitions that fit the table.", \
  "Use --disklabel=gpt, fewer partitions, or another disk.") \
X(DISK_OWN_ROOT, MACHINE, DISK, 15, "The disk holds the root of the system that is running.", \
  "Another disk, or another running system.", \
  "Boot the medium to install on this disk.") \
X(DISK_BUSY, MACHINE, DISK, 16, "The disk is in use, and nothing shows by what.", \
  "A disk that nobody has open.", \
  "Stop the program that uses it (a shell is on the second console), then try again.") \
X(DISK_CHANGED, MACHINE, DISK, 17, "The disk is not the one that was looked at: its size is another one.", \
  "The same disk from the plan to the first write.", \
  "Try again: the machine is looked at anew.") \
X(DISK_KEEP_VG, MACHINE, DISK, 19, "The volume group that is to be kept can't be told for certain.", \
  "One group of that name, whole.", \
  "Look at the groups in `xenith facts`, and put them right with vgrename or vgreduce first.") \
X(DISK_GUARD, MACHINE, DISK, 20, "The disk holds a host that Xenith installed.", \
  "The word that this host may be replaced: its token.", \
  "If it may be, add guard --reinstall=allow-token= with the token that the message shows.") \
X(DISK_TOKEN, MACHINE, DISK, 21, "The guard line doesn't allow this install.", \
  "The token of the host that is on the disk now.", \
  "Take the token from the host (/etc/xenith/reinstall) or from the message; each install makes a new one.") \
X(DISK_MAKE, TOOL, DISK, 22, "The partitions, volumes or file systems could not be made: a program failed, or a device did.", \
  "Exit status 0; devices that take what is written to them.", \
  "Read what the program said in the message and the log; look at the kernel's messages (dmesg) for errors of the disk.") \
X(SAN_PATHS, MACHINE, SAN, 1, "The LUN is not seen, or over too few paths.", \
  "As many paths as --min-paths says.", \
  "Look at the zoning, the cables and the storage's host mapping; `xenith multipath list` shows what is seen.") \
X(SAN_UNFIT, MACHINE, SAN, 2, "The LUN can't be used: its paths contradict each other, it can't be read, or it is no disk.", \
  "One LUN of one size that can be read.", \
  "Put the storage right, scan again, and try again.") \
X(SAN_RESERVED, MACHINE, SAN, 3, "Another host holds a reservation on the LUN.", \
  "A LUN that nobody holds.", \
  "Name the right LUN, or release the reservation on the host that has it.") \
X(SAN_NOT_EMPTY, MACHINE, SAN, 4, "The LUN holds data, and the file wants to make a volume group on it.", \
  "An empty LUN; data on a SAN are never destroyed.", \
  "Name another LUN; add --join to use the group that is there; or clear the LUN on the host that it belongs to.") \
X(SAN_JOIN, MACHINE, SAN, 5, "The volume group that is to be joined is not on the LUN, or not whole.", \
  "The group that --vg names, on the LUNs of the file.", \
  "Correct --vg, or add a lun line for each of the group's LUNs.") \
X(SAN_VG_NAME, INPUT, SAN, 6, "The name of the volume group can't be used.", \
  "A name that LVM takes and that no other group of the file has.", \
  "Choose another name.") \
X(SAN_ROOT, INPUT, SAN, 7, "The file puts the system on a LUN and on a disk.", \
  "One of the two.", \
  "Remove lun --root, or the disk from ignoredisk.") \
X(SAN_TEXT, INPUT, SAN, 8, "The text is not what multipath or multipathd prints.", \
  "The output of multipath -ll or of multipathd show maps json, whole.", \
  "Take the output anew, from its first line to its last.") \
X(SAN_TOOL, TOOL, SAN, 9, "multipathd, or a program beside it, failed or does not answer.", \
  "A daemon that answers, and maps of all the LUNs that the file names.", \
  "Read what it said in the message and the log; xenith multipath list shows what is there. Try again: the daemon is started anew.") \
X(NET_LINE, INPUT, NET, 1, "A network line contradicts another one, or is incomplete.", \
  "Lines that can all be carried out.", \
  "Correct the lines that are named; `xenith bridge plan` shows what they come to.") \
X(NET_NO_NIC, MACHINE, NET, 2, "A network line names a card that this machine doesn't have.", \
  "The name or MAC address of a card that is here.", \
  "Take a card from the list in the message.") \
X(NET_NO_LINK, MACHINE, NET, 3, "A port has no link.", \
  "A port with a cable to a switch that is on.", \
  "Check the cable and the switch port, or name another port.") \
X(NET_NO_DHCP, FETCH, NET, 4, "No DHCP server gave an address.", \
  "A lease.", \
  "Check cable, VLAN and DHCP server, or give a fixed address (network --ip=, ip= on the kernel's command line).") \
X(NET_GATEWAY, FETCH, NET, 5, "The gateway does not answer.", \
  "An answer to an ARP request.", \
  "Check the gateway's address, the cable, and the VLAN of the switch port.") \
X(NET_IP_WORD, INPUT, NET, 6, "ip=, bond= or vlan= on the kernel's command line can't be used.", \
  "ip=ADDRESS::GATEWAY:NETMASK:HOSTNAME:NIC:none, bond=NAME:NIC,NIC:OPTIONS:MTU, vlan=NAME:DEVICE.", \
  "Correct the word in the boot loader.") \
X(NET_IP_NIC, MACHINE, NET, 9, "ip= on the kernel's command line doesn't name a card of this machine.", \
  "The name of a card that is here; no name only where there is one card.", \
  "Name the card as `xenith facts` shows it.") \
X(NET_NOT_SO, MACHINE, NET, 7, "The network was brought up, and is not what the file says.", \
  "Ports, addresses, gateway and servers as in the file.", \
  "Each line of the message says what was found; correct the file, the cabling or the switch.") \
X(NET_NIC_GONE, MACHINE, NET, 8, "A card that was there has gone.", \
  "The same cards from the first look to the end.", \
  "Look at the kernel's messages; try again.") \
X(NET_CHANGE, MACHINE, NET, 10, "A change of the network waits for its confirmation, or none does.", \
  "One change at a time, confirmed or rolled back.", \
  "xenith bridge confirm keeps the change, xenith bridge rollback undoes it.") \
X(NET_OTHERS, MACHINE, NET, 11, "Another program has this host's network.", \
  "One program that configures it.", \
  "Remove the files that are named, or leave the network to that program.") \
X(NET_FOLLOW, MACHINE, NET, 12, "The address can't follow to another device while the host runs.", \
  "A fixed address, or a DHCP client that can be moved.", \
  "Write the files that xenith bridge plan --files shows and reboot, or say net --files=networkd.") \
X(NET_KERNEL, SYS, NET, 13, "The kernel, or the card's driver, refused a device, an address or a route.", \
  "What the network lines ask for.", \
  "Read the reason at the message's end; correct MTU, VLAN number, bond options or gateway.") \
X(NET_GUARDIAN, SYS, NET, 14, "The process that would roll back a change of the network has gone.", \
  "It waits until the change is confirmed or the time is over.", \
  "Look at the addresses in use (ip address); reboot if they aren't those of the files.") \
X(SRC_URL, INPUT, SRC, 1, "The URL of a mirror is not one of a suite.", \
  "http://MIRROR/dists/SUITE.", \
  "Correct url or repo in the file.") \
X(SRC_UNREACHED, FETCH, SRC, 2, "The server could not be reached.", \
  "A server that answers at that name and port.", \
  "Check name, port, proxy, gateway and firewall; read the URL from another machine of that network.") \
X(SRC_STATUS, FETCH, SRC, 3, "The server answers, and refuses.", \
  "HTTP status 200.", \
  "Check the path in the URL; for 401 and 403 the password or the server's rights.") \
X(SRC_HASH, FETCH, SRC, 4, "What was fetched has another SHA-256 than the signed index says.", \
  "The file that the archive signed.", \
  "Try again in some minutes: mirrors are updated. If it stays so, use another mirror, and look at proxies on the way.") \
X(SRC_SIGNATURE, FETCH, SRC, 5, "The mirror's Release file has no good signature of a key that is trusted.", \
  "A signature by a key of the archive's keyring.", \
  "Use the archive's own mirror, or name the keyring of yours; a bad signature means that the file was changed on its way.") \
X(SRC_EXPIRED, FETCH, SRC, 6, "The mirror's Release file is too old.", \
  "One that is valid today.", \
  "Use a mirror that is kept up to date; check this machine's clock.") \
X(SRC_CLOCK, FETCH, SRC, 7, "The mirror's Release file is from the future.", \
  "A clock that is right.", \
  "Set the clock in the firmware's setup, or give timesource --ntp-server=.") \
X(SRC_SUITE, FETCH, SRC, 8, "The mirror's Release file is for another suite.", \
  "The suite that the file names.", \
  "Correct the suite in url or repo.") \
X(SRC_COMPONENT, FETCH, SRC, 9, "The mirror has no such component, or nothing for this architecture.", \
  "A component that the Release file lists.", \
  "Correct --component, or use a mirror that has all of it.") \
X(SRC_KEYRING, MACHINE, SRC, 10, "The keyring is not there.", \
  "A file with the archive's keys.", \
  "Install debian-archive-keyring, or name the keyring.") \
X(SRC_DAMAGED, FETCH, SRC, 12, "A package file is damaged, or leads out of its folder.", \
  "A whole Debian package.", \
  "Use another mirror; tell who runs this one.") \
X(SRC_INDEX, FETCH, SRC, 15, "An index of the mirror can't be read, or lacks what it must have.", \
  "Indices as an archive of Debian's form has them.", \
  "Use another mirror; tell who runs this one.") \
X(SRC_CERT, FETCH, SRC, 16, "The server's certificate is not good.", \
  "A certificate of an authority that is trusted, for that name and this day.", \
  "Check this machine's clock; build the medium with --ca, or pin the certificate's key.") \
X(SRC_MEDIUM, MACHINE, SRC, 14, "No medium of this machine carries the packages, or what it carries is damaged.", \
  "The image that xenith iso build --offline made, as a CD or disk, or as a file where harddrive says.", \
  "Insert the medium, or write it again; a virtual medium must stay attached until the packages are unpacked.") \
X(SRC_SHORT, FETCH, SRC, 13, "A package came with another size than the index says, or not at all.", \
  "All of its bytes.", \
  "Try again; use another mirror, or a cache nearer by.") \
X(PKG_UNKNOWN, INPUT, PKG, 1, "The mirrors have no package of that name, or no group.", \
  "Names that the suite has.", \
  "Correct %packages; a package may need another component or repo.") \
X(PKG_CONFLICT, INPUT, PKG, 2, "The packages can't be installed together.", \
  "A set that can be.", \
  "Read the reasons in the message; remove a package or an exclusion (-NAME) from %packages.") \
X(PKG_SCRIPT, TOOL, PKG, 3, "A package's own script failed.", \
  "Exit status 0.", \
  "Read what it said in the message and in the log; leave the package out, or install it in %post.") \
X(PKG_NOT_EMPTY, MACHINE, PKG, 4, "The folder for the system holds one already.", \
  "An empty folder.", \
  "Name a new folder; on a machine that is installed, begin again: the disks are made anew.") \
X(PKG_WRITE, SYS, PKG, 5, "The system's files could not be written.", \
  "File systems with room for them, on devices in order.", \
  "Read the reason: without room, make / (or what else is full) larger in the file; else look at the kernel's messages (dmesg).") \
X(PKG_UNSHARE, MACHINE, PKG, 6, "This user can't have the user namespace in which a root is built without being root.", \
  "A kernel that allows user namespaces, and 65535 ids for this user in /etc/subuid and /etc/subgid.", \
  "usermod --add-subuids --add-subgids as the message says, install the package uidmap, or run it as root.") \
X(IMG_URL, INPUT, IMG, 1, "The liveimg line can't be used: its URL or its checksum.", \
  "An http, https or file URL, and the SHA-256 that xenith image build printed.", \
  "Correct the line.") \
X(IMG_PACKAGES, INPUT, IMG, 2, "The image lacks packages that this host needs.", \
  "All of them in the image.", \
  "Add them to %packages of the file that the image is built from, or to the guest, and build it again.") \
X(IMG_FORMAT, FETCH, IMG, 3, "The file is no image, or one of another version.", \
  "An image that xenith image build made.", \
  "Correct the URL; build the image with this version.") \
X(IMG_CHANGED, FETCH, IMG, 4, "The image is not the one that was meant: its checksum is another one.", \
  "The image whose SHA-256 the file gives.", \
  "If the image was built anew, put its new checksum into the file.") \
X(IMG_SHORT, FETCH, IMG, 5, "The image could not be read to its end.", \
  "All of its frames; the server must answer ranges to go on after a pause.", \
  "Try again; look at the server's log.") \
X(HOST_ZONE, INPUT, HOST, 1, "The time zone is not in the system that was unpacked.", \
  "A zone of its tzdata.", \
  "Correct timezone, or add tzdata-legacy to %packages.") \
X(HOST_SCRIPT, INPUT, HOST, 2, "A script of the file with --erroronfail failed.", \
  "Exit status 0.", \
  "Read what it said in the message and in its --log, and correct it.") \
X(HOST_TOOL, TOOL, HOST, 3, "The host's settings could not be written: a program failed, or there is no room.", \
  "Exit status 0.", \
  "Read what it said; correct the line of the file that is named.") \
X(BOOT_KERNEL, TOOL, BOOT, 1, "The system has no kernel.", \
  "linux-image-amd64, or another kernel package.", \
  "Add it to %packages, or don't exclude it.") \
X(BOOT_GRUB, TOOL, BOOT, 3, "The boot loader's menu would not start Xen and this kernel.", \
  "A default entry that loads both, with the options that were asked for.", \
  "Look at what %post or a package changed in /etc/default/grub.d.") \
X(BOOT_LOADER, TOOL, BOOT, 4, "The boot loader is not where the firmware looks for it.", \
  "GRUB's image in its partition.", \
  "Look at grub-install's lines in the log; is the partition too small, or the disk read-only?") \
X(BOOT_TOOL, TOOL, BOOT, 5, "A program that makes the initramfs, the boot loader or its menu failed.", \
  "Exit status 0.", \
  "Read what it said in the message and the log; a shell can mend it, and the step can be done again.") \
X(BOOT_INITRAMFS, TOOL, BOOT, 6, "The initramfs lacks what the root file system needs to be mounted.", \
  "The modules and programs of the disks' layout in it.", \
  "Look at update-initramfs's lines in the log; is the kernel another one than Debian's, or a package left out of %packages?") \
X(ISO_PARTS, MACHINE, ISO, 1, "Something that the medium is made from is not on this machine, or not where it was said to be.", \
  "The programs and libraries of make deps, and a folder with one kernel and its modules.", \
  "Install the package that is named, or correct --kernel-dir.") \
X(ISO_NO_MEDIUM, INPUT, ISO, 2, "The file is no boot medium of xenith iso build, or not all of one.", \
  "An image as xenith iso build wrote it.", \
  "Name the right file, or build the medium again.") \
X(ISO_FULL, INPUT, ISO, 3, "The kickstart file and the words for the kernel don't fit into the medium.", \
  "Less than the room that the message names.", \
  "Have the file fetched: --ks-url.") \
X(ISO_SECRET, INPUT, ISO, 4, "The medium holds a kickstart file, which a server would hand to anybody.", \
  "A medium without one.", \
  "Build it without --ks, and name the files by --hosts or --ks-url.") \
X(ISO_HOSTS, INPUT, ISO, 5, "The table of hosts has errors, or the host is not in it.", \
  "A table with a line for each host: its MAC address, name and kickstart file.", \
  "Correct the lines that are named.") \
X(ISO_KEYS, INPUT, ISO, 6, "The certificates or the keyring for the medium are not of the form that is wanted.", \
  "Certificates in PEM without a private key; a keyring as gpg --export writes it.", \
  "Make the file anew; the message says how.") \
X(ISO_LIST, INPUT, ISO, 7, "A line of the list of what the medium holds can't be carried out.", \
  "A kind of line and one word; a library where one is named.", \
  "Correct the line that is named.") \
X(ISO_WRITE, TOOL, ISO, 8, "The image could not be written.", \
  "A folder that takes it, with room for it.", \
  "Read what libisoburn said; name another file with -o.") \
X(RUN_STOPPED, STOPPED, RUN, 2, "Somebody stopped the install.", \
  "-", \
  "Start again when you like.") \
X(RUN_NO_TERMINAL, USAGE, RUN, 3, "There is no terminal to ask questions on.", \
  "A terminal that terminfo knows, or a kickstart file.", \
  "Give --ks URL, or set TERM=vt100.") \
X(RUN_KILLED, TOOL, RUN, 4, "The installer was killed, or ended without saying why.", \
  "A run that ends by itself.", \
  "Look for \"Out of memory\" in the kernel's messages: give the machine more memory. Then try again; no reboot is needed.") \
X(RUN_HOSTKEY, FETCH, RUN, 5, "The server that a file is to be saved on shows another ssh host key than the one that was given, confirmed or known.", \
  "The key whose fingerprint stands in --hostkey, xenith.hostkey= or known_hosts, or was confirmed.", \
  "Nothing was sent. Compare with what ssh-keygen -lf prints on the server; if its key was changed on purpose, correct the fingerprint.") \
X(RUN_SAVE, FETCH, RUN, 6, "The answers or the logs could not be saved there.", \
  "A place that takes a file: a path, a server, a stick.", \
  "Read the reason; check the name, the account and its rights, or name another place.") \
X(RUN_PORT, SYS, RUN, 7, "The port can't be listened on.", \
  "A port that no other program has, above 1023 without root's rights.", \
  "Look for the program that has it (ss -ltnp), or name another one: --port.") \
X(GUEST_PLAN, INPUT, GUEST, 1, "The guest can't be made as it is described; each line of the message is one reason.", \
  "A description that this host can carry out.", \
  "Correct the options or the table; `xenith guest create --dry-run` shows the plan.") \
X(GUEST_UNKNOWN, INPUT, GUEST, 2, "There is no guest, snapshot, disk or template of that name.", \
  "A name that is here.", \
  "`xenith guest list`, `xenith guest show` and `xenith ks render --list` have the names.") \
X(GUEST_STATE, MACHINE, GUEST, 3, "The guest runs, or does not run, and the command wants the other.", \
  "A guest in the state that the message names.", \
  "xenith guest stop or start it first.") \
X(GUEST_THERE, MACHINE, GUEST, 4, "What would be made is there already: a guest, a snapshot, a volume or a file of that name.", \
  "A name that is free; nothing is written over.", \
  "Choose another name, or delete what is there.") \
X(GUEST_DISK, MACHINE, GUEST, 5, "A disk of the guest is not there, is another host's, has no room, or is of a kind that the command can't do this with.", \
  "All its disks, this host's alone; volumes for snapshots; room in the group to grow.", \
  "`xenith guest show` names its disks; put right what has gone.") \
X(GUEST_BUSY, MACHINE, GUEST, 6, "Another xenith is at work on the guest.", \
  "One at a time.", \
  "Wait for it, or look for it with ps.") \
X(GUEST_SOURCE, FETCH, GUEST, 7, "The installer's files are not at the source, or are not those that it lists.", \
  "A tree with kernel, initrd and their checksums.", \
  "Correct --set url=; try another mirror.") \
X(GUEST_MEDIUM, INPUT, GUEST, 8, "The medium or the kernel can't be used.", \
  "An installer's ISO, or a Linux kernel, that is whole.", \
  "Check the file with its checksum, or take another one.") \
X(GUEST_PEER, TOOL, GUEST, 9, "The other host could not be talked to, or its side failed.", \
  "ssh to it as root without a password, and xenith there.", \
  "Try ssh by hand; the message has what it said.") \
X(GUEST_CRASHED, TOOL, GUEST, 10, "The guest has crashed.", \
  "A guest that runs, or ends by itself.", \
  "xl console and xl dmesg say more.") \
X(GUEST_NOT_SO, MACHINE, GUEST, 11, "The guest is not as it was asked for.", \
  "Domain, disks and network as its description says.", \
  "Each line of the message says what was found.") \
X(GUEST_INSTALLER, MACHINE, GUEST, 12, "The guest's installer stands still: it asks something, or has not ended in its time.", \
  "An installer that its answers bring to its end.", \
  "The end of its console's log shows what it does: add the answer to the template, see that its mirror has all files, or give it longer (--timeout).") \
X(GEN_USAGE, USAGE, GEN, 2, "The command line is wrong.", \
  "Options as the command's --help shows them.", \
  "Read the message and --help.") \
X(GEN_INPUT, INPUT, GEN, 3, "A file or an answer is wrong.", \
  "What the message says.", \
  "Correct what the message names.") \
X(GEN_MACHINE, MACHINE, GEN, 4, "The machine doesn't meet what is asked.", \
  "What the message says.", \
  "Change the machine, or ask for less.") \
X(GEN_FETCH, FETCH, GEN, 5, "Something could not be fetched or verified.", \
  "What the message says.", \
  "Try again; check the network and the server.") \
X(GEN_TOOL, TOOL, GEN, 6, "A program that the installer needs failed; the step says for what.", \
  "Exit status 0.", \
  "Read its last lines in the message and the log; try the step again.") \
X(GEN_SYS, SYS, GEN, 7, "The system refused a call: no memory, no room, or an error of a device.", \
  "A machine in order.", \
  "Read the reason at the message's end; look at the kernel's messages (dmesg) for errors of disks and memory.") \
X(GEN_STOPPED, STOPPED, GEN, 8, "Somebody stopped it.", \
  "-", \
  "Start again when you like.")
/* clang-format on */

#endif
