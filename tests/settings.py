"""The portal's one settings module, started as a test: no file `.env`, a data folder thrown away at the end."""

import atexit
import os
import shutil
import tempfile

# The processes of one run share what the first of them made.
if os.environ.get("PORTAL_ENV") != "test":
    folder = tempfile.mkdtemp(prefix="portal-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update({"PORTAL_ENV": "test", "ENV_FILE": "", "PORTAL_DATA": folder})
    os.environ.pop("DEBUG", None)

from policyportal.settings import *  # noqa: F403
