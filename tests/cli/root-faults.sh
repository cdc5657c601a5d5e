#!/bin/sh
# `xenith root build` from mirrors that fail, from archives that lie, onto full disks: tests/root/faults.py.
exec python3 tests/root/faults.py
