"""A hub as the person sees it who sets a terminal up: the address they type, the code they read, and whether a hub is
there at all."""

import logging
import re
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError

from pos_terminal import ids
from pos_terminal.errors import EnrolRefused
from retail.errors import N_
from retail.told import TickAnswer

log = logging.getLogger("omnitill.till")

DEFAULT_HUB = "http://127.0.0.1:8400"
DEFAULT_PORT = 8400
"""Of an address that says neither how nor at which port: the hub beside the tills, without a proxy before it."""

CODE_DIGITS = 8
LOOK_TIMEOUT_S = 5
SKEW_MAX_MS = 5 * 60_000
"""Receipts bear this machine's time while the hub is away; the moment to set its clock is now."""

_LOOK_ALIKES = str.maketrans("OoОоIiLl|ЗзSsBВ", "000011111335588")
_BETWEEN = re.compile(r"[\s.\-–—_]")
_SCANNED = re.compile(r"(?:\][A-Za-z][0-9A-Za-z])?\s*(?:(https?://\S+)\s+)?(.+)")


@dataclass(frozen=True, slots=True)
class Read:
    """What the picture beside a code says: the code, and the hub's address where the picture holds it."""

    hub: str
    code: str


def code_of(text: str) -> str:
    """The digits of a code however it was typed: in groups, or with an O for a 0. Raises `EnrolRefused`."""
    code = _BETWEEN.sub("", text).translate(_LOOK_ALIKES)
    if not re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", code):
        raise EnrolRefused(
            "enrol.no_code", N_("A code has {digits} digits. Read it again on the manager's page."), digits=CODE_DIGITS
        )
    return code


def address_of(text: str) -> str:
    """The hub's address out of what somebody typed or copied from a browser. Raises `EnrolRefused`."""
    typed = text.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"http://{typed}")
        if parts.scheme in ("http", "https") and parts.hostname and not parts.username and " " not in parts.netloc:
            port = "" if parts.port or "://" in typed else f":{DEFAULT_PORT}"
            return f"{parts.scheme}://{parts.netloc}{port}"
    except ValueError:
        pass
    raise EnrolRefused(
        "enrol.no_address",
        N_("{typed} is no address of a hub. One looks like http://192.168.1.20:8400."),
        typed=typed or "–",
    )


def read(text: str) -> Read | None:
    """What a scanner read from the manager's screen; None where it is no code."""
    found = _SCANNED.fullmatch(text.strip())
    try:
        return Read(address_of(found[1]) if found[1] else "", code_of(found[2])) if found else None
    except EnrolRefused:
        return None


def look(hub: str) -> None:
    """Raise `EnrolRefused` unless a hub is there and knows about the same time. No code has left this machine then."""
    try:
        with httpx.Client(timeout=LOOK_TIMEOUT_S, trust_env=False) as client:
            answer = client.get(f"{hub}/v1/time")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise away(hub, error) from error
    try:
        theirs = TickAnswer.model_validate(answer.json()).now
    except (ValueError, ValidationError) as error:
        raise stranger(hub, error) from error
    skew_ms = ids.now_ms() - theirs
    if abs(skew_ms) > SKEW_MAX_MS:
        raise EnrolRefused(
            "enrol.clock",
            N_(
                "The clock of this machine is {minutes} minutes away from the hub's. Set it right and try again; the "
                "code is still good."
            ),
            minutes=round(abs(skew_ms) / 60_000),
        )


def away(hub: str, error: Exception) -> EnrolRefused:
    """Nobody answered at `hub`, or not so that it could be believed."""
    log.warning("no answer of a hub from %s: %r", hub, error)
    if _is_not_trusted(error):
        return EnrolRefused(
            "enrol.not_trusted",
            N_(
                "This machine does not trust the certificate of {url}. Look whether its clock is right; the code is "
                "still good."
            ),
            url=hub,
        )
    return EnrolRefused(
        "enrol.no_hub",
        N_("No hub answers at {url}. Check the address and the network; the code is still good."),
        url=hub,
    )


def stranger(hub: str, error: Exception) -> EnrolRefused:
    """Somebody answered who does not speak as a hub does."""
    log.warning("what answers at %s is no hub: %r", hub, error)
    return EnrolRefused(
        "enrol.not_a_hub",
        N_("What answers at {url} is not an Omnitill hub. Check the address; the code is still good."),
        url=hub,
    )


def _is_not_trusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
