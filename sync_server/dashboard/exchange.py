"""The doors of the page "files": a file is sent in parts, tried, carried out by the hub itself; kinds are exported."""

import io
import secrets
import tempfile
from collections.abc import Iterator
from typing import IO, Annotated, Any

from flask import Response, request
from pydantic import Field
from sqlalchemy import Row
from sqlalchemy.orm import Session

from retail.messages import Message
from sync_server.dashboard.doors import DEVICE, Doors
from sync_server.errors import NotAllowed, NotFound
from sync_server.exchange import files, runs, service
from sync_server.exchange.kinds import KINDS
from sync_server.staff import queries as people
from sync_server.staff import service as staff

NAME_BYTES = 12
BAD_SHOWN_MAX = 50
RUNS_SHOWN_MAX = 20
SPOOLED_BYTES = 1024 * 1024
"""Larger exports lie on the disk while they are sent."""


class Wanted(Message):
    kind: Annotated[str, Field(max_length=32)]
    file: Annotated[str, Field(min_length=1, max_length=120)]
    size: int = Field(ge=0)


class At(Message):
    place: int = Field(ge=0, le=runs.FILE_BYTES_MAX)


class Going(Message):
    skip_bad: bool = False


def add_exchange(doors: Doors) -> None:
    """`/manage/exchange`, and what is below it. What one manager brings in, another sees and does not touch."""

    def listed(member: Row[Any]) -> dict[str, Any]:
        return doors.read(lambda session: _listed(session, member))

    def begin(member: Row[Any]) -> dict[str, Any]:
        given, now, run = doors.given(Wanted), doors.clock(), secrets.token_hex(NAME_BYTES)
        if given.kind not in KINDS:
            raise NotFound()
        return doors.db.write(lambda session: runs.begin(session, run, given.kind, given.file, given.size, member, now))

    def receive(member: Row[Any], run: str) -> dict[str, Any]:
        place, body = doors.asked(At).place, request.get_data()

        def command(session: Session) -> dict[str, Any]:
            _own(session, member, run)
            return runs.receive(session, run, place, body)

        return doors.db.write(command, patient=True)

    def one(_: Row[Any], run: str) -> dict[str, Any]:
        return doors.read(lambda session: {**runs.shown(runs.row_of(session, run)), "bad": _bad(session, run)})

    def go(member: Row[Any], run: str) -> dict[str, Any]:
        given, now = doors.given(Going), doors.clock()

        def command(session: Session) -> dict[str, Any]:
            _own(session, member, run)
            return runs.carry_out(session, run, given.skip_bad, member.id, now)

        return doors.db.write(command)

    def stop(member: Row[Any], run: str) -> dict[str, Any]:
        now = doors.clock()

        def command(session: Session) -> dict[str, Any]:
            _own(session, member, run)
            return runs.stop(session, run, member.id, now)

        return doors.db.write(command)

    def bad(_: Row[Any], run: str) -> Response:
        rows = doors.read(lambda session: runs.bad_rows(session, run, runs.BAD_KEPT_MAX))
        text = io.StringIO()
        files.write_into(text, True, map(_said, rows), ("line", "reason"), ())
        return _saved(iter([text.getvalue().encode()]), "bad-rows.csv")

    doors.get("/exchange", listed)
    doors.post("/exchange", begin)
    doors.get("/exchange/of/<run>", one)
    doors.post("/exchange/of/<run>/part", receive)
    doors.post("/exchange/of/<run>/go", go)
    doors.post("/exchange/of/<run>/stop", stop)
    doors.get("/exchange/of/<run>/bad.csv", bad)
    _add_exports(doors)


def _add_exports(doors: Doors) -> None:
    def exported(member: Row[Any], kind: str, ending: str) -> Response:
        found, now = KINDS.get(kind), doors.clock()
        if found is None or ending not in ("csv", "jsonl"):
            raise NotFound()
        file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115 (it is sent later)
        text = io.TextIOWrapper(file, "utf-8", newline="")
        rows = doors.read(
            lambda session: files.write_into(
                text, ending == "csv", found.rows(session), found.columns, service.LANGUAGES
            )
        )
        text.detach()
        doors.db.write(lambda session: staff.note(session, DEVICE, f"export.{kind}", member.id, {"rows": rows}, now))
        file.seek(0)
        return _saved(iter(lambda: file.read(runs.PART_BYTES_MAX), b""), f"{kind}.{ending}")

    doors.get("/exchange/export/<kind>.<ending>", exported)


def _own(session: Session, member: Row[Any], run: str) -> None:
    if runs.row_of(session, run).by != member.id:
        raise NotAllowed()


def _listed(session: Session, member: Row[Any]) -> dict[str, Any]:
    rows = runs.listed(session, RUNS_SHOWN_MAX)
    names = people.names_of(session, {row["by"] for row in rows})
    shown = [{**row, "by": names[row["by"]], "mine": row["by"] == member.id} for row in rows]
    return {"kinds": list(KINDS), "runs": shown, "limit": runs.FILE_BYTES_MAX, "part": runs.PART_BYTES_MAX}


def _bad(session: Session, run: str) -> list[dict[str, Any]]:
    return runs.bad_rows(session, run, BAD_SHOWN_MAX)


def _said(row: dict[str, Any]) -> dict[str, Any]:
    reason = row["reason"]
    return {"line": row["line"], "reason": reason["message"].format(**reason["params"])}


def _saved(body: Iterator[bytes], name: str) -> Response:
    kind = "text/csv" if name.endswith(".csv") else "application/x-ndjson"
    return Response(body, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
