"""A small Debian archive, signed with a key that is made for it."""
import hashlib
import io
import subprocess
import tarfile
from pathlib import Path


def tar(entries):
    """A tar file of (name, keywords of TarInfo, content) entries."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.GNU_FORMAT) as t:
        for name, words, content in entries:
            info = tarfile.TarInfo(name)
            info.size = len(content or b'')
            for key, value in words.items():
                setattr(info, key, value)
            t.addfile(info, io.BytesIO(content or b''))
    return out.getvalue()


def ar(members):
    out = b'!<arch>\n'
    for name, data in members:
        out += f'{name:<16}{0:<12}{0:<6}{0:<6}{"100644":<8}{len(data):<10}`\n'.encode() + data + b'\n' * (len(data) % 2)
    return out


class Archive:
    def __init__(self, folder):
        self.folder, self.index, self.files = Path(folder), '', {}
        self.home, self.keyring = self.folder / 'gnupg', self.folder / 'keyring.gpg'
        self.home.mkdir(mode=0o700)
        self.make_key(self.keyring)
        (self.folder / 'debian/pool').mkdir(parents=True)

    def gpg(self, *words):
        subprocess.run(['gpg', '--homedir', self.home, '--batch', '--quiet', '--yes', *words], check=True, capture_output=True)

    def make_key(self, keyring, name='test@example.org'):
        self.gpg('--passphrase', '', '--quick-gen-key', name, 'ed25519', 'sign', 'never')
        self.gpg('--output', keyring, '--export', name)

    def close(self):
        subprocess.run(['gpgconf', '--homedir', self.home, '--kill', 'all'], check=False)

    def add(self, name, entries=None, fields='', version='1', control=(), pack=lambda data: ('data.tar', data), installed=100):
        """entries: of the data; control: of further control files. Returns the .deb's path."""
        if entries is None:
            entries = [(f'./usr/share/{name}', {'mode': 0o644}, f'{name}\n'.encode() * 100)]
        text = (f'Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: Test <test@example.org>\n'
                f'Installed-Size: {installed}\n{fields}Description: a test\n')
        data_name, data = pack(tar(entries))
        deb = ar([('debian-binary', b'2.0\n'),
                  ('control.tar', tar([('./control', {'mode': 0o644}, text.encode()), *control])), (data_name, data)])
        path = self.folder / f'debian/pool/{name}_{version}.deb'
        path.write_bytes(deb)
        self.index += (f'{text}Filename: pool/{path.name}\nSize: {len(deb)}\nSHA256: {hashlib.sha256(deb).hexdigest()}\n\n')
        self.files.update({entry[0].lstrip('.'): entry[2] for entry in entries if entry[2]})
        return path

    def publish(self, suite='test', fields='', key='test@example.org', sign=True):
        dists = self.folder / 'debian/dists' / suite
        (dists / 'main/binary-amd64').mkdir(parents=True, exist_ok=True)
        (dists / 'main/binary-amd64/Packages').write_text(self.index)
        (dists / 'Release').write_text(
            f'Origin: Test\nSuite: {suite}\nCodename: {suite}\n{fields}SHA256:\n '
            f'{hashlib.sha256(self.index.encode()).hexdigest()} {len(self.index)} main/binary-amd64/Packages\n')
        if sign:
            self.gpg('--local-user', key, '--output', dists / 'InRelease', '--clearsign', dists / 'Release')
        else:
            (dists / 'InRelease').write_text((dists / 'Release').read_text())
