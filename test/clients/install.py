"""Makes the virtual environment FOLDER, with what the file REQUIREMENTS names, unless it is there.

Test files that run side by side wait for each other.
"""

import fcntl
import subprocess
import sys
import venv
from pathlib import Path

folder = Path(sys.argv[1])
requirements = Path(sys.argv[2])
installed = folder / "installed.txt"

folder.parent.mkdir(parents=True, exist_ok=True)
with open(folder.with_suffix(".lock"), "w") as lock:
    # The lock goes with the process, however that ends.
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not installed.exists() or installed.read_text() != requirements.read_text():
        venv.create(folder, clear=True, with_pip=True)
        pip = [folder / "bin/python", "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--requirement", requirements], check=True)
        installed.write_text(requirements.read_text())
