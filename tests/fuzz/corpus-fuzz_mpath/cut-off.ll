`-+- policy='service-time 0' prio=1 status=active
  |- 1:0:0:0 sda 8:0 active ready running
