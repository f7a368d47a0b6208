"""`make bench`: measure everything, or what is named, and print the figures. `QUICK=1` leaves out what takes minutes.

make bench ARGS="web outbox"
"""

import os
import sys
import time

from benchmarks import contest, directory, facilities, import_lists, judging, memory, outbox, signups, size, web
from benchmarks.figures import table
from benchmarks.ground import prepared

PARTS = {
    "size": size.measure,
    "web": web.measure,
    "signups": signups.measure,
    "memory": memory.measure,
    "outbox": outbox.measure,
    "directory": directory.measure,
    "judging": judging.measure,
    "entries": contest.entries,
    "contest": contest.pages,
    "import": import_lists.measure,
    "facilities": facilities.measure,
}


def main(names: list[str]) -> int:
    """Run the parts one after the other; a target that is not met is a figure, not a failure."""
    if unknown := set(names) - set(PARTS):
        print(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
        return 2
    quick, figures = os.environ.get("QUICK") == "1", []
    with prepared() as ground:
        for name in names or PARTS:
            began = time.monotonic()
            print(f"{name} … ", end="", flush=True)
            figures += PARTS[name](ground, quick=quick)
            print(f"{time.monotonic() - began:.0f} s", flush=True)
    print(f"\n{table(figures)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
