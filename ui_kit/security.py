"""Security headers of every page: a strict Content-Security-Policy and its companions."""

import re
import secrets

from flask import Response, g, request

NONCE_BYTES = 16
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:[0-9]{1,5})?|\[[0-9a-fA-F:]+\](:[0-9]{1,5})?")


def nonce() -> str:
    """The nonce of this response; the same for every script of one page."""
    if "kit_nonce" not in g:
        g.kit_nonce = secrets.token_urlsafe(NONCE_BYTES)
    return str(g.kit_nonce)


def policy() -> str:
    """The Content-Security-Policy of this response."""
    # Older Safari does not read 'self' as covering ws: and wss:, so the host of the page is named; anything that is
    # not a plain host name is left out rather than written into a header.
    host = request.host if _HOST.fullmatch(request.host) else ""
    sockets = f" ws://{host} wss://{host}" if host else ""
    script = f"'self' 'nonce-{g.kit_nonce}'" if "kit_nonce" in g else "'self'"
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {script}",
            "style-src 'self'",
            "img-src 'self' data:",
            f"connect-src 'self'{sockets}",
            "font-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def add_headers(response: Response) -> Response:
    """An `after_request` hook; a route that sets one of these headers itself keeps its own."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(), microphone=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    return response
