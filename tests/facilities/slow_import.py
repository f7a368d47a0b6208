"""A worker that ends in the middle of a list, or just after what was asked for was done: to be killed."""

import sys
import time
from typing import Any


def main(when: str) -> None:
    # These need the settings.
    import django  # noqa: PLC0415

    django.setup()
    from facilities import tasks  # noqa: PLC0415
    from facilities.services import import_runs  # noqa: PLC0415

    def wait() -> None:
        sys.stdout.write(f"{when}\n")
        sys.stdout.flush()
        time.sleep(600)

    def half(batch: Any, done: int, total: int) -> None:
        if done >= total / 2:
            wait()

    def ending(work: Any) -> Any:
        def run(**given: Any) -> None:
            work(**given)
            wait()

        return run

    if when == "half":
        import_runs.PORTION, import_runs._show = 2, half
    else:
        import_runs.read_list, import_runs.apply_list = ending(import_runs.read_list), ending(import_runs.apply_list)
    tasks.run_imports()


if __name__ == "__main__":
    main(sys.argv[1])
