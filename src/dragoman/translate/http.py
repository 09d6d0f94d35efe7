"""Requests to a server that the user named: bounded in size, in time and in redirections."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dragoman.errors import TranslationError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_ANSWER = 64_000_000
_PIECE = 1 << 20


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirection never from https to http, and to another host only if told so."""

    def __init__(self, other_hosts: bool) -> None:
        self._other_hosts = other_hosts

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Any,  # noqa: ANN401 - urllib's own
        newurl: str,
    ) -> urllib.request.Request | None:
        """A new request, or an error."""
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        same = new.hostname == old.hostname or self._other_hosts
        if not same or new.scheme not in ("https", old.scheme):
            raise TranslationError(f"{req.full_url}: redirects to {newurl}, which was not asked")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def get(url: str, timeout: float, data: Any = None) -> Any:  # noqa: ANN401 - JSON
    """What a server answers, as JSON; `data` is sent as JSON too. Raises TranslationError."""
    body = b"".join(pieces(url, timeout, _MAX_ANSWER, data))
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise TranslationError(f"{url}: answers with something that is not JSON") from error


def pieces(
    url: str,
    timeout: float,
    most: int,
    data: Any = None,  # noqa: ANN401 - JSON
    *,
    other_hosts: bool = False,
) -> Iterator[bytes]:
    """An answer piece by piece, `most` bytes of it at the most. Raises TranslationError.

    `timeout` is the time in seconds for which nothing may come. A redirection to
    another host is followed only with `other_hosts`.
    """
    check(url)
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked
        url,
        data=None if data is None else json.dumps(data).encode(),
        headers={"Content-Type": "application/json", "User-Agent": "dragoman"},
    )
    # Proxies are settings of the environment, which the library does not read.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Redirects(other_hosts))
    received = 0
    try:
        with opener.open(request, timeout=timeout) as answer:
            while piece := answer.read(_PIECE):
                received += len(piece)
                if received > most:
                    raise TranslationError(f"{url}: answers with more than {most:,} bytes")
                yield piece
    except urllib.error.HTTPError as error:
        with error:
            told = error.read(300).decode("utf-8", "replace")
        raise TranslationError(f"{url}: {error.code} {error.reason}: {told}") from error
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise TranslationError(f"{url}: no answer: {reason}") from error


def check(url: str) -> None:
    """Raise TranslationError unless this is the address of a web server."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TranslationError(f"{url!r}: not an address such as http://localhost:5000")
