"""Who this terminal is: set up with a one-time code, known by a key that it made itself and that never leaves it.

    key.new made -> code and public key sent -> answer and new incarnation stored in one transaction -> key.new is key

Between any two steps the plug may be pulled: the same code with the same key gets the same answer, and a key whose
public half is in the file already only has to be given its name, which whoever asks for the identity does.
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
from pos_terminal.store import journal, outbox, returned
from pos_terminal.store.engine import Store
from pos_terminal.sync import refusals
from pos_terminal.till import till_from
from retail.chain import SEED_BYTES, Signer
from retail.codec import digest
from retail.errors import N_
from retail.told import Enrolled

log = logging.getLogger("omnitill.till")

KEY_NAME, NEW_KEY_NAME = "key", "key.new"
KEY_MODE = 0o600
ENROL_TIMEOUT_S = 10
IDENTITY = "identity"
USED_CODES = "enrolled_with"
USED_CODES_MAX = 100
SPENT = frozenset({"enrol.code_used", "enrol.code_expired"})
"""A code that the hub says this of is good for nothing any more, whoever shows it."""

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
    hub_id: str
    """Who the hub is, whatever its address; empty where it did not say."""


def identity(store: Store) -> Identity | None:
    """Who this folder is; None for one that was never set up."""
    with store.read() as connection:
        row, inc = _kept(connection), outbox.head(connection).inc
    if row is None:
        return None
    signer = _signer(store.folder, row["key"])
    told = row.get("told", row["hub"])
    place = row["terminal"], row["store"], row["kind"], row["token"]
    return Identity(*place, row["hub"], inc, signer, told, row.get("hub_id", ""))


def hub_of(who: Identity | None, told: str) -> str:
    """The address of the hub: what the command line says, unless it says what it said when another was typed."""
    if who is not None and told in ("", who.told):
        return who.hub
    return told or hub_door.DEFAULT_HUB


def enrol(
    store: Store,
    hub: str,
    code: str,
    kind: str,
    told: str | None = None,
    held: contextlib.AbstractContextManager[Any] | None = None,
) -> Identity:
    """Set this folder up with a code that a manager made. `EnrolRefused` says why not; nothing is changed then.

    All that the hub has not heard travels again in the new incarnation; at another hub than before nothing does, and
    it is refused while there is something that only the one before may have. `held` is entered once the hub has said
    yes: it keeps others from the journal while that becomes so, and goes on as who this is from then on.
    """
    with store.read() as connection:
        ours, said = (_kept(connection) or {}).get("key", ""), _said_of_ourselves(connection, kind)
    signer = _new_key(store.folder, ours)
    try:
        answer = _asked(hub, {"code": code, "public_key": signer.public, **said})
    except EnrolRefused as error:
        if ours and error.code in SPENT:
            with store.begin() as connection:
                _note_used(connection, code)
        raise
    with held or contextlib.nullcontext(), store.begin() as connection:
        _check(connection, answer, kind)
        keep(connection, answer, signer.public, hub, code, hub if told is None else told)
    found = identity(store)
    assert found is not None, "it was just written"
    log.info("set up as %s, incarnation %d", found.terminal, found.inc)
    return found


def was_used(store: Store, code: str) -> bool:
    """Whether this code has done all that it can for this folder: it may be on the command line of every start, also
    after another one was typed."""
    with store.read() as connection:
        return digest(code) in journal.setting(connection, USED_CODES).split()


def _note_used(connection: Connection, code: str) -> None:
    used = journal.setting(connection, USED_CODES).split()
    if digest(code) not in used:
        journal.keep_setting(connection, USED_CODES, " ".join([*used, digest(code)][-USED_CODES_MAX:]))


def keep(connection: Connection, answer: Enrolled, public: str, hub: str, code: str = "", told: str = "") -> None:
    """Be this terminal from now on: who it is, its new incarnation and what travels again, in one transaction."""
    moved = _moved(_kept(connection), answer)
    known = {"terminal": answer.terminal, "store": answer.store, "kind": answer.kind, "token": answer.token}
    known |= {"hub": hub, "hub_id": answer.hub, "told": told, "key": public}
    journal.keep_setting(connection, IDENTITY, json.dumps(known))
    journal.keep_setting(connection, journal.FIRST_SALE, str(answer.first_sale))
    journal.keep_setting(connection, returned.FIRST_RETURN, str(answer.first_return))
    if code:
        _note_used(connection, code)
    if moved:
        # Who works here and what was sold last were of the hub before.
        journal.forget_visit(connection)
    if outbox.head(connection).inc >= answer.inc:
        return
    heard = (answer.inc, 0) if moved else (answer.known.inc, answer.known.last_seq)
    again = outbox.begin(connection, answer.terminal, answer.inc, *heard)
    if again:
        log.warning("%d operations travel again in incarnation %d", again, answer.inc)


def _kept(connection: Connection) -> dict[str, Any] | None:
    """What was kept of the last time that this folder was set up."""
    kept = journal.setting(connection, IDENTITY)
    return dict(json.loads(kept)) if kept else None


def _said_of_ourselves(connection: Connection, kind: str) -> dict[str, Any]:
    """What the hub has to know before it changes anything (`Enrol`)."""
    kept = _kept(connection) or {}
    hub = kept.get("hub_id", "") if _holds(connection) else ""
    place = {"terminal": kept.get("terminal", ""), "store": kept.get("store", "")}
    return {"inc": outbox.head(connection).inc, "kind": kind, **place, "hub": hub}


def _holds(connection: Connection) -> bool:
    """Whether there is something that only the hub that this was set up at may have: unsent, or an open cart."""
    visit = journal.open_visit(connection)
    return outbox.waits(connection) or (visit is not None and till_from(visit).in_visit)


def _moved(kept: dict[str, Any] | None, answer: Enrolled) -> bool:
    """Whether it is another hub than before that says this. One that does not say who it is, is taken for the same."""
    before = (kept or {}).get("hub_id", "")
    return bool(before and answer.hub and before != answer.hub)


def _asked(hub: str, body: dict[str, Any]) -> Enrolled:
    try:
        with httpx.Client(timeout=ENROL_TIMEOUT_S, trust_env=False) as client:
            said = client.post(f"{hub}/v1/enrol", json=body).json()
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
    """A till is no kiosk, a folder full of one terminal's sales becomes no other terminal, and what one hub alone may
    have no other gets. A hub has looked already (`Enrol`); this is for one that did not, and for what came since."""
    kept = _kept(connection)
    if answer.kind != kind:
        raise _refused("enrol.other_kind")
    for name, other in (("terminal", answer.terminal), ("store", answer.store)):
        if kept is not None and kept[name] != other:
            raise _refused("enrol.other_terminal", other=other, ours=kept[name])
    if _moved(kept, answer) and _holds(connection):
        raise _refused("enrol.other_hub")


def _refused(code: str, **params: Any) -> EnrolRefused:
    return EnrolRefused(code, refusals.SENTENCES[code], **params)


def _new_key(folder: Path, ours: str) -> Signer:
    """The key of the next enrolment: made once and on the disk before anybody hears of its public half. `ours` is that
    of the last one."""
    path = folder / NEW_KEY_NAME
    if path.exists() and _read_key(path).public == ours:
        # It could not be given its name then. Shown a second time it would shut no copy of this folder out.
        _adopt_key(folder)
    if not path.exists():
        fresh = folder / "key.fresh"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, KEY_MODE), "w") as file:
            file.write(secrets.token_bytes(SEED_BYTES).hex())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _sync(folder)
    return _read_key(path)


def _read_key(path: Path) -> Signer:
    return Signer(bytes.fromhex(path.read_text(encoding="ascii")))


def _adopt_key(folder: Path) -> None:
    (folder / NEW_KEY_NAME).replace(folder / KEY_NAME)
    _sync(folder)


def _give_its_name(folder: Path) -> None:
    try:
        _adopt_key(folder)
    except OSError as error:
        # It speaks for us under either name: what has become so stays so.
        log.warning("the key could not be renamed, which is tried again at the next start: %s", error)


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
            signer = _read_key(path)
        except (OSError, ValueError):
            continue
        if signer.public == public:
            if name == NEW_KEY_NAME:
                _give_its_name(folder)
            return signer
    return None
