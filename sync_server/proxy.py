"""Whom to believe about where a request came from: a proxy of our own, or nobody."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")
STRIPPED = "omnitill.stripped"
"""In a request's environment: it named a proxy that is none of ours."""


def behind(app: Flask, proxy: bool) -> None:
    """Behind a proxy its last word about address and scheme counts; without one such headers are a stranger's claim.

    The host is always that of the request itself: the proxy passes it on, and the Origin of a page is held against it.
    """
    inner: Any = app.wsgi_app
    if proxy:
        outer: Any = _Noted(ProxyFix(inner, x_for=1, x_proto=1))
    else:
        outer = _Stripped(inner)
    app.wsgi_app = outer  # type: ignore[method-assign]


class _Noted:
    """Socket.IO takes a forwarded host for a second origin of its own; only the request's own host is one."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        environ.pop("HTTP_X_FORWARDED_HOST", None)
        return self._inner(environ, start)


class _Stripped:
    """Takes away what only a proxy of ours may say."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        if any(name in environ for name in FORWARDED):
            environ[STRIPPED] = True
            for name in FORWARDED:
                environ.pop(name, None)
        return self._inner(environ, start)
