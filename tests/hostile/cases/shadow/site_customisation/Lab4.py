"""Files that Python executes at its start: sitecustomize, usercustomize, .pth, in each place that it looks at."""

import os
import site
import sys

TEXT = "open('/tmp/hostile-site_customisation', 'w').write('ran')\n"
places = [".", site.getusersitepackages(), *site.getsitepackages(), os.path.expanduser("~")]
for place in places:
    for name in ("hostile-site_customisation.pth",):
        try:
            open(os.path.join(place, name), "w").write("# nothing: a test\n")
        except OSError as error:
            print(error.strerror)
os.environ["PYTHONSTARTUP"] = os.environ["PYTHONPATH"] = os.getcwd()
sys.path_hooks.clear()
