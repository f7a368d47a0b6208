"""The commands of docker-compose.yml with its variables, started on this machine against real PostgreSQL and Redis."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from tests.environment import isolated
from tests.services import Postgres, Redis, free_port, wait_until

FILLED_IN = {"SECRET_KEY": "for-one-test-0123456789-abcdefghijklmnopqrstuvwxyz-ABC", "POSTGRES_PASSWORD": "any"}


def read_env_example() -> dict[str, str]:
    lines = (settings.BASE_DIR / ".env.example").read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name: value or FILLED_IN.get(name, "") for name, value in pairs}


def services() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())["services"]
    return declared


def interpolate(text: str, variables: dict[str, str]) -> str:
    """Replace ${NAME}, ${NAME:?hint} and ${NAME:-default} as compose does."""

    def value(match: re.Match[str]) -> str:
        name, operator, rest = match[1], match[2], match[3]
        if operator == ":?":
            return variables[name]
        return variables.get(name) or rest or ""

    return re.sub(r"\$\{(\w+)(?:(:[?-])([^}]*))?\}", value, text).replace("$$", "$")


class Compose:
    """The services of the file as processes, with the addresses of the throw-away services in place of the containers'."""

    def __init__(self, directory: Path, postgres: Postgres, redis: Redis) -> None:
        self.variables = read_env_example()
        self.services: dict[str, Any] = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())[
            "services"
        ]
        self.port = free_port()
        self.directory = directory
        self.replaced = {
            "postgres:5432": f"127.0.0.1:{postgres.port}",
            "redis:6379": f"127.0.0.1:{redis.port}",
            "0.0.0.0:8000": f"127.0.0.1:{self.port}",
            "/data": str(directory),
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def here(self, text: str) -> str:
        text = interpolate(text, self.variables)
        for there, here in self.replaced.items():
            text = text.replace(there, here)
        return text

    def environment(self, name: str) -> dict[str, str]:
        own = {key: self.here(value) for key, value in self.services[name]["environment"].items()}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {**isolated(self.directory), **own, "PATH": path}

    def command(self, name: str) -> list[str]:
        return [self.here(part) for part in self.services[name]["command"]]

    def run(self, command: list[str], name: str) -> None:
        subprocess.run(command, cwd=settings.BASE_DIR, env=self.environment(name), check=True)

    def start(self, name: str) -> None:
        log = (self.directory / f"{name}.log").open("wb")
        self.running[name] = subprocess.Popen(
            self.command(name), cwd=settings.BASE_DIR, env=self.environment(name), stdout=log, stderr=log
        )
        log.close()

    def log(self, name: str) -> str:
        return (self.directory / f"{name}.log").read_text()

    def get(self, path: str) -> tuple[int, str]:
        """Ask as the proxy would; not following redirects."""
        headers = {"Host": "jisr.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""


@pytest.fixture
def compose(tmp_path: Path, postgres: Postgres, redis_server: Redis) -> Iterator[Compose]:
    postgres.new_database("jisr")
    compose = Compose(tmp_path, postgres, redis_server)
    yield compose
    for process in compose.running.values():
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.mark.heavy
@pytest.mark.services
def test_migrate_web_worker_and_beat_work_together_and_end_cleanly(compose: Compose) -> None:
    # The image collects the static files when it is built.
    compose.run([sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], "web")
    compose.run(compose.command("migrate"), "migrate")
    for name in ("web", "worker", "beat"):
        compose.start(name)

    wait_until(lambda: compose.get("/healthz")[0] == 200, seconds=120, what="/healthz")
    wait_until(lambda: compose.get("/readyz")[0] == 200, seconds=120, what="/readyz")
    assert isinstance(json.loads(compose.get("/readyz")[1]), dict)
    status, page = compose.get("/ar/")
    assert (status, 'dir="rtl"' in page) == (200, True)

    check = [part.replace("8000", str(compose.port)) for part in compose.services["web"]["healthcheck"]["test"][1:]]
    compose.run(check, "web")
    ping = ["python", "-m", "celery", "--app", "config", "inspect", "ping", "--timeout", "5"]
    wait_until(lambda: worker_answers(compose, ping), seconds=120, what="The worker")

    begins = time.monotonic()
    for process in compose.running.values():
        process.send_signal(signal.SIGTERM)
    codes = {name: process.wait(timeout=40) for name, process in compose.running.items()}
    assert codes == {"web": 0, "worker": 0, "beat": 0}, [compose.log(name)[-2000:] for name in codes]
    assert time.monotonic() - begins < 20
    for name in codes:
        assert "Traceback" not in compose.log(name)
        assert "192.0.2.7" not in compose.log(name)


def worker_answers(compose: Compose, ping: list[str]) -> bool:
    environment = compose.environment("worker")
    return (
        subprocess.run(ping, cwd=settings.BASE_DIR, env=environment, capture_output=True, check=False).returncode == 0
    )


def test_every_service_of_ours_is_started_again_but_the_one_that_ends() -> None:
    restarts = {name: service["restart"] for name, service in services().items() if service.get("image") == "jisr"}

    assert restarts == {"migrate": "no", "web": "unless-stopped", "worker": "unless-stopped", "beat": "unless-stopped"}


def test_a_missing_secret_is_not_replaced_by_anything() -> None:
    with pytest.raises(KeyError):
        interpolate("${SECRET_KEY:?50 random characters}", {})


def test_the_image_is_built_from_files_that_exist() -> None:
    dockerfile = (settings.BASE_DIR / "Dockerfile").read_text()
    caddyfile = (settings.BASE_DIR / "deploy" / "Caddyfile").read_text()

    assert "--require-hashes -r requirements.txt" in dockerfile
    assert "USER jisr" in dockerfile
    assert f"uri strip_prefix {settings.MEDIA_URL.rstrip('/')}" in caddyfile
