{"maps": 5}
