"""Make the data directory and the secret key, with the standard library alone: the settings can't be read before the key is there."""

import os
import secrets
from pathlib import Path


def prepare(data_dir: Path) -> None:
    """Make the directory (0700) and its `secret_key` (0600) where they are absent; keep what is there."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(data_dir / "secret_key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(50))


if __name__ == "__main__":
    prepare(Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parent.parent / "var"))
