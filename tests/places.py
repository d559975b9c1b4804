"""Where tests in Python find things. PESTLE_SOURCE is the project, PESTLE_PROGRAM the program that was built,
PESTLE_SHARED the folder of models and data beside the project; each has a default for running a test by hand.
"""

import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(os.environ.get("PESTLE_SOURCE", Path(__file__).resolve().parents[1]))
SHARED = Path(os.environ.get("PESTLE_SHARED", SOURCE.parent / "shared"))
MODELS = SHARED / "models"
PROGRAM = os.environ.get("PESTLE_PROGRAM", str(SOURCE / "build" / "release" / "pestle"))


def skip(reason):
    """Ends the test as one that cannot run here."""
    print(f"skipped: {reason}")
    sys.exit(77)


def need_shared(name):
    """Ends the test where a part of the shared folder is absent."""
    if not (SHARED / name).exists():
        skip(f"no shared {name} (PESTLE_SHARED)")


def run_pestle(*arguments):
    """The standard output of a command that must succeed."""
    command = [PROGRAM, *map(str, arguments), "--quiet"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout
