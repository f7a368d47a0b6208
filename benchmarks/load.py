"""A client cheap enough not to be what is measured: a few kept connections, requests sent as prepared bytes, answers hardly looked at.

`python -m benchmarks.load PORT PATH SECONDS [COOKIE]` prints the requests answered per second.
"""

import json
import socket
import sys
import time

CONNECTIONS = 8
LENGTH = b"\r\nContent-Length: "


def request(path: str, cookie: str = "", language: str = "ar") -> bytes:
    """Return a GET as a browser sends it."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip", f"Accept-Language: {language}"]
    return "\r\n".join([*lines, *([f"Cookie: {cookie}"] if cookie else []), "", ""]).encode()


class Connection:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, prepared: bytes) -> None:
        self.socket.sendall(prepared)

    def receive(self) -> bytes:
        """Read one answer to its end, and return its head."""
        data = self.socket.recv(65_536)
        while (end := data.find(b"\r\n\r\n")) < 0:
            more = self.socket.recv(65_536)
            if not more:
                raise ConnectionError("The server has closed the connection.")
            data += more
        head = data[:end]
        start = head.find(LENGTH) + len(LENGTH)
        missing = int(head[start:].split(b"\r\n", 1)[0]) - (len(data) - end - 4)
        while missing > 0:
            missing -= len(self.socket.recv(65_536))
        return head

    def get(self, path: str, cookie: str = "") -> bytes:
        self.send(request(path, cookie))
        return self.receive()


def rate(port: int, path: str, seconds: float, cookie: str = "") -> float:
    """Ask over all connections in turn for so long, and return the answers per second; anything but a 200 is an error."""
    prepared = request(path, cookie)
    connections = [Connection(port) for _ in range(CONNECTIONS)]
    for connection in connections:
        connection.send(prepared)
    answered, began = 0, time.perf_counter()
    ends = began + seconds
    while (now := time.perf_counter()) < ends:
        for connection in connections:
            head = connection.receive()
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"{path}: {head.splitlines()[0].decode()}")
            answered += 1
            connection.send(prepared)
    return answered / (now - began)


def posting(path: str, body: str, cookie: str, token: str) -> bytes:
    """Return a POST as a browser sends it."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept-Encoding: gzip",
        "Accept-Language: ar",
        f"Cookie: {cookie}; csrftoken={token}",
        f"X-CSRFToken: {token}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", body]).encode()


def rate_of_all(port: int, requests: list[bytes], expected: bytes) -> float:
    """Make each request once, as many at a time as there are connections, and return the answers per second."""
    waiting = iter(requests)
    busy = []
    began = time.perf_counter()
    for prepared, _ in zip(waiting, range(CONNECTIONS), strict=False):
        busy.append(Connection(port))
        busy[-1].send(prepared)
    while busy:
        connection = busy.pop(0)
        head = connection.receive()
        if not head.startswith(expected):
            raise RuntimeError(head.splitlines()[0].decode())
        if prepared := next(waiting, None):
            connection.send(prepared)
            busy.append(connection)
    return len(requests) / (time.perf_counter() - began)


if __name__ == "__main__":
    print(json.dumps(rate(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), *sys.argv[4:])))
