"""Asks the hub to set things aside, on a thread of its own, and keeps alive what it has set aside.

What is to be asked stands in the till's state with its id, so the same question comes again after any accident and is
the same hold. Who waits too long is told to do without, and an operation frees whatever the hub did after all.
"""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from pos_terminal import allowed, approving, card_sales, closing, held, ids
from pos_terminal.counter import Counter
from pos_terminal.errors import LinkRefused
from pos_terminal.set_aside import Allowed, Approval, Asking
from pos_terminal.sync.asking import ASK_TIMEOUT_S, NO_ANSWER, post
from pos_terminal.till import Load, Till, ready
from pos_terminal.turn import Turn
from retail.errors import N_, RetailError
from retail.messages import CODE_TYPED_MAX, Key, Message
from retail.stored_value import HOLD_MS
from retail.told import Allowed as AllowedAnswer
from retail.told import Balance, CardFound, Held

log = logging.getLogger("omnitill.link")

ALLOWED_TIMEOUT_S = 2
"""Nobody waits for an allowance, but somebody may wait behind it."""

GIVE_UP_MS = 8_000
"""A shopper stands there: who has heard nothing for so long does without."""

OVER_AFTER_MS = 1_000
"""After its end the hub is asked what became of a question, with room for clocks that differ a little."""

AGAIN_S = 0.5
LOOK_S = 5.0
RENEW_S = HOLD_MS / 1000 / 3
STOP_LIMIT_S = 2


class GiftCard(Message):
    """Whose balance is wanted."""

    code: Annotated[str, Field(min_length=1, max_length=CODE_TYPED_MAX)]
    pin: Annotated[str, Field(max_length=20)] = ""


class SellCard(GiftCard):
    """A gift card to be sold, or put more on; without a code the hub makes one. `load` is the page's own id of it."""

    load: Key
    code: Annotated[str, Field(max_length=CODE_TYPED_MAX)] = ""
    amount: int


