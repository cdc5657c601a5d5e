{"major_version":0,"minor_version":1,"maps":[{"name":"san","uuid":"360050768019081acf80000000000022b","sysfs":"dm-0","vend":"IBM","prod":"2145","hwhandler":"1 alua","write_prot":"rw","path_groups":[{"selector":"service-time 0","pri":30,"dm_st":"active","group":1,"paths":[
{"dev":"sda","dev_t":"8:0","dm_st":"active","dev_st":"running","chk_st":"ready","pri":50,"host_wwpn":"0x21","target_wwpn":"0x50","host_adapter":"0000:04:00.0"},
{"dev":"sdb","dev_t":"8:16","dm_st":"active","dev_st":"running","chk_st":"ready","pri":10,"host_wwpn":"0x22","target_wwpn":"0x51","host_adapter":"0000:04:00.1"}]}]},
{"name":"one","uuid":"360050768019081acf80000000000022c","sysfs":"dm-1","vend":"IBM","prod":"2145","path_groups":[{"selector":"service-time 0","pri":50,"dm_st":"active","group":1,"paths":[
{"dev":"sdc","dev_t":"8:32","dm_st":"active","dev_st":"running","chk_st":"ready","pri":50,"host_wwpn":"0x21","target_wwpn":"0x50"},
{"dev":"sdd","dev_t":"8:48","dm_st":"active","dev_st":"running","chk_st":"ready","pri":50,"host_wwpn":"0x21","target_wwpn":"0x51"}]}]}]}
