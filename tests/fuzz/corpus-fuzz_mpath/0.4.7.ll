mpath0 (360060e80045be50000005be500001a5d)
[size=100 GB][features=1 queue_if_no_path][hwhandler=1 alua]
\_ round-robin 0 [prio=100][active]
 \_ 0:0:4:0 sda 8:0 [active][ready]
 \_ 1:0:5:0 sdb 8:16 [active][ready]
\_ round-robin 0 [prio=60][enabled]
 \_ 0:0:5:0 sdc 8:32 [active][ready]
 \_ 1:0:4:0 sdd 8:48 [active][ready]
