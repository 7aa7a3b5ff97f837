import os

os.environ["MPLBACKEND"] = "x"