class HoldAsker:
    """`wake` may be called from any thread: something may have to be asked."""

    def __init__(self, counter: Counter) -> None:
        self._counter, self._hub, self._token = counter, "", ""
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._renewed = time.monotonic()
        self._touched_at = 0
        self._not_before = 0.0
        self._answered: tuple[Any, ...] = ()
        """What was known of the points that wait for somebody's word when the hub last answered about them."""

        self._again: tuple[Any, ...] = ()
        self._again_at = 0
        self._thread = threading.Thread(target=self._run, name="holds", daemon=True)
        counter.beside["gift_card"] = (GiftCard, self.balance)
        counter.beside["sell_card"] = (SellCard, self.sell)

    def turn_to(self, hub: str, token: str) -> None:
        self._hub, self._token = hub, token

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()

    def wake(self) -> None:
        till = self._counter.till
        if till.asking is not None or till.dropped or allowed.wanted(till):
            self._wake.set()

    def _run(self) -> None:
        self._wake.set()
        while not self._stopping.is_set():
            # Somebody stands there while a question waits for the link to come back.
            cut_off = approving.waits(self._counter.till) is not None and not self._counter.desk.link.online
            self._wake.wait(AGAIN_S if cut_off else LOOK_S)
            self._wake.clear()
            try:
                self._look()
            except Exception:
                # Whoever waits for an answer gets one at the next look.
                log.exception("asking the hub failed")
                self._stopping.wait(AGAIN_S)

    def _look(self) -> None:
        counter = self._counter
        if counter.till.dropped:
            counter.by_itself(_free)
        while (asking := counter.till.asking) is not None and not self._stopping.is_set():
            if asking.approval is not None and not self._has_news(asking, asking.approval):
                break
            self._ask(asking)
        if held.renewable(counter.till) and self._is_due():
            self._renew()
        self._have_points_allowed()

    def _is_due(self) -> bool:
        """Renewed by activity: what nobody touches lapses."""
        due = time.monotonic() >= self._renewed + RENEW_S and self._counter.touched_at > self._touched_at
        return due and self._counter.desk.link.online

    def _has_news(self, asking: Asking, approval: Approval) -> bool:
        """Whether to ask the hub once more about points that wait for their owner: only where the cart, a manager or
        the clock says that something has become of them, or the cart was not heard for a while."""
        counter, link = self._counter, self._counter.desk.link
        if not held.wanted_still(counter.till, asking):
            counter.by_itself(lambda turn: _give_up(turn, asking))
            return False
        if not link.online:
            # By this machine's clock, as the link has it.
            if ids.now_ms() >= link.since + GIVE_UP_MS:
                self._give_up(asking, approving.hub_gone())
            return False
        if counter.now() >= approval.until + GIVE_UP_MS:
            self._give_up(asking)
            return False
        known = self._known_of(asking)
        if known == self._answered:
            return False
        if known != self._again:
            self._again, self._again_at = known, counter.now()
        return True

    def _known_of(self, asking: Asking) -> tuple[Any, ...]:
        """All that may make the hub answer otherwise than before."""
        approval, since = asking.approval, self._counter.desk.link.since
        said = "" if approval is None or approval.said == "open" else approval.said
        over = approval is not None and self._counter.now() >= approval.until + OVER_AFTER_MS
        return asking.hold, asking.approved_by, said, over, since

    def _ask(self, asking: Asking) -> None:
        since = asking.at if asking.approval is None else self._again_at
        if self._counter.now() >= since + GIVE_UP_MS:
            self._give_up(asking)
            return
        known = self._known_of(asking)
        counter, shopper, heading = self._counter, self._counter.till.shopper, self._counter.replica.heading
        currency = heading.store.currency if heading else ""
        body: dict[str, Any] = {
            "hold": asking.hold,
            "kind": asking.kind,
            "cart": asking.cart,
            "code": asking.code,
            "pin": asking.pin,
        }
        body |= {"card": shopper.card if shopper else "", "amount": asking.amount, "currency": currency}
        if asking.kind == "points":
            # This till can wait for the phone; and a manager may have vouched for the shopper.
            body |= {"approval": True, "approved_by": asking.approved_by}
        try:
            answer = Held.model_validate(self._post("hold", body)).model_dump()
        except RetailError as refused:
            self._give_up(asking, refused)
            return
        except NO_ANSWER as error:
            if counter.now() < since + GIVE_UP_MS and (counter.desk.link.online or asking.approval is not None):
                self._stopping.wait(AGAIN_S)
                return
            log.warning("no answer about a hold: %r", error)
            self._give_up(asking)
            return
        self._renewed, self._touched_at = time.monotonic(), counter.touched_at
        match approving.told(answer):
            case "allowed":
                counter.by_itself(lambda turn: _granted(turn, asking, answer))
                self._close_if_paid()
            case "refused":
                self._give_up(asking, approving.refused())
            case _:
                counter.by_itself(lambda turn: _waits(turn, asking, answer))
                self._answered = known

    def _have_points_allowed(self) -> None:
        """Points for the time in which the hub may be away, as soon as it is known whose they are; without an answer
        again at a later look."""
        counter = self._counter
        if not counter.desk.link.online or time.monotonic() < self._not_before or counter.till.asking is not None:
            return
        if allowed.wanted(counter.till) and self._programme_allows():
            counter.by_itself(_ask_for_points)
        given, till = allowed.pending(counter.till), counter.till
        if given is None or till.shopper is None:
            return
        body = {"nonce": given.nonce, "cart": till.cart.id, "card": till.shopper.card}
        try:
            answer = AllowedAnswer.model_validate(self._post("allowance", body, ALLOWED_TIMEOUT_S))
        except RetailError as refused:
            log.info("no points are allowed for the time without the hub: %s", refused.code)
            counter.inside(lambda _, state: allowed.refused(state, given.nonce))
        except NO_ANSWER as error:
            log.info("no answer about an allowance: %r", error)
            self._not_before = time.monotonic() + LOOK_S
        else:
            counter.by_itself(lambda turn: _allowed(turn, given, till.cart.id, answer.model_dump()))

    def _programme_allows(self) -> bool:
        book = self._counter.replica.book
        return book is not None and book.programme(self._counter.now()).allowance_points_max > 0

    def _give_up(self, asking: Asking, why: RetailError | None = None) -> None:
        """Do without, and say why: what the hub has refused, or that it has not answered. What it may have set aside is
        free again; what it has refused at once is nothing."""
        nothing_there = why is not None and asking.approval is None
        self._counter.by_itself(lambda turn: (_stop_waiting if nothing_there else _give_up)(turn, asking))
        self._say(why or _no_answer())

    def _close_if_paid(self) -> None:
        if self._counter.till.phase != "paying":
            return
        try:
            self._counter.by_itself(closing.close_if_covered)
        except RetailError as refused:
            self._say(refused)

    def _renew(self) -> None:
        counter = self._counter
        self._renewed, self._touched_at = time.monotonic(), counter.touched_at
        cart = counter.till.cart.id
        for hold, kind in held.renewable(counter.till):
            try:
                self._post("hold", {"hold": hold, "kind": kind, "cart": cart})
            except RetailError as refused:
                log.warning("a hold is gone: %s", refused.code)
                counter.inside(partial(_lost, hold=hold))
                self._say(refused)
            except NO_ANSWER as error:
                log.info("a hold was not renewed: %r", error)

    def balance(self, body: GiftCard) -> dict[str, Any]:
        """What is on a gift card, for the page that asks and waits."""
        if not self._counter.desk.link.online:
            raise _no_answer()
        try:
            return Balance.model_validate(self._post("balance", {"code": body.code, "pin": body.pin})).model_dump()
        except NO_ANSWER as error:
            log.warning("no answer about a card: %r", error)
            raise _no_answer() from error

    def sell(self, body: SellCard) -> dict[str, Any]:
        """A gift card becomes a row of the sale; where the hub does not answer, one whose code is there waits with it.
        The page waits."""
        counter, online = self._counter, self._counter.desk.link.online
        counter.by_itself(lambda turn: _check_card(turn, body, online))
        load: Load | None = None
        if online:
            heading = counter.replica.heading
            asked = {"load": body.load, "code": body.code, "amount": body.amount}
            try:
                answer = self._post("card", asked | {"currency": heading.store.currency if heading else ""})
                load = card_sales.found(body.amount, CardFound.model_validate(answer).model_dump())
            except NO_ANSWER as error:
                log.warning("no answer about a card: %r", error)
        if load is None:
            if not body.code:
                raise card_sales.needs_hub()
            load = card_sales.unconfirmed(body.load, body.amount, body.code)
        counter.by_itself(partial(_put_card, load=load))
        return {"hint": load.hint, "live": bool(load.account), "fresh": load.fresh}

    def _post(self, door: str, body: Mapping[str, Any], timeout_s: float = ASK_TIMEOUT_S) -> Any:
        return post(self._hub, self._token, door, body, timeout_s)

    def _say(self, refused: RetailError) -> None:
        with self._counter.alone():
            self._counter.notice(refused.code, refused.message, refused.params, "needs_you")
            self._counter.publish()


