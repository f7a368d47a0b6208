"""An SMTP server that takes every message, keeps none, and counts; in a process of its own.

`python -m benchmarks.sink PORT`; a line `reset` on its input forgets the count, any other line prints how many have come and in how many
seconds.
"""

import asyncio
import sys
import threading
import time

from aiosmtpd.smtp import SMTP, Envelope, Session


class Counter:
    """What has come since the last reset."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.count, self.first, self.last = 0, 0.0, 0.0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Count a message."""
        self.last = time.perf_counter()
        self.first = self.first or self.last
        self.count += 1
        return "250 OK"


def converse(counter: Counter) -> None:
    """Answer what is asked on the standard input."""
    for line in sys.stdin:
        if line.strip() == "reset":
            counter.reset()
        print(counter.count, counter.last - counter.first, flush=True)


async def serve(port: int) -> None:
    """Take mail for as long as the process lives."""
    counter = Counter()
    threading.Thread(target=converse, args=(counter,), daemon=True).start()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(counter), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
