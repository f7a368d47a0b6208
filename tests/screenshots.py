"""What `make screenshots` runs: the main pages of the demo, in both languages at two widths."""

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path("var/screenshots")


def main(extra: list[str]) -> int:
    """Take the pictures and return pytest's exit code."""
    environment = {**os.environ, "JISR_SCREENSHOTS": str(FOLDER.resolve())}
    command = [sys.executable, "-m", "pytest", "tests/browser/test_walk.py", "-k", "sound", *extra]
    code = subprocess.run(command, env=environment, check=False).returncode
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