def _no_answer() -> LinkRefused:
    return LinkRefused(
        "hold.no_answer", N_("The hub did not answer. Nothing was taken; go on without it, or try again.")
    )


def _ask_for_points(turn: Turn) -> None:
    turn.till = allowed.ask(turn.till, turn.moment)


def _allowed(turn: Turn, given: Allowed, cart: str, answer: Mapping[str, Any]) -> None:
    if allowed.pending(turn.till) == given:
        turn.till = allowed.granted(turn.till, answer)
    else:
        # The visit ended while the hub was asked; the word that said so may have come first.
        turn.wishes.append((cart, held.void(given.nonce, "points")))


def _granted(turn: Turn, asking: Asking, answer: Mapping[str, Any]) -> None:
    if held.wanted_still(turn.till, asking):
        turn.till = held.granted(turn.till, answer)
    else:
        # It was given up while the hub was asked; the word that said so may have come first.
        _give_up(turn, asking)


def _waits(turn: Turn, asking: Asking, answer: Mapping[str, Any]) -> None:
    if held.wanted_still(turn.till, asking):
        turn.till = approving.began(turn.till, asking, answer, turn.desk.approvals)
    else:
        _give_up(turn, asking)


def _stop_waiting(turn: Turn, asking: Asking) -> None:
    if held.is_asking(turn.till, asking):
        turn.till = replace(turn.till, asking=None)


def _give_up(turn: Turn, asking: Asking) -> None:
    _stop_waiting(turn, asking)
    turn.wishes.append((asking.cart, held.void(asking.hold, asking.kind)))


def _check_card(turn: Turn, body: SellCard, online: bool) -> None:
    turn.only("till")
    turn.staff_id()
    if all(one.id != body.load for one in turn.till.loads):
        turn.till = ready(turn.till, turn.moment)
        card_sales.check(turn.till, body.amount, body.code, online, turn.has_printer)


def _put_card(turn: Turn, load: Load) -> None:
    turn.staff_id()
    turn.till = card_sales.put(turn.till, load, turn.moment)


def _lost(_: Any, till: Till, hold: str) -> Till:
    return held.lost(till, hold)


def _free(turn: Turn) -> None:
    turn.wishes += [(cart, held.void(hold, kind)) for cart, hold, kind in turn.till.dropped]
    turn.till = replace(turn.till, dropped=())
