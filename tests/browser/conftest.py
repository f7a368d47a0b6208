"""A live server that serves static files as on a server: by their hashed names, compressed, through WhiteNoise."""

from collections.abc import Iterator

import pytest
from django.db import connections
from django.test.testcases import LiveServerThread


@pytest.fixture
def server(transactional_db) -> Iterator[str]:
    """Serve the test's database on a free port and return the address."""
    in_memory = {c.alias: c for c in connections.all() if c.vendor == "sqlite" and c.is_in_memory_db()}
    for connection in in_memory.values():
        connection.inc_thread_sharing()
    thread = LiveServerThread("127.0.0.1", lambda application: application, connections_override=in_memory)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
    for connection in in_memory.values():
        connection.dec_thread_sharing()
