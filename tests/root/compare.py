#!/usr/bin/env python3
"""Compare two root file systems: files, modes, owners, links, extended attributes, contents and dpkg's state.

  tests/root/compare.py OURS THEIRS      prints each difference that tests/root/differences does not name; status 1 if any

Owners are compared by name, because the order in which packages get their dynamic ids may differ.
"""
import fnmatch
import os
import re
import stat
import sys
from pathlib import Path

import initrd

HERE = Path(__file__).resolve().parent
KINDS = {stat.S_IFDIR: 'folder', stat.S_IFREG: 'file', stat.S_IFLNK: 'link', stat.S_IFCHR: 'device', stat.S_IFBLK: 'device',
         stat.S_IFIFO: 'fifo', stat.S_IFSOCK: 'socket'}


def names_of(root, file):
    """{id: name} of etc/passwd or etc/group."""
    found = {}
    for line in (Path(root) / 'etc' / file).read_text().splitlines():
        word = line.split(':')
        if len(word) > 2:
            found.setdefault(int(word[2]), word[0])
    return found


def xattrs(path):
    return sorted((name, os.getxattr(path, name, follow_symlinks=False))
                  for name in os.listxattr(path, follow_symlinks=False))


class Root:
    """One tree: {path below it: what is there}."""

    def __init__(self, top):
        self.top = str(top).rstrip('/')
        self.users, self.groups = names_of(top, 'passwd'), names_of(top, 'group')
        self.found, self.linked = {}, {}
        for folder, folders, files in os.walk(self.top):
            for name in folders + files:
                path = os.path.join(folder, name)
                self.found[path[len(self.top):]] = os.lstat(path)
        for path, st in self.found.items():
            if st.st_nlink > 1 and stat.S_ISREG(st.st_mode):
                self.linked.setdefault(st.st_ino, []).append(path)

    def hard_links(self, path):
        return sorted(self.linked.get(self.found[path].st_ino, []))

    def what(self, path):
        """All that is compared but the content, as (name, value)."""
        st, full = self.found[path], self.top + path
        kind = KINDS[stat.S_IFMT(st.st_mode)]
        yield 'kind', kind
        yield 'owner', self.users.get(st.st_uid, st.st_uid)
        yield 'group', self.groups.get(st.st_gid, st.st_gid)
        yield 'xattrs', xattrs(full)
        if kind == 'link':
            yield 'target', os.readlink(full)
        else:
            yield 'mode', oct(stat.S_IMODE(st.st_mode))
        if kind == 'device':
            yield 'number', st.st_rdev
        if kind == 'file':
            yield 'hard links', self.hard_links(path)


def paragraphs(text):
    """dpkg's status, with its fields in any order."""
    return sorted('\n'.join(sorted(re.split(r'\n(?! )', p))) for p in text.strip().split('\n\n'))


def debconf(text):
    """Without the answers that root build gives beforehand."""
    return [p for p in paragraphs(text) if 'Name: keyboard-configuration/' not in p]


def lines(text):
    return sorted(text.splitlines())


def accounts(text):
    """passwd or group without the ids that packages get in the order of their configuration (100-999)."""
    return sorted(re.sub(r'(?<=:)[1-9]\d\d(?=:)', 'ID', line) for line in text.splitlines())


# Files in which the order means nothing: what to compare instead.
UNORDERED = {'/var/lib/dpkg/status': paragraphs, '/var/cache/debconf/*.dat': debconf, '/var/lib/dpkg/triggers/*': lines, '/var/lib/dpkg/diversions': lines,
             '/var/lib/dpkg/statoverride': lines, '/var/lib/ucf/*': lines, '/etc/shells': lines, '/etc/passwd': accounts, '/etc/group': accounts, '/etc/gshadow': lines,
             '/etc/shadow': lines}


def same_content(a, b, path):
    one, two = Path(a.top + path), Path(b.top + path)
    if one.stat().st_size == two.stat().st_size and one.read_bytes() == two.read_bytes():
        return True
    for pattern, order in UNORDERED.items():
        if fnmatch.fnmatch(path, pattern):
            return order(one.read_text()) == order(two.read_text())
    return False


def differences(a, b):
    """(path, what differs) of all that does."""
    for path in sorted(a.found.keys() | b.found.keys()):
        if path not in b.found:
            yield path, 'only in ours'
        elif path not in a.found:
            yield path, 'only in theirs'
        else:
            ours, theirs = dict(a.what(path)), dict(b.what(path))
            for name in ours.keys() | theirs.keys():
                if ours.get(name) != theirs.get(name):
                    yield path, f'{name}: {ours.get(name)}, not {theirs.get(name)}'
            if ours['kind'] == theirs['kind'] == 'file' and fnmatch.fnmatchcase(path, '/boot/initrd.img-*'):
                for name, what in initrd.differences(Path(a.top + path), Path(b.top + path)):
                    yield f'{path}:/{name}', what
            elif ours['kind'] == theirs['kind'] == 'file' and not same_content(a, b, path):
                yield path, 'content'


def allowed():
    """[(path pattern, what pattern)] of tests/root/differences."""
    found = []
    for line in (HERE / 'differences').read_text().splitlines():
        words = line.split('#')[0].split(None, 1)
        if words:
            found.append((words[0], words[1].strip() if len(words) > 1 else '*'))
    return found


def main():
    rules, bad, used = allowed(), 0, set()
    for path, what in differences(Root(sys.argv[1]), Root(sys.argv[2])):
        rule = next((r for r in rules if fnmatch.fnmatchcase(path, r[0]) and fnmatch.fnmatchcase(what, r[1])), None)
        if rule:
            used.add(rule)
        else:
            bad += 1
            print(f'{path}: {what}')
    print(f'{bad} differences, {len(used)} of {len(rules)} rules for allowed ones were needed')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
