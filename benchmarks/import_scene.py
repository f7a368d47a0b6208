"""In a process of its own: take an invented list over, read it again, and tell how long each took and how much memory."""

import json
import resource
import sys
import time
from pathlib import Path

import django

django.setup()

from facilities import services  # noqa: E402 (needs the settings)
from facilities.models import FacilityImport, Source  # noqa: E402


def _read(path: Path, source: Source) -> FacilityImport:
    given = (path.name, path.read_bytes())
    batch = services.upload_list(source=source, side=None, official=False, upload=given, by=None)
    return services.read_list(batch=batch, tell=lambda done, total: None, by=None)


def main(path: Path) -> None:
    """Print the seconds of both and the greatest memory in kB as JSON."""
    source = Source.objects.create(code="invented", name_ar="قائمة", name_en="Invented list", licence="CC0")
    began = time.perf_counter()
    batch = _read(path, source)
    services.decide_rows(batch=batch, decision="leave", by=None)
    services.apply_list(batch=batch, tell=lambda done, total: None, by=None)
    first = time.perf_counter() - began
    began = time.perf_counter()
    again = _read(path, source)
    seconds = time.perf_counter() - began
    if again.count_of("new") or again.count_of("changed"):
        raise SystemExit("The same list again would change something.")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"first": first, "again": seconds, "memory": memory}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
