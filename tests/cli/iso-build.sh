#!/bin/sh
# The command line of `xenith iso build` and `xenith init`: what is refused, and how.
x=${O:-build}/xenith
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# shellcheck source=tests/cli/lib/refuse.sh
. tests/cli/lib/refuse.sh

refuse 2 "-o FILE is missing" "an output is needed" iso build --mirror http://mirror.example.org/debian
refuse 2 "--mirror URL" "a mirror is needed" iso build -o "$dir/x.iso"
refuse 2 "exclude each other" "--ks and --ks-url exclude each other" \
	iso build -o "$dir/x.iso" --kernel-dir "$dir" --ks a --ks-url b
refuse 2 "--level is 20" "zstd's level has an end" iso build -o "$dir/x.iso" --kernel-dir "$dir" --level 20
refuse 2 "GRUB" "--append cannot break out of grub.cfg" iso build -o "$dir/x.iso" --kernel-dir "$dir" --append "a' ; halt"
printf -- '-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n' >"$dir/ca.pem"
refuse 3 "XEN-ISO-006: Make the file anew" "a refusal says what to do" iso build -o "$dir/x.iso" --kernel-dir "$dir" --ca "$dir/ca.pem"
refuse 3 "no private key" "--ca takes no private key" iso build -o "$dir/x.iso" --kernel-dir "$dir" --ca "$dir/ca.pem"
refuse 3 "gpg --export" "--ks-keyring takes no text" iso build -o "$dir/x.iso" --kernel-dir "$dir" --ks-keyring "$dir/ca.pem"
rm "$dir/ca.pem"
refuse 2 "go together" "--thin needs --url" iso build -o "$dir/x.iso" --kernel-dir "$dir" --thin
refuse 2 "pxe build" "a thin image takes no kickstart file" iso build -o "$dir/x.iso" --kernel-dir "$dir" --thin --url http://192.0.2.9/x --ks-url a
refuse 2 "without a slash" "--url wants no slash" iso build -o "$dir/x.iso" --kernel-dir "$dir" --thin --url http://192.0.2.9/
refuse 4 "package ipxe" "a thin image needs iPXE" iso build -o "$dir/x.iso" --kernel-dir "$dir" --thin --url http://192.0.2.9/x
refuse 7 "$dir/none" "a kernel folder that isn't there" iso build -o "$dir/x.iso" --kernel-dir "$dir/none"
echo cdrom >"$dir/host.ks"
refuse 2 "says no url" "--offline wants an archive" iso build -o "$dir/x.iso" --kernel-dir "$dir" --offline "$dir/host.ks"
echo "liveimg --url=http://mirror.example.org/x --checksum=1" >"$dir/host.ks"
refuse 3 "host.ks:1: liveimg" "--offline carries no image" iso build -o "$dir/x.iso" --kernel-dir "$dir" --offline "$dir/host.ks"
refuse 2 "a thin image" "a thin image carries no packages" iso build -o "$dir/x.iso" --kernel-dir "$dir" --thin --url http://192.0.2.9/x \
	--offline "$dir/host.ks"
rm "$dir/host.ks"
mkdir "$dir/boot"
refuse 4 "linux-image" "a kernel folder without a kernel" iso build -o "$dir/x.iso" --kernel-dir "$dir"
refuse 2 "process 1" "init is not started by hand" init
ln -s "$(realpath "$x")" "$dir/init"
x=$dir/init
refuse 2 "process 1" "the program is init under that name" ks=http://192.0.2.1/ks quiet
if [ "$(ls "$dir")" = "$(printf '%s\n' boot init out)" ]; then
	echo "ok - nothing is left behind"
else
	echo "not ok - nothing is left behind"
fi
