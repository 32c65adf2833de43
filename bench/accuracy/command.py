# SPDX-License-Identifier: Apache-2.0
"""What the command lines of both benches have in common."""
import argparse
import fcntl
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def parser(doc, each, quick):
    """`each` copies for each cell; `quick` says what is left out."""
    out = argparse.ArgumentParser(description=doc.splitlines()[0])
    out.add_argument("--split", default="both", choices=["tune", "test", "both"],
                     help="which figures to print; thresholds always come from tune")
    out.add_argument("--quick", action="store_true", help=quick)
    out.add_argument("--each", type=int, default=each,
                     help=f"copies for each edit and severity of the test side ({each})")
    out.add_argument("--json", action="store_true", help="JSON Lines and nothing else")
    out.add_argument("--weir", default=os.environ.get(
        "WEIR_BIN", os.path.join(ROOT, "build", "release", "bin")), help="folder of the program")
    out.add_argument("--folder", default=os.path.join(ROOT, "build", "accuracy"))
    return out


def locked(folder):
    """The folder's lock, held as long as the answer is kept; ends the program if another has it."""
    os.makedirs(folder, exist_ok=True)
    lock = open(os.path.join(folder, "lock"), "w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"accuracy: another run works in {folder}; wait, or give --folder")
    return lock
