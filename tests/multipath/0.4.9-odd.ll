Nov 05 17:17:03 | /etc/multipath.conf line 4, invalid keyword: foo
168.642550 | _check_bindings_file: no bindings
Warning: multipath devices exist, but multipathd service is not running
[1mreload: data disk (1IET     00010001) dm-3 IET     ,VIRTUAL-DISK[0m
size=1.0T features='0' hwhandler='0' wp=rw
|-+- policy='service-time 0' prio=1 status=active
| `- 33:0:0:1 sdaa 65:160 active i/o pending running
`-+- policy='service-time 0' prio=-1 status=enabled
  |- 34:0:0:1 sdab 65:176 active ready running
  `- #:#:#:#  -    #:#    failed undef unknown
36005 dm-4 DGC,RAID 5
size=10G features='0' hwhandler='1 alua' wp=ro
`-+- policy='round-robin 0' prio=130 status=active
  |- 1:0:0:4294967295 sdac 65:192 active ready running
  `- 2:0:1:4294967295 sdad 65:208 active ghost running
