"""Who this terminal is: set up with a one-time code, known by a key that it made itself and that never leaves it.

    key.new made -> code and public key sent -> answer and new incarnation stored in one transaction -> key.new is key

Between any two steps the plug may be pulled: the same code with the same key gets the same answer, and a key whose
public half is in the file already only has to be given its name.
"""

import contextlib
import json
import logging
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from pydantic import ValidationError
from sqlalchemy import Connection

from pos_terminal import hub_door
from pos_terminal.errors import EnrolRefused
from pos_terminal.store import journal, outbox
from pos_terminal.store.engine import Store
from pos_terminal.sync import refusals
from retail.chain import SEED_BYTES, Signer
from retail.codec import digest
from retail.errors import N_
from retail.told import Enrolled

log = logging.getLogger("omnitill.till")

KEY_NAME, NEW_KEY_NAME = "key", "key.new"
KEY_MODE = 0o600
ENROL_TIMEOUT_S = 10
IDENTITY = "identity"
USED_CODE = "enrolled_with"
BUSY_CODES = frozenset({"hub.draining", "hub.fault", "hub.store"})
BUSY = N_("The hub cannot do it at this moment. Wait a minute and try again; the code is still good.")


@dataclass(frozen=True, slots=True)
class Identity:
    """What the hub knows this terminal as. `signer` is None where the key is not beside its journal any more: then it
    sells, and has to be set up anew before the hub hears it."""

    terminal: str
    store: str
    kind: str
    token: str
    hub: str
    inc: int
    signer: Signer | None
    told: str
    """The address that the command line said when this one was set up at `hub`, which may have been typed instead."""


def identity(store: Store) -> Identity | None:
    """Who this folder is; None for one that was never set up."""
    with store.read() as connection:
        kept, inc = journal.setting(connection, IDENTITY), outbox.head(connection).inc
    if not kept:
        return None
    row = json.loads(kept)
    signer = _signer(store.folder, row["key"])
    told = row.get("told", row["hub"])
    return Identity(row["terminal"], row["store"], row["kind"], row["token"], row["hub"], inc, signer, told)


def enrol(
    store: Store,
    hub: str,
    code: str,
    kind: str,
    told: str | None = None,
    held: contextlib.AbstractContextManager[Any] | None = None,
) -> Identity:
    """Set this folder up with a code that a manager made. `EnrolRefused` says why not; nothing is changed then.

    All that the hub has not heard travels again in the new incarnation. `held` is entered once the hub has said yes:
    it keeps others from the journal while that becomes so.
    """
    with store.read() as connection:
        inc = outbox.head(connection).inc
    signer = _new_key(store.folder)
    answer = _asked(f"{hub}/v1/enrol", {"code": code, "public_key": signer.public, "inc": inc})
    with held or contextlib.nullcontext(), store.begin() as connection:
        _check(connection, answer, kind)
        keep(connection, answer, signer.public, hub, code, hub if told is None else told)
    _adopt_key(store.folder)
    found = identity(store)
    assert found is not None, "it was just written"
    log.info("set up as %s, incarnation %d", found.terminal, found.inc)
    return found


def was_used(store: Store, code: str) -> bool:
    """Whether this folder was set up with this very code: it is on the command line of every start."""
    with store.read() as connection:
        return journal.setting(connection, USED_CODE) == digest(code)


def keep(connection: Connection, answer: Enrolled, public: str, hub: str, code: str = "", told: str = "") -> None:
    """Be this terminal from now on: who it is, its new incarnation and what travels again, in one transaction."""
    known = {"terminal": answer.terminal, "store": answer.store, "kind": answer.kind, "token": answer.token}
    journal.keep_setting(connection, IDENTITY, json.dumps({**known, "hub": hub, "told": told, "key": public}))
    journal.keep_setting(connection, USED_CODE, digest(code))
    journal.keep_setting(connection, journal.FIRST_SALE, str(answer.first_sale))
    if outbox.head(connection).inc >= answer.inc:
        return
    again = outbox.begin(connection, answer.terminal, answer.inc, answer.known.inc, answer.known.last_seq)
    if again:
        log.warning("%d operations travel again in incarnation %d", again, answer.inc)


def _asked(url: str, body: dict[str, Any]) -> Enrolled:
    hub = url.removesuffix("/v1/enrol")
    try:
        with httpx.Client(timeout=ENROL_TIMEOUT_S, trust_env=False) as client:
            said = client.post(url, json=body).json()
        if "error" in said:
            error = said["error"]
            code = str(error["code"])
            sentence = BUSY if code in BUSY_CODES else refusals.sentence(code, str(error["message"]))
            raise EnrolRefused(code, sentence, **dict(error["params"]))
        return Enrolled.model_validate(said)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise hub_door.away(hub, error) from error
    except (ValueError, ValidationError, KeyError, TypeError) as error:
        raise hub_door.stranger(hub, error) from error


def _check(connection: Connection, answer: Enrolled, kind: str) -> None:
    """A till is no kiosk, and a folder full of one terminal's sales becomes no other terminal."""
    kept = journal.setting(connection, IDENTITY)
    was = json.loads(kept)["terminal"] if kept else answer.terminal
    if answer.kind != kind:
        raise EnrolRefused(
            "enrol.other_kind",
            N_("This code is for a terminal of another kind. Have a manager make one for this terminal."),
        )
    if answer.terminal != was:
        raise EnrolRefused(
            "enrol.other_terminal",
            N_("This code is for {other}, but the sales of {ours} are here. Have a manager make a code for {ours}."),
            other=answer.terminal,
            ours=was,
        )


def _new_key(folder: Path) -> Signer:
    """The key of the next enrolment: made once and on the disk before anybody hears of its public half."""
    path = folder / NEW_KEY_NAME
    if not path.exists():
        fresh = folder / "key.fresh"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, KEY_MODE), "w") as file:
            file.write(secrets.token_bytes(SEED_BYTES).hex())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _sync(folder)
    return Signer(bytes.fromhex(path.read_text(encoding="ascii")))


def _adopt_key(folder: Path) -> None:
    (folder / NEW_KEY_NAME).replace(folder / KEY_NAME)
    _sync(folder)


def _sync(folder: Path) -> None:
    """A file that was made or renamed is there after a power cut only when its folder was written too."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _signer(folder: Path, public: str) -> Signer | None:
    """The key of this identity, wherever the last enrolment was cut off."""
    for name in (KEY_NAME, NEW_KEY_NAME):
        path = folder / name
        try:
            signer = Signer(bytes.fromhex(path.read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue
        if signer.public == public:
            if name == NEW_KEY_NAME:
                _adopt_key(folder)
            return signer
    return None
