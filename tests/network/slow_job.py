"""A worker that writes half of a file and goes on no more: to be killed."""

import sys
import time
from pathlib import Path
from typing import Any

KIND = "slow-work"
FIRST, SECOND = b"the first half, ", b"the second half"


def main() -> None:
    # These need the settings.
    import django  # noqa: PLC0415

    django.setup()
    from network import jobs, tasks  # noqa: PLC0415

    def make(job: Any, path: Path, tell: jobs.Tell) -> None:
        path.write_bytes(FIRST)
        tell(1, 2)
        sys.stdout.write("half\n")
        sys.stdout.flush()
        time.sleep(600)

    jobs.register(jobs.Kind(KIND, "Something slow", make, lambda job: True))
    tasks.run_jobs()


if __name__ == "__main__":
    main()
