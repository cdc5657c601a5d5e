# For tests with LVM, after lib/guests.sh: settings of its own, below /etc; $hidden is a device that LVM is not to see. Ends the
# test where there is no device-mapper.
if ! dmsetup version >/dev/null 2>&1; then
	echo "1..0 # SKIP this kernel has no device-mapper"
	exit 0
fi
cp -a /etc/lvm "$dir/lvm"
# Without udev, nobody makes links below /dev but LVM itself. thin_check is not in the settings' place on every machine.
[ -e /run/udev/control ] || echo 'activation { udev_sync = 0 udev_rules = 0 }
devices { obtain_device_list_from_udev = 0 global_filter = [ "r|^'"${hidden:-none}"'$|" ] }
global { thin_check_executable = "" }
backup { backup = 0 archive = 0 }' >"$dir/lvm/lvmlocal.conf"
mount --bind "$dir/lvm" /etc/lvm
