"""Headers that every answer carries: nothing comes from elsewhere, nothing runs that is not a file of ours.

And what tells a request of one of our own pages, at this machine, from another.
"""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        # MapLibre starts its workers from a blob of its own script.
        "worker-src 'self' blob:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
TOKEN_HEADER = "x-maillage-token"
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def is_local(request: HTTPConnection) -> bool:
    """Whether a request was made at this machine, under one of its own names, and by no intermediary.

    The name is looked at too: a page from elsewhere whose own name was made to point here has another.
    """
    named = re.sub(r":\d+$", "", request.headers.get("host", "")).strip("[]").lower()
    peer = request.client.host if request.client else ""
    return named in LOCAL_NAMES and peer in LOCAL_NAMES and not any(name in request.headers for name in _FORWARDED)


def is_same_origin(request: HTTPConnection) -> bool:
    """Whether what a browser says of where a request comes from, if it says anything, is this very site."""
    origin, host = request.headers.get("origin"), request.headers.get("host", "")
    told = request.headers.get("sec-fetch-site", "same-origin")
    return told == "same-origin" and (origin is None or origin.partition("://")[2] == host)


class SecurityHeaders:
    """Adds the headers to every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; complete the headers of its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
