"""An SMTP server in a process of its own: `python -m tests.notifications.sink_process PORT FILE` writes who got which notice.

A line is written before the message is acknowledged, so that one whose sender died meanwhile is counted.
"""

import asyncio
import os
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session


class Writer:
    """Append the recipient of each message to a file."""

    def __init__(self, path: str) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        os.write(self.file, f"{envelope.rcpt_tos[0]}\n".encode())
        return "250 OK"


async def serve(port: int, path: str) -> None:
    writer = Writer(path)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(writer), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
