open("/tmp/hostile-site_customisation", "w").write("ran")
