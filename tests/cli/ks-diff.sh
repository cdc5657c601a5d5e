#!/bin/sh
# ks diff: two versions of the language, one file between them, and the reference's own outputs where they are at hand.
set -u
xenith=$(readlink -f "${O:-build}")/xenith
data=${KS_CASES:-../shared/data/kickstart}/verdiff
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

ok() { # TEXT COMMAND...
	text=$1
	shift
	if "$@"; then
		echo "ok - $text"
	else
		echo "not ok - $text"
		sed 's/^/# /' "$dir/out" "$dir/err" | head -n 30
	fi
}

run() { # STATUS WORDS...: xenith ks diff WORDS
	wanted=$1
	shift
	"$xenith" ks diff "$@" >"$dir/out" 2>"$dir/err" </dev/null
	[ $? -eq "$wanted" ]
}

prints() { # LINE...: each is a line of standard output
	for line in "$@"; do
		grep -qxF -e "$line" "$dir/out" || return 1
	done
}

ok "two versions" run 0 --from F40 --to F45
ok "commands that are removed and added" prints "module nvdimm vnc" "bootc rdp"
ok "options" prints "The following options were added to the autopart command in F45:" "--hw-passphrase"
ok "backwards" run 0 --from F45 --to F40
ok "removed is added then" prints "The following commands were added in F40:" "module nvdimm vnc"
ok "a version with itself" run 0 --from RHEL6 --to RHEL6
ok "adds and removes nothing" sh -c '! grep -q "^The following options were added\|^The following options were removed" "$1"' - "$dir/out"
ok "--json" run 0 --from F40 --to F45 --json
ok "is data" python3 -c "
import json, sys
d = json.load(open('$dir/out'))
sys.exit(not ({'change': 'added', 'command': 'rdp', 'option': None} in d
    and {'change': 'added', 'command': 'part', 'option': '--hw-passphrase'} in d))"

cat >"$dir/old.ks" <<'KS'
install
url --url=http://mirror.example.org/os
lang en_US
bootloader --location=mbr --upgrade
multipath --name=mpatha --device=/dev/sda --rule=failover
network --device=eth0
KS
ok "a file" run 0 --from RHEL7 --to RHEL9 "$dir/old.ks"
ok "its removed commands and options with their lines" [ "$(cut -d: -f2,3 "$dir/out" | tr '\n' ' ')" = "1: install 4: --upgrade 5: multipath " ]
echo 'lang en_US' >"$dir/plain.ks"
ok "a file that uses nothing of it" run 0 --from RHEL7 --to RHEL9 "$dir/plain.ks"
ok "nothing is printed" [ ! -s "$dir/out" ]
echo 'lnag en_US' >"$dir/bad.ks"
ok "a file that is bad in the older version" run 3 --from RHEL7 --to RHEL9 "$dir/bad.ks"
ok "without --to: exit status 2" run 2 --from RHEL7
ok "an unknown version: exit status 2" run 2 --from RHEL7 --to RHEL99

if [ ! -d "$data" ]; then
	echo "ok - the reference's outputs # SKIP $data is not there"
	exit 0
fi
python3 - "$xenith" "$data" <<'PY'
import glob, os, re, subprocess, sys

# What ksverdiff says otherwise; its own table of options says as ours in each case.
EXPECTED = {
    'RHEL10-F45 + added btrfs': 'removed in RHEL10, there in F45: ksverdiff takes removed commands for known ones',
    'RHEL5-RHEL10 - added btrfs': 'likewise: RHEL10 has it no more',
    'RHEL5-RHEL10 - added nvdimm': 'likewise',
    'RHEL5-RHEL10 + deprecated module': 'deprecated in RHEL10, and new since RHEL5',
    'RHEL5-RHEL10 + removed timezone --isUtc': 'ksverdiff sees the first spelling of an option only',
    'RHEL4-RHEL5 + added timezone --isUtc': 'likewise',
    'RHEL7-RHEL8 - added timezone --isUtc': 'likewise: RHEL7 had it as a second spelling',
    'RHEL4-RHEL5 + added autopart --encrypted': 'ksverdiff leaves out options of a command that had none',
    'RHEL4-RHEL5 + added autopart --passphrase': 'likewise',
    **{f'RHEL4-RHEL5 + added {c} --eject': 'likewise' for c in ('halt', 'poweroff', 'reboot', 'shutdown')},
}


def changes(text):
    for word, names in re.findall(r'The following commands were (\w+) in \S+:\n(.*)\n', text):
        yield from (f'{word} {name}' for name in names.split())
    for word, command, names in re.findall(r'The following options were (\w+) \w+ the (\S+) command in \S+:\n(.*)\n', text):
        yield from (f'{word} {command} {name}' for name in names.split())


for path in sorted(glob.glob(sys.argv[2] + '/*.txt')):
    pair = os.path.basename(path)[:-len('.txt')]
    old, new = pair.split('-')
    ours = subprocess.run([sys.argv[1], 'ks', 'diff', '--from', old, '--to', new], capture_output=True, text=True, check=True)
    # "method" is the reference's own name for url, nfs and the like; no file can say it.
    theirs = {c for c in changes(open(path).read()) if 'method' not in c.split()}
    got = set(changes(ours.stdout))
    differ = [f'{pair} - {c}' for c in sorted(theirs - got)] + [f'{pair} + {c}' for c in sorted(got - theirs)]
    differ = [d for d in differ if d not in EXPECTED]
    print('not ok' if differ else 'ok', f'- {pair}: the reference says the same')
    for d in differ:
        print('#', d)
PY
