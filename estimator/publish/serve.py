"""Serve the finished site on localhost, with the types and the compression of a real host."""

import gzip
import hashlib
import sys
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

# The machine's own table (mimetypes) differs from one system to the next.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".yaml": "text/yaml; charset=utf-8",
    ".yml": "text/yaml; charset=utf-8",
    ".zip": "application/zip",
}
OTHER_TYPE = "application/octet-stream"
# Compressed already: hosts leave these alone.
PACKED = frozenset({".jpg", ".pack", ".pdf", ".png", ".woff2", ".zip"})
COMPRESSION = 6
SMALL = 200  # bytes; below, compressing costs more than it saves


@dataclass(frozen=True)
class Answer:
    """What goes back to the browser."""

    status: HTTPStatus
    body: bytes = b""
    type: str = TYPES[".txt"]
    encoding: str = ""
    location: str = ""

    @property
    def tag(self) -> str:
        """Return what names these contents: a browser asks whether its copy still holds."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


class Site:
    """The files of a folder, as answers; compressed copies are made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._packed: dict[bytes, bytes] = {}

    def answer(self, target: str, *, gzipped: bool) -> Answer:
        """Answer a request for a path, which may carry a query."""
        path = unquote(urlsplit(target).path)
        file = (self.folder / path.lstrip("/")).resolve()
        if not file.is_relative_to(self.folder):
            return self.missing(gzipped=gzipped)
        if file.is_dir():
            if not path.endswith("/"):
                return Answer(HTTPStatus.MOVED_PERMANENTLY, location=path + "/")
            file /= "index.html"
        if not file.is_file():
            return self.missing(gzipped=gzipped)
        return self.found(file.suffix, file.read_bytes(), gzipped=gzipped)

    def missing(self, *, gzipped: bool) -> Answer:
        """Answer with the site's own "not found" page."""
        page = self.folder / "404.html"
        body = page.read_bytes() if page.is_file() else b"not found\n"
        return self.found(".html", body, HTTPStatus.NOT_FOUND, gzipped=gzipped)

    def found(
        self, suffix: str, body: bytes, status: HTTPStatus = HTTPStatus.OK, *, gzipped: bool
    ) -> Answer:
        """Answer with contents, compressed where that pays."""
        kind = TYPES.get(suffix, OTHER_TYPE)
        if not gzipped or suffix in PACKED or len(body) < SMALL:
            return Answer(status, body, kind)
        return Answer(status, self.packed(body), kind, encoding="gzip")

    def packed(self, body: bytes) -> bytes:
        """Return the compressed contents."""
        key = hashlib.sha256(body).digest()
        if key not in self._packed:
            self._packed[key] = gzip.compress(body, COMPRESSION, mtime=0)
        return self._packed[key]


class Handler(BaseHTTPRequestHandler):
    """One connection; `site` is set by `make_server`."""

    site: ClassVar[Site]
    protocol_version = "HTTP/1.1"  # a browser reuses its connections, as it would on a real host

    def do_GET(self) -> None:
        """Answer with headers and contents."""
        answer = self.look_up()
        if answer.status == HTTPStatus.OK and self.headers["If-None-Match"] == answer.tag:
            answer = Answer(HTTPStatus.NOT_MODIFIED)
        self.send_head(answer)
        self.send_body(answer)

    def do_HEAD(self) -> None:
        """Answer with the headers alone."""
        self.send_head(self.look_up())

    def look_up(self) -> Answer:
        """Find the answer to this request."""
        return self.site.answer(
            self.path, gzipped="gzip" in self.headers.get("Accept-Encoding", "")
        )

    def send_head(self, answer: Answer) -> None:
        """Send the status and the headers."""
        self.send_response(answer.status)
        if answer.location:
            self.send_header("Location", answer.location)
        if answer.encoding:
            self.send_header("Content-Encoding", answer.encoding)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", answer.type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("ETag", answer.tag)
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Cache-Control", "no-cache")  # an edit shows at the next visit
        self.end_headers()

    def send_body(self, answer: Answer) -> None:
        """Send the contents; a visitor who left is no error."""
        try:
            self.wfile.write(answer.body)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Keep quiet: the address is all that matters here."""


class Server(ThreadingHTTPServer):
    """A server whose visitors may leave at any time."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore closed connections; report the rest."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def make_server(site: Site, port: int = 0, handler: type[Handler] = Handler) -> Server:
    """Return a server for a site on localhost; port 0 takes any that is free."""
    return Server(("127.0.0.1", port), type("SiteHandler", (handler,), {"site": site}))


def serve(folder: Path, port: int) -> int:
    """Serve a folder until interrupted; return the command's exit status."""
    if not (folder / "index.html").is_file():
        print(f"{folder}: no index.html here: run make build first", file=sys.stderr)
        return 1
    try:
        server = make_server(Site(folder), port)
    except OSError as error:
        print(f"port {port}: {error.strerror}: choose another, as in PORT=9000", file=sys.stderr)
        return 1
    with server:
        print(f"http://localhost:{server.server_port}/", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0
