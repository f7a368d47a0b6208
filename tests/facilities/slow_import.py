"""A worker that takes half of a list over and goes on no more: to be killed."""

import sys
import time


def main() -> None:
    # These need the settings.
    import django  # noqa: PLC0415

    django.setup()
    from facilities import services  # noqa: PLC0415
    from facilities.models import FacilityImport  # noqa: PLC0415
    from facilities.services import import_runs  # noqa: PLC0415

    import_runs.PORTION = 2

    def tell(done: int, total: int) -> None:
        if done >= total / 2:
            sys.stdout.write("half\n")
            sys.stdout.flush()
            time.sleep(600)

    batch = FacilityImport.objects.get()
    services.apply_list(batch=batch, tell=tell, by=batch.uploaded_by)


if __name__ == "__main__":
    main()
