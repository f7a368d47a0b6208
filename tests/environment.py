"""The environment in which the tests run: nothing of the machine's own is read or written.

Loaded by pytest before the settings. TEST_DATABASE_URL and TEST_REDIS_URL choose other services than SQLite and memory.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

SETTINGS = {
    "ALLOWED_HOSTS",
    "ATTRIBUTIONS_KEPT_DAYS",
    "BIND",
    "CONTACT_EMAIL",
    "DATABASE_URL",
    "DATA_DIR",
    "DEBUG",
    "DEFAULT_FROM_EMAIL",
    "DEMO",
    "EMAIL_URL",
    "ERASED_AFTER_DAYS",
    "LOG_LEVEL",
    "MATERIAL_MEGABYTES",
    "MFA_KEY",
    "PHONE_COUNTRY",
    "PHOTO_MEGABYTES",
    "PORT",
    "REDIS_URL",
    "SECRET_KEY",
    "SITE_URL",
    "SMS_URL",
    "STATIC_ROOT",
    "TRUSTED_PROXIES",
    "WEB_WORKERS",
}
# Compiled, and with their assertions rewritten, all modules are kept: to compile them anew takes each process of a run seconds.
UNWANTED = {"PYTHONDONTWRITEBYTECODE"}
SECRET_KEY = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF"


def isolated(data_dir: Path) -> dict[str, str]:
    """Return this process's environment without Jisr's settings, with a directory of its own for data."""
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS | UNWANTED}
    own = {"SECRET_KEY": SECRET_KEY, "DATA_DIR": str(data_dir), "STATIC_ROOT": str(data_dir / "static")}
    return {**kept, **own, "DJANGO_SETTINGS_MODULE": "config.settings"}


def isolate() -> None:
    """Isolate this process; those of xdist inherit it."""
    data_dir = Path(tempfile.mkdtemp(prefix="jisr-tests-"))
    atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
    environment = isolated(data_dir)
    # `make test` has several runs, and collecting costs seconds.
    environment["STATIC_ROOT"] = os.environ.get("TEST_STATIC_ROOT") or environment["STATIC_ROOT"]
    Path(environment["STATIC_ROOT"]).mkdir(exist_ok=True)
    for name in ("DATABASE_URL", "REDIS_URL"):
        if value := os.environ.get(f"TEST_{name}"):
            environment[name] = value
    os.environ.clear()
    os.environ.update(environment)
    sys.dont_write_bytecode = False


if "PYTEST_XDIST_WORKER" not in os.environ:
    isolate()
