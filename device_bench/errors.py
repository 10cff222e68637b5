"""What the bench refuses: a stable code, an English sentence (the gettext msgid) and an HTTP status."""

from __future__ import annotations

from typing import Any


class BenchError(Exception):
    """Base of all refusals."""

    code = "bench.refused"
    template = "The bench cannot do that. Nothing was changed."
    status = 400

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.template.format(**params))

    def as_json(self) -> dict[str, Any]:
        """`{"error": {code, message, params}}`, as every page and test of ours reads it."""
        return {"error": {"code": self.code, "message": self.template, "params": self.params}}


class OrderUnreadable(BenchError):
    """Params: why."""

    code = "bench.order_unreadable"
    template = "The bench does not understand this order ({why}). Nothing was changed."


class TerminalUnknown(BenchError):
    """Params: terminal."""

    code = "bench.terminal_unknown"
    template = "The bench has no devices for {terminal}."
    status = 404


class ScannerUnplugged(BenchError):
    """The code did not get onto the wire."""

    code = "bench.scanner_unplugged"
    template = "The scanner's cable is out, so nothing was sent. Plug it in and scan again."
    status = 409


class PlugMissing(BenchError):
    """The bench was started alone."""

    code = "bench.no_control"
    template = "This bench was started alone and cannot switch the network. Start the demonstration with bin/run."
    status = 409


class PlugSilent(BenchError):
    """Params: why."""

    code = "bench.control_silent"
    template = "The demonstration did not answer ({why}). The network is as it was."
    status = 502
