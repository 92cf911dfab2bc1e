"""A Hub over loopback, as the clients of Hugging Face speak to it: data sets only, and nothing of Xet.

Large files are uploaded to, and fetched from, another host name than the Hub's, by addresses that carry their own
permission and refuse a token: a client that leaks one there fails, as it does with the true stores.

    with LoopbackHub() as hub:
        HfApi(endpoint=hub.url, token=hub.token).create_repo("org/simsv", repo_type="dataset")

`python -m tests.hub.server` runs one until it is interrupted; its first line is the address. Clients in other
processes need the variables of `LoopbackHub.environment`.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.hub.endpoints import Answer, Endpoint, as_json
from tests.hub.repositories import Refused, Repository


class Fault(Enum):
    """What happens to a request instead of an answer."""

    REFUSED = auto()
    """It is answered with 503."""
    UNHEARD = auto()
    """The connection ends, and nothing is done."""
    UNANSWERED = auto()
    """All is done, and the connection ends without an answer."""


@dataclass(slots=True)
class Request:
    """A request that came in."""

    number: int
    """From 0."""
    method: str
    path: str
    """As it came, without the query."""
    range: str
    """The header Range, or nothing."""
    num_bytes: int = 0
    """Of the body of the answer."""


class LoopbackHub:
    """A Hub in this process, on a free port of 127.0.0.1, until the block ends. Owns what is stored in it.

    Attributes:
        fault: called with every request before it is handled, one after another, so it must send none itself; None lets
            the request through.
        requests: all that came in.
        page_size: entries of a page of a listing.
        part_bytes: large files above this size are uploaded in parts of it.
    """

    token = "hf_" + "loopback" * 4

    def __init__(self, *, port: int = 0, page_size: int = 1000, part_bytes: int = 100 << 20) -> None:
        self.page_size, self.part_bytes = page_size, part_bytes
        self.fault: Callable[[Request], Fault | None] = lambda request: None
        self.requests: list[Request] = []
        self.repositories: dict[str, Repository] = {}
        self.blobs: dict[str, bytes] = {}
        self.large: dict[str, bytes] = {}
        self.parts: dict[tuple[str, int], bytes] = {}
        self.lock = threading.RLock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.hub = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.store_url = f"http://localhost:{self._server.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """Variables with which another process speaks to this Hub."""
        return {"HF_ENDPOINT": self.url, "HF_TOKEN": self.token, "HF_HUB_DISABLE_XET": "1"}

    def __enter__(self) -> "LoopbackHub":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def bytes_sent(self, pattern: str) -> int:
        """Bytes of all answers to requests whose path, with large files named by their SHA-256, has the pattern."""
        return sum(request.num_bytes for request in self.requests if re.search(pattern, request.path))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    hub: LoopbackHub


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing; `LoopbackHub.requests` has it all."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            pass  # A client that was killed.

    def _handle(self) -> None:
        hub, body = self.server.hub, b"".join(self._body())
        with hub.lock:
            path, wanted = urlsplit(self.path).path, self.headers.get("Range", "")
            request = Request(len(hub.requests), self.command, path, wanted)
            hub.requests.append(request)
            fault = hub.fault(request)
        if fault is Fault.REFUSED:
            answer = as_json({"error": "Service Unavailable"}, 503)
        elif fault is not Fault.UNHEARD:
            answer = self._answer(body)
        if fault in (Fault.UNHEARD, Fault.UNANSWERED):
            self.close_connection = True
            self.connection.close()
            return
        request.num_bytes = 0 if self.command == "HEAD" else len(answer.body)
        self._send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = _handle  # noqa: N815 - the names that http.server calls

    def _body(self) -> Iterator[bytes]:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        elif size := int(self.headers.get("Content-Length", 0)):
            yield self.rfile.read(size)

    def _answer(self, body: bytes) -> Answer:
        try:
            return Endpoint(self.server.hub, self.command, self.path, self.headers, body).answer()
        except Refused as refused:
            told = {"X-Error-Message": str(refused)} | ({"X-Error-Code": refused.code} if refused.code else {})
            return as_json({"error": str(refused)}, refused.status, **told)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)


if __name__ == "__main__":
    with LoopbackHub() as hub:
        print(hub.url, flush=True)
        while True:
            time.sleep(3600)
