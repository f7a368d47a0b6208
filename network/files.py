"""Private files: under random names in a folder of DATA_DIR/media, of which each belongs to one row.

A file is written and flushed before its row is committed, and removed after its row is gone; what a crash leaves in between is swept.
"""

import os
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

# Nothing that was written so recently is swept: its row may be about to be committed.
YOUNG = timedelta(hours=1)


def path_of(stored: str, folder: str) -> Path:
    return settings.MEDIA_ROOT / folder / stored


def keep(content: bytes, folder: str) -> str:
    """Write a file and return its random name; it goes again where the transaction around it fails."""
    stored = secrets.token_hex(16)
    path = path_of(stored, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return stored


def begin(folder: str) -> str:
    """Return the random name of a file that is to be written piece by piece; until its row knows it, it is swept like any other."""
    (settings.MEDIA_ROOT / folder).mkdir(parents=True, exist_ok=True)
    return secrets.token_hex(16)


def flush(path: Path) -> int:
    """Make sure that a file that was written piece by piece is on the disk, and return its bytes."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    return path.stat().st_size


def drop(stored: str, folder: str) -> None:
    """Remove a file once the transaction is committed; failing to is no fault, for it is swept later."""
    transaction.on_commit(lambda: path_of(stored, folder).unlink(missing_ok=True), robust=True)


def sweep(*, known: Collection[str], now: datetime, folder: str) -> int:
    """Remove the files that belong to no row, but for those written within the last hour; return how many."""
    place, swept = settings.MEDIA_ROOT / folder, 0
    for path in place.iterdir() if place.exists() else ():
        if path.name not in known and path.stat().st_mtime < (now - YOUNG).timestamp():
            path.unlink(missing_ok=True)
            swept += 1
    return swept
