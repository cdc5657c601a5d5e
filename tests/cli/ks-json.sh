#!/bin/sh
# xenith ks print --json: what the schema in the manual says, for every kind of section; --mask.
set -u
xenith=${O:-build}/xenith
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

ok() { # TEXT COMMAND...
	text=$1
	shift
	if "$@" >"$dir/log" 2>&1; then
		echo "ok - $text"
	else
		echo "not ok - $text"
		sed 's/^/# /' "$dir/log" | head -n 30
	fi
}

cat >"$dir/host.ks" <<'END'
#version=RHEL9
url --url=http://me:secret@mirror.example.org/debian
rootpw --iscrypted $6$salt$hash
network --device=eth0 --nameserver=192.0.2.1,192.0.2.2 --mtu=9000
part / --size=4096 --grow
rhsm --organization=1 --activation-key=hush1 --proxy=http://a:hush2@p
realm join --one-time-password=hush3 --one-time-password hush4 example.org
halt --eject
%packages --excludedocs
@core --nodefaults
@^minimal
vim
-nano
%end
%addon xenith
virt --require=pv
%end
%addon com_redhat_kdump --enable
x
%end
%pre
true
%end
%post --nochroot --log=/root/log
echo "%end" # not yet
%end
END
echo text >"$dir/small.ks"
printf 'lang \377\n' >"$dir/odd.ks"

cat >"$dir/check.py" <<'END'
import json, subprocess, sys
import jsonschema
page = open('man/xenith-ks.1').read()
schema = json.loads(page.split('.Sh JSON')[1].split('.Bd -literal\n')[1].split('.Ed')[0])
jsonschema.Draft202012Validator.check_schema(schema)
for name in sys.argv[2:]:
    done = subprocess.run([sys.argv[1], 'ks', 'print', '--json', name], capture_output=True, check=True)
    jsonschema.validate(json.loads(done.stdout), schema, jsonschema.Draft202012Validator)
END
cat >"$dir/values.py" <<'END'
import json, sys
d = json.load(sys.stdin)
c = {x['name']: x['options'] for x in d['commands']}
assert d['version'] == 'RHEL9' and list(c) == ['url', 'rhsm', 'network', 'realm', 'rootpw', 'part', 'halt'], list(c)
assert c['network'] == {'--device': 'eth0', '--nameserver': ['192.0.2.1', '192.0.2.2'], '--mtu': 9000}
assert c['part'] == {'MOUNTPOINT': '/', '--size': 4096, '--grow': True}
assert c['rootpw']['PASSWORD'] == '***' and 'secret' not in json.dumps(d) and 'hush' not in json.dumps(d)
assert d['xenith'][0]['options'] == {'--require': 'pv'} and d['xenith'][0]['line'] == 16
assert d['packages']['groups'] == [{'name': 'core', 'include': 'required'}]
assert d['packages']['environment'] == 'minimal' and d['packages']['excluded'] == ['nano']
assert [s['type'] for s in d['scripts']] == ['pre', 'post'] and not d['scripts'][1]['chroot']
assert d['scripts'][1]['body'] == 'echo "%end" # not yet\n' and d['sections'][0]['body'] == 'x\n'
END
values() {
	"$xenith" ks print --json --mask "$dir/host.ks" | python3 "$dir/values.py"
}

ok "the data is as the manual's schema says" python3 "$dir/check.py" "$xenith" "$dir/host.ks" "$dir/small.ks" "$dir/odd.ks"
no_secrets() {
	"$xenith" ks print --mask "$dir/host.ks" >"$dir/masked" && ! grep -q 'hush\|secret' "$dir/masked" &&
		grep -q 'realm join --one-time-password=\*\*\* --one-time-password "\?\*\*\*' "$dir/masked"
}

ok "options have their types, sections their parts, and --mask hides secrets" values
ok "passwords in lists are masked too" no_secrets
echo 1..3
