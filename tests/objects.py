"""A stand-in for object storage: as much of S3, over HTTP in this process, as a client needs to list, get and put.

It knows nothing of keys and signatures, and keeps what it is given in memory.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """What comes in pieces, each with a line of its size before it, and lines of whatever after the last."""
    while size := int(stream.readline().partition(b";")[0], 16):
        yield stream.read(size)
        stream.readline()
    while stream.readline().strip():
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]
    parts: dict[str, dict[int, bytes]]

    def log_message(self, *args: Any) -> None:
        pass

    def _asked(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        return unquote(parts.path).lstrip("/"), parse_qs(parts.query, keep_blank_values=True)

    def _answer(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Last-Modified", "Mon, 05 May 2025 00:00:00 GMT")
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _content(self) -> bytes:
        stream: IO[bytes] = self.rfile
        if self.headers.get("Transfer-Encoding") == "chunked":
            content = b"".join(_pieces(stream))
        else:
            content = stream.read(int(self.headers.get("Content-Length", 0)))
        chunked = "aws-chunked" in self.headers.get("Content-Encoding", "")
        return b"".join(_pieces(io.BytesIO(content))) if chunked else content

    def do_HEAD(self) -> None:
        key, _ = self._asked()
        if "/" not in key.rstrip("/"):
            self._answer(200)
        elif key in self.objects:
            self._answer(200, Content_Length=str(len(self.objects[key])), ETag='"x"')
        else:
            self._answer(404)

    def do_GET(self) -> None:
        key, query = self._asked()
        if "list-type" in query:
            self._list(key.rstrip("/"), query)
        elif key not in self.objects:
            self._answer(404, f"{_HEAD}<Error><Code>NoSuchKey</Code></Error>".encode())
        elif asked := self.headers.get("Range"):
            first, _, last = asked.removeprefix("bytes=").partition("-")
            whole = self.objects[key]
            piece = whole[int(first) : int(last) + 1 if last else None]
            until = int(first) + len(piece) - 1
            self._answer(206, piece, Content_Range=f"bytes {first}-{until}/{len(whole)}", ETag='"x"')
        else:
            self._answer(200, self.objects[key], ETag='"x"')

    def _list(self, bucket: str, query: dict[str, list[str]]) -> None:
        prefix, end = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
        files, folders = "", set()
        for key, content in sorted(self.objects.items()):
            if not key.startswith(f"{bucket}/{prefix}"):
                continue
            name = key[len(bucket) + 1 :]
            inner, sign, _ = name[len(prefix) :].partition(end) if end else (name, "", "")
            if sign:
                folders.add(prefix + inner + sign)
            else:
                files += f"<Contents><Key>{escape(name)}</Key><Size>{len(content)}</Size></Contents>"
        common = "".join(f"<CommonPrefixes><Prefix>{escape(f)}</Prefix></CommonPrefixes>" for f in sorted(folders))
        told = f"<IsTruncated>false</IsTruncated>{files}{common}"
        self._answer(200, f"{_HEAD}<ListBucketResult>{told}</ListBucketResult>".encode())

    def do_PUT(self) -> None:
        key, query = self._asked()
        content = self._content()
        if "partNumber" in query:
            self.parts[key][int(query["partNumber"][0])] = content
        else:
            self.objects[key] = content
        self._answer(200, ETag='"x"')

    def do_POST(self) -> None:
        key, query = self._asked()
        self._content()
        if "uploads" in query:
            self.parts[key] = {}
            told = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
        else:
            self.objects[key] = b"".join(content for _, content in sorted(self.parts.pop(key).items()))
            told = f"<CompleteMultipartUploadResult><Key>{escape(key)}</Key></CompleteMultipartUploadResult>"
        self._answer(200, f"{_HEAD}{told}".encode())


def address_of(query: str) -> str:
    """The address of the storage that a query finds."""
    return f"http://{parse_qs(query.lstrip('?'))['endpoint_override'][0]}"


@contextmanager
def storage() -> Iterator[tuple[dict[str, bytes], str]]:
    """Object storage in this machine: what lies in it by ``bucket/key``, and the query that a URL needs to find it."""
    objects: dict[str, bytes] = {}
    handler = type("Handler", (_Handler,), {"objects": objects, "parts": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        where = f"127.0.0.1%3A{server.server_port}"
        yield objects, f"?scheme=http&endpoint_override={where}&region=eu-west-3"
    finally:
        server.shutdown()
        server.server_close()
