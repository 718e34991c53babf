"""A proxy that notes every host a browser asks for, and lets nothing through.

Browsers reach localhost, where our site is, without it: whatever arrives here wanted to leave.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Proxy:
    """What has been asked for; `address` is where the proxy listens."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.address = ""  # set by `recording`


@contextmanager
def recording() -> Iterator[Proxy]:
    """Run a proxy while the block runs."""
    proxy = Proxy()

    class Handler(BaseHTTPRequestHandler):
        def refuse(self) -> None:
            proxy.asked.append(self.path)
            self.send_error(403)

        do_CONNECT = do_GET = do_HEAD = do_POST = do_PUT = do_OPTIONS = refuse  # noqa: N815 - the base's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    proxy.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
