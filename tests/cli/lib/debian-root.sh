# After lib/guests.sh: $root, a Debian root as small as one can be: a shell, and stand-ins for what is run in it. It fits in 24 MiB.
root=$dir/root
mkdir -p "$root/bin" "$root/usr/bin" "$root/usr/sbin" "$root/etc/ssh" "$root/etc/systemd/network" "$root/boot/grub" "$root/var/lib/dpkg" "$root/root/.ssh" \
	"$root/home/ana/.ssh" "$root/var/log/journal/0123" "$root/var/log/app" "$root/usr/share/zoneinfo/Atlantic" "$root/srv" "$root/dev" "$root/proc" \
	"$root/sys" "$root/tmp" "$root/run" "$root/etc/default"
cp /bin/sh "$root/bin/sh"
for lib in $(ldd /bin/sh | grep -o '/[^ ]*'); do
	mkdir -p "$root$(dirname "$lib")" && cp "$lib" "$root$lib"
done
for tool in usr/sbin/usermod usr/bin/chown usr/bin/systemctl usr/sbin/sshd; do
	printf '#!/bin/sh\nexit 0\n' >"$root/$tool"
done
printf '#!/bin/sh\necho own >/etc/ssh/ssh_host_ed25519_key\n' >"$root/usr/bin/ssh-keygen"
printf '#!/bin/sh\nread -r line && echo "$line" >/etc/passwords\n' >"$root/usr/sbin/chpasswd"
chmod 755 "$root"/usr/*bin/*
for p in app iproute2 initramfs-tools zstd openssh-server tzdata; do
	printf 'Package: %s\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n' $p
done >"$root/var/lib/dpkg/status"
printf 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nVERSION_CODENAME=trixie\nID=debian\n' >"$root/etc/os-release"
printf 'root:x:0:0:root:/root:/bin/sh\nana:x:1000:1000::/home/ana:/bin/sh\n' >"$root/etc/passwd"
printf 'root:$y$secret1:20000:0:99999:7:::\ndaemon:*:20000::::::\nana:$y$secret2:20000::::::\n' >"$root/etc/shadow"
cp "$root/etc/shadow" "$root/etc/shadow-"
chmod 640 "$root/etc/shadow"
chown 0:42 "$root/etc/shadow"
echo 'LANG=C.UTF-8' >"$root/etc/locale.conf"
ln -s ../usr/share/zoneinfo/Atlantic/Canary "$root/etc/localtime"
: >"$root/usr/share/zoneinfo/Atlantic/Canary"
for f in etc/hostname etc/machine-id etc/fstab etc/ssh/ssh_host_ed25519_key etc/systemd/network/10-guest.network root/.ssh/authorized_keys root/.ssh/id_ed25519 \
	root/.bash_history home/ana/.ssh/authorized_keys home/ana/.python_history var/log/app/app.log var/log/journal/0123/system.journal; do
	echo secret of the first >"$root/$f"
done
echo page >"$root/srv/page"
echo kernel >"$root/boot/vmlinuz-1" && echo initrd >"$root/boot/initrd-1" && ln -s boot/vmlinuz-1 "$root/vmlinuz" && ln -s boot/initrd-1 "$root/initrd.img"
head -c 9000000 /dev/urandom >"$root/srv/data"

disk_of() { # NAME FOLDER: a guest of a root
	rm -f "$dir/img/$1.raw" && truncate -s 64M "$dir/img/$1.raw" && mke2fs -q -F -t ext4 -d "$2" "$dir/img/$1.raw"
}
guest_of() { # NAME
	"$xenith" guest create "$1" --disk "path=$dir/img/$1.raw" --bridge none --type pv --no-start >/dev/null
}
