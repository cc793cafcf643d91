"""A server that answers as a list of scripts says: what no real service can be told to do."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Scripted:
    """Answers each request by the next script (the last one for good); remembers what came."""

    def __init__(self, scripts):
        self.scripts, self.got = list(scripts), []

    def next(self):
        return self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]


@contextmanager
def serving(*scripts):
    told = Scripted(scripts)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):  # the names that the base class looks for
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            told.got.append((self.command, self.path, dict(self.headers), body))
            told.next()(self)

        do_POST = do_PATCH = do_GET  # noqa: N815

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


def answer(status, value, kind="application/json", **headers):
    """A script: this answer."""

    def script(handler):
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        handler.send_response(status)
        handler.send_header("content-type", kind)
        handler.send_header("content-length", str(len(content)))
        for name, text in headers.items():
            handler.send_header(name.replace("_", "-"), text)
        handler.end_headers()
        handler.wfile.write(content)

    return script


def problem(status, kind, **headers):
    """A script: a problem as the service tells it."""
    told = {
        "type": f"urn:leopard-reid:problem:{kind}",
        "title": "Not now",
        "status": status,
        "detail": "expected, found, do",
        "request_id": "r1",
        "errors": [{"where": "body.by", "what": "nobody", "code": "missing"}],
    }
    return answer(status, told, "application/problem+json", **headers)


def stream(*lines, broken=False):
    """A script: a stream of events; ``broken`` ends before the length that was promised."""

    def script(handler):
        content = "".join(lines).encode()
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("content-length", str(len(content) + (10 if broken else 0)))
        handler.end_headers()
        handler.wfile.write(content)
        handler.wfile.flush()
        if broken:
            handler.connection.close()

    return script


def cut(handler):
    """A script: the connection ends without an answer."""
    handler.connection.close()


@pytest.fixture
def scripts():
    """What servers are told to do."""
    from types import SimpleNamespace

    return SimpleNamespace(serving=serving, answer=answer, problem=problem, stream=stream, cut=cut)
