"""What a kickstart file and the command line say about which packages come, and hooks; part of faults.py."""

FILE = {'mode': 0o644}


def judge(tap, lab):
    """Two sources that have a package in different versions, and what chooses between them; hooks."""
    lab.archive.index = ''
    lab.archive.add('tool', [('./usr/share/tool', FILE, b'one')])
    lab.archive.add('other')
    lab.archive.publish('one')
    lab.archive.index = ''
    lab.archive.add('tool', [('./usr/share/tool', FILE, b'two')], version='2')
    lab.archive.publish('two')
    repo = f'repo --name=two --baseurl={lab.suite(suite="two")}'
    for words, wanted in (('', b'two'), (' --cost=2000', b'one'), (' --cost=10', b'two'), (' --excludepkgs=tool', b'one'),
                          (' --excludepkgs=t*l', b'one'), (' --includepkgs=other', b'one'), (' --includepkgs=to*', b'two')):
        done, target = lab.build(lab.suite(suite='one'), ['tool'], lines=[repo + words])
        path = target / 'usr/share/tool'
        tap.ok(done.returncode == 0 and path.read_bytes() == wanted, f'repo{words}: version {wanted.decode()}', done.stdout)
    done, target = lab.build(lab.suite(suite='one'), ['tool', 'other', '-other'])
    tap.ok(done.returncode == 0 and not (target / 'usr/share/other').exists() and (target / 'usr/share/tool').exists(),
           'a package that is excluded is not there', done.stdout)
    program = lab.folder / 'hook'
    program.write_text('#!/bin/sh\ncat "$1/usr/share/tool" >>"$1/said"\n')
    program.chmod(0o755)
    done, target = lab.build(lab.suite(suite='one'), ['tool'], '--hook', 'echo first >"$1/said"', '--hook', program)
    tap.ok(done.returncode == 0 and (target / 'said').read_text() == 'first\none', 'hooks: a line for the shell and a program, in order',
           done.stdout)
    done, target = lab.build(lab.suite(suite='one'), ['tool'], '--hook', 'echo no luck; exit 3', '--hook', 'touch "$1/second"')
    tap.ok(done.returncode == 6 and 'hook' in done.stdout and 'no luck' in done.stdout and not (target / 'second').exists(),
           'a hook that fails is named with what it said, and the last to run', done.stdout)
