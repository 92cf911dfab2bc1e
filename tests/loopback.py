"""A web server on the loopback device that counts what it is asked for."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """What a server has, and what it was asked for."""

    address: str
    requests: Counter[str] = field(default_factory=Counter)
    """Such as "GET /a.mp4" to how often."""


@contextmanager
def serving(files: Mapping[str, bytes], *, cut: int = 0, busy: int = 0) -> Iterator[Site]:
    """Serve files by their paths, with the headers by which the Hub's client knows a file of the Hub.

    Args:
        files: path, with a slash in front, to content.
        cut: bytes at the end of each file that are announced and never come.
        busy: how many requests are answered with 503 before the first that is not.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = self._head()
            self.wfile.write(content[: len(content) - cut])

        def do_HEAD(self) -> None:
            self._head()

        def _head(self) -> bytes:
            site.requests[f"{self.command} {self.path}"] += 1
            content = files.get(self.path)
            is_busy = site.requests.total() <= busy
            if is_busy:
                content = None
            self.send_response(503 if is_busy else 200 if content is not None else 404)
            self.send_header("Content-Length", str(len(content or b"")))
            if content is None and not is_busy:
                self.send_header("X-Error-Code", "EntryNotFound")
            elif content is not None:
                self.send_header("ETag", f'"{sha256(content).hexdigest()}"')
                self.send_header("X-Repo-Commit", "0123456789" * 4)
            self.end_headers()
            return content or b""

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Site(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
