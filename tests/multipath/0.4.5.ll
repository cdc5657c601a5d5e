mpath1 (3600601607cf30e00184589a37a31d911)
[size=49 GB][features="0"][hwhandler="1 emc"]
\_ round-robin 0 [active]
 \_ 0:0:0:11 sdg 8:96 [active][ready]
 \_ 1:0:1:11 sdh 8:112 [active][ready]
\_ round-robin 0 [prio=1][enabled]
 \_ 0:0:1:11 sdi 8:128 [failed][faulty]
3600601607cf30e00184589a37a31d912
[size=50 GB][features="0"][hwhandler="0"]
\_ round-robin 0 [enabled]
 \_ 0:0:0:12 sdj 8:144 [active][ready]
