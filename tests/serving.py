"""The local server of the tests and the bench: the site's own, with faults and slowness."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import ClassVar

from estimator.publish.serve import Answer, Handler, Site, make_server


@dataclass(frozen=True)
class Request:
    """One request and what went back; bytes as they travelled, without headers."""

    path: str
    status: int
    bytes: int


@dataclass
class Line:
    """A slow line, shared by all connections."""

    bits_per_second: int
    latency: float  # seconds before each answer
    _free: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, size: int) -> None:
        """Take the line's next free moment for so many bytes, and wait until they are through."""
        with self._lock:
            start = max(time.monotonic(), self._free)
            self._free = start + size * 8 / self.bits_per_second
            end = self._free
        time.sleep(max(0.0, end - time.monotonic()))


def read_headers(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Read a `_headers` file as hosts do: each path's rule, with its headers."""
    rules: list[tuple[str, list[tuple[str, str]]]] = []
    for row in text.splitlines():
        if row.startswith(" "):
            name, _, value = row.strip().partition(": ")
            rules[-1][1].append((name, value))
        else:
            rules.append((row, []))
    return rules


class TestSite(Site):
    """A site below a prefix, some of whose files are replaced (bytes) or missing (None).

    With `headers`, the text of a `_headers` file, it sends what a host that reads it does.
    """

    __test__ = False  # not a test case, whatever its name

    def __init__(
        self,
        folder: Path,
        *,
        prefix: str = "/",
        replaced: dict[str, bytes | None] | None = None,
        line: Line | None = None,
        headers: str = "",
    ) -> None:
        super().__init__(folder)
        self.headers = read_headers(headers)
        self.prefix = prefix
        self.replaced = replaced or {}
        self.line = line
        self.types: dict[str, str] = {}  # sent in place of a file's own
        self.delays: dict[str, float] = {}  # seconds before a file comes
        self.dropped: set[str] = set()  # files in whose middle the connection breaks
        self.requests: list[Request] = []
        self.address = ""  # set by `serving`; ends with the prefix
        self.is_stopped = False
        self.stop: Callable[[], None]  # set by `serving`: from then on nobody answers

    @property
    def bytes_sent(self) -> int:
        return sum(request.bytes for request in self.requests)

    def answer(self, target: str, *, gzipped: bool) -> Answer:
        if not target.startswith(self.prefix):
            return self.missing(gzipped=gzipped)
        path = self.path_of(target)
        if path in self.replaced:
            body = self.replaced[path]
            if body is None:
                return self.missing(gzipped=gzipped)
            suffix = PurePosixPath(path).suffix or ".html"
            return self.found(suffix, body, gzipped=gzipped)
        answer = super().answer("/" + path, gzipped=gzipped)
        if answer.location:
            return Answer(answer.status, location=self.prefix + answer.location.lstrip("/"))
        return replace(answer, type=self.types.get(path, answer.type))

    def path_of(self, target: str) -> str:
        """Return a request's path below the prefix."""
        return target.removeprefix(self.prefix).partition("?")[0]

    def headers_of(self, target: str) -> dict[str, str]:
        """Return what the rules that fit a path add up to."""
        path = "/" + self.path_of(target)
        found: dict[str, str] = {}
        for pattern, headers in self.headers:
            if fnmatchcase(path, pattern):
                for name, value in headers:
                    found[name] = f"{found[name]}, {value}" if name in found else value
        return found

    def warm_up(self) -> None:
        """Compress everything now, so that compressing is not part of what is timed."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                self.found(path.suffix, path.read_bytes(), gzipped=True)


class TestHandler(Handler):
    """Notes each request; sends no faster than the line."""

    __test__ = False
    site: ClassVar[TestSite]
    PIECE = 16_384

    def parse_request(self) -> bool:
        # A connection that was open before the server stopped is served by a thread of its own.
        if self.site.is_stopped:
            self.close_connection = True
            return False
        return super().parse_request()

    def send_head(self, answer: Answer) -> None:
        if self.site.line:
            time.sleep(self.site.line.latency)
        time.sleep(self.site.delays.get(self.site.path_of(self.path), 0))
        size = 0 if self.command == "HEAD" else len(answer.body)
        self.site.requests.append(Request(self.path, answer.status, size))
        super().send_head(answer)

    def end_headers(self) -> None:
        for name, value in self.site.headers_of(self.path).items():
            if name != "Cache-Control":  # a browser must ask, or a test would not see it
                self.send_header(name, value)
        super().end_headers()

    def send_body(self, answer: Answer) -> None:
        if self.site.path_of(self.path) in self.site.dropped:
            answer = replace(answer, body=answer.body[: len(answer.body) // 2])
            self.close_connection = True
        if not self.site.line or answer.status == HTTPStatus.NOT_MODIFIED:
            super().send_body(answer)
            return
        try:
            for start in range(0, len(answer.body), self.PIECE):
                piece = answer.body[start : start + self.PIECE]
                self.site.line.wait(len(piece))
                self.wfile.write(piece)
        except ConnectionError:
            self.close_connection = True


@contextmanager
def serving(site: TestSite) -> Iterator[TestSite]:
    """Serve a site on a free port while the block runs; `site.address` says where."""
    server = make_server(site, handler=TestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.address = f"http://localhost:{server.server_port}{site.prefix}"

    def stop() -> None:
        site.is_stopped = True
        server.shutdown()
        server.server_close()
        thread.join()

    site.stop = stop
    try:
        yield site
    finally:
        stop()
