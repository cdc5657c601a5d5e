{"major_version":0,"minor_version":1,"maps":[]}
