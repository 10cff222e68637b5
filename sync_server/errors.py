"""The one place where an exception becomes a code, a sentence and an HTTP status."""

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, Response, jsonify, request
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from retail.errors import N_, CatalogueError, MessageError, RetailError, StaffRefused

log = structlog.get_logger()


class LeavesTrace(RetailError):
    """A refusal of which something stays although nothing else of the command was done, such as a wrong code that is
    counted. Whoever carries the command out has `trace` carried out after it; the refusal itself is `refused`."""

    def __init__(self, refused: RetailError, trace: Callable[[Session], None]) -> None:
        super().__init__(refused.code, refused.message, **refused.params)
        self.refused, self.trace = refused, trace


class NotAllowed(RetailError):
    code = "not_allowed"
    message = N_("You may not see or do that. Sign in with another account.")


class SignInRefused(RetailError):
    code = "sign_in.refused"
    message = N_("E-mail, phone or password is not right.")


class NotEnrolled(SignInRefused):
    code = "unauthorised"
    message = N_("This terminal is not enrolled, or its token was withdrawn. Enrol it again.")


class BadSignature(RetailError):
    code = "device.bad_signature"
    message = N_(
        "This was not signed with the terminal's own key, or was changed on its way. Nothing of it was done and "
        "nothing is lost; a manager has to set this terminal up anew."
    )


class DeviceForked(RetailError):
    code = "device.forked"
    message = N_(
        "Another copy of this terminal has spoken to the hub. Go on selling, nothing is lost; a manager has to set "
        "this terminal up anew."
    )


class EnrolRefused(RetailError):
    """A one-time code that opens nothing."""


class ExchangeRefused(RetailError):
    """A file of a manager's that is not taken in."""

    code = "exchange"


class ForeignPage(RetailError):
    code = "foreign_page"
    message = N_("This came from another site and was not done. Open the page itself and try again there.")


class NotFound(RetailError):
    code = "not_found"
    message = N_("There is nothing here under that name.")


class ExceptionGone(NotFound):
    code = "exception.gone"
    message = N_("This is settled already, or belongs to another store.")


class HubFault(RetailError):
    code = "hub.fault"
    message = N_("Something went wrong at the hub. What you did is kept and is tried again.")


class WebRefused(RetailError):
    """What the web server refuses by itself: a body that is too large, a path or method that is not there."""

    message = N_("The hub did not take this request: {reason}.")

    def __init__(self, error: HTTPException) -> None:
        too_large = error.code == 413
        code = "message.too_large" if too_large else "not_found" if error.code == 404 else "message.refused"
        super().__init__(code, reason=error.name)


class OperationFailed(RetailError):
    code = "hub.fault"
    message = N_("The hub could not carry this out. What was sent is kept there for a person to look at.")


class StoreUnavailable(RetailError):
    code = "hub.store"
    message = N_("The hub cannot write to its disk just now. Nothing is lost; it is tried again.")


STATUS: dict[type[RetailError], int] = {
    NotAllowed: 403,
    ForeignPage: 403,
    SignInRefused: 401,
    EnrolRefused: 403,
    StaffRefused: 401,
    NotFound: 404,
    CatalogueError: 404,
    MessageError: 400,
    StoreUnavailable: 503,
    HubFault: 500,
}


def is_store_failure(error: Exception) -> bool:
    """Whether the disk is full, read-only or broken, or the database is away.

    Then nothing was done and nobody is to blame: the same again may succeed.
    """
    away = isinstance(error, OperationalError | InterfaceError | InternalError | PoolTimeout)
    # What SQLite says of a file that is damaged; its subclasses are about one statement.
    return away or type(error) is DatabaseError


AGAIN = frozenset({"40001", "40P01"})
"""PostgreSQL's codes for "somebody else was first" and for a circle of waiting that it has cut: nothing was done."""


def is_undone(error: BaseException | None) -> bool:
    """Whether the server has said that it undid the whole transaction, even if that was its answer to the commit."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") in AGAIN


def is_worth_a_second_try(error: BaseException | None) -> bool:
    """Whether a new connection, or another moment, is all that was missing."""
    return is_undone(error) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def refusal(error: Exception) -> RetailError:
    """What to tell the other side; a fault of ours is logged with its trace and told without it."""
    if isinstance(error, RetailError):
        log.info("refused", code=error.code, sentence=error.sentence)
        return error
    if is_store_failure(error):
        log.error("store unavailable", code=StoreUnavailable.code, reason=str(getattr(error, "orig", error)))
        return StoreUnavailable()
    log.exception("hub fault", code=HubFault.code, exc_info=error)
    return HubFault()


def as_error(error: Exception) -> dict[str, Any]:
    """The answer of a socket handler that was refused."""
    return {"error": refusal(error).as_dict()}


def init_app(app: Flask) -> None:
    """Answer every exception of an HTTP door in the same shape."""

    @app.errorhandler(Exception)
    def answer(error: Exception) -> Response | HTTPException | tuple[Response, int]:
        if isinstance(error, HTTPException):
            return error if _wants_page() else (_told(WebRefused(error)), error.code or 500)
        refused = refusal(error)
        status = next((STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS), 409)
        return _told(refused), status


def _told(refused: RetailError) -> Response:
    return jsonify(error=refused.as_dict())


def _wants_page() -> bool:
    """A browser that opens an address gets a page; programs get the protocol's shape."""
    return request.method == "GET" and not request.path.startswith("/v1/")
