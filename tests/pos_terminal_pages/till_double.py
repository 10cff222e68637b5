"""A double of the till's local process: it speaks the page's protocol of pos_terminal/README.md and no more.

The pages' tests run against it, because here any state can be put on the screen with one line. It knows as little of
the trade as it can: prices times quantities, and a fifth of tax.
`python tests/pos_terminal_pages/till_double.py till 8491` serves one to look at.
"""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort
from flask_socketio import SocketIO
from voucher_double import Vouchers

from retail.catalogue import Product
from retail.errors import RetailError
from retail.replica import applied
from sample_shop import build, picture
from ui_kit.blueprint import init_app, page
from ui_kit.locales import current_locale

A_DAY_S = 86_400
ROOM = Path(__file__).resolve().parents[2] / "pos_terminal"
State = dict[str, Any]
SHOP = build(1)
STORE = SHOP.stores[0]
PEOPLE = [p for p in SHOP.staff if p.store == STORE.id]
CLOCK_MS = 1_790_000_000_000
WEIGHED = next(p for p in SHOP.products if p.unit == "kg")
PIECES = [p for p in SHOP.products if not p.weighed and p.gtin]
SHOPPER = SHOP.shoppers[0]
SUGGESTED_STEPS = (500, 1000, 5000)
HEARS_TIMEOUT_S = 10


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def product(one: Product) -> State:
    kept = ("id", "names", "department", "price", "unit", "gtin", "plu", "family", "family_names", "attributes")
    kept += ("picture", "tax")
    return {k: v for k, v in one.as_dict().items() if k in kept} | {"weighed": one.unit == "kg", "stock": 12_000}


def calm_link() -> State:
    return {
        "online": True, "since": now_ms(), "unsent": 0, "unsent_sales": 0, "oldest_unsent_at": None,
        "reference_version": 7, "reference_at": now_ms(), "loading": None, "refused": None,
        "set_up_anew": False,
    }  # fmt: skip


def first_state(kind: str, language: str) -> State:
    terminal = {"id": f"{kind}-1", "code": "01", "kind": kind}
    terminal["names"] = {"en": "Till 1", "ru": "Касса 1"} if kind == "till" else {"en": "Kiosk 1", "ru": "Киоск 1"}  # type: ignore[assignment]
    store = {k: getattr(STORE, k) for k in ("id", "code", "names", "address", "currency", "zone", "language")}
    return {
        "kind": kind, "phase": "signed_out" if kind == "till" else "attract", "language": language,
        "store": store, "terminal": terminal, "staff": None, "shopper": None, "lines": {}, "taxes": [],
        "people": [{"number": p.number, "name": p.name, "role": p.role, "locked": False} for p in PEOPLE],
        "totals": {}, "payment": None, "last_sale": None, "paying": None, "on_phone": False, "ask": None,
        "set_up": None, "coupons": [], "asking": None, "approval": None, "link": calm_link(), "needs_you": [],
        "departments": [{"id": d.id, "names": d.names, "ordinal": d.ordinal, "hue": d.hue} for d in SHOP.departments],
        "devices": {
            "scanners": [{"name": "Scanner 1", "state": "online", "reason": ""}],
            "printer": {"name": "Printer", "state": "online", "reason": "", "waiting": 0} if kind == "till" else None,
            "drawer": {"open": False} if kind == "till" else None,
        },
        "notice": None, "sound": {"n": 0, "tone": "accepted"}, "idle": None, "demo": True,
    }  # fmt: skip


class TillDouble(Vouchers):
    """One till or kiosk. `put(**changes)` changes the state by hand; `heard` lists every `do` that came."""

    def __init__(self, kind: str = "till", language: str = "en") -> None:
        self.kind, self.v, self.heard, self.answers = kind, 1, list[State](), dict[str, State]()
        self._ear = threading.Condition()
        self.state = first_state(kind, language)
        self.state["totals"] = self.totals({})
        self.app = Flask("till double")
        init_app(
            self.app,
            translations=[ROOM.parent / "retail/translations", ROOM / "translations"],
            shelves={"pos": ROOM / "web/static"},
        )
        # A test that turns a page's clock on by minutes must not have the page take its till for dead.
        self.io = SocketIO(self.app, async_mode="threading", transports=["websocket"], ping_timeout=A_DAY_S)
        self.io.on_event("connect", lambda auth=None: self.io.emit("view", {"v": self.v, "state": self.state}))
        self.io.on_event("view", lambda nothing=None: {"v": self.v, "state": self.state})
        self.io.on_event("tick", lambda t0=None: {"t1": now_ms()})
        self.io.on_event("do", self.do)
        self.app.add_url_rule("/", "home", lambda: self.page("cashier" if kind == "till" else "kiosk"))
        self.app.add_url_rule("/display", "display", lambda: self.page("display"))
        self.app.add_url_rule("/pictures/<name>.svg", "picture", self.picture)

    def page(self, folder: str) -> Response:
        boot = {"kind": self.kind, "terminal": self.state["terminal"], "demo": True, "language": current_locale()}
        surface = "kiosk" if folder == "kiosk" else "till"
        return page(
            title="Omnitill",
            module=f"pos/{folder}/main.js",
            surface=surface,
            boot=boot,
            styles=[f"pos/{folder}/{folder}.css"],
        )

    def picture(self, name: str) -> Response:
        found = next((p for p in SHOP.products if p.picture == name), None)
        if found is None:
            abort(404)
        return Response(picture(found, SHOP), mimetype="image/svg+xml")

    # The protocol.
    def put(self, scan: int | None = None, **changes: Any) -> None:
        self.state = applied(self.state, changes)
        self.v += 1
        self.io.emit("ev", {"p": self.v - 1, "v": self.v, "changes": changes, "at": now_ms(), "scan": scan})

    def do(self, message: State) -> State:
        with self._ear:
            self.heard.append(message)
            self._ear.notify_all()
        if message["id"] not in self.answers:
            self.answers[message["id"]] = self.carry_out(message)
        return self.answers[message["id"]]

    def carry_out(self, message: State) -> State:
        body = {k: v for k, v in message.items() if k not in ("id", "command")}
        act: Callable[..., Any] | None = getattr(self, "do_" + message["command"], None)
        try:
            if act is None:
                raise RetailError("command.unknown", "There is no command {name} here.", name=message["command"])
            return {"ok": True, "v": self.v, "result": act(**body) or {}} | {"v": self.v}
        except RetailError as error:
            return {"error": error.as_dict()}

    # What the tests say in the trade's words.
    def scan(self, one: Product, quantity: int = 1000, **line: Any) -> str:
        scan = now_ms()
        for key, row in self.state["lines"].items():
            if row["mine"] and row["item"] == one.id and not row["weighed"] and not line:
                return self.set_line(key, row["quantity"] + quantity, scan)
        key = f"line-{self.v}"
        n = 1 + max((row["n"] for row in self.state["lines"].values()), default=0)
        row = {
            "id": key, "item": one.id, "names": one.names, "quantity": quantity, "unit": one.unit,
            "weighed": one.unit == "kg", "owner": "till-1", "origin": self.kind, "place": None, "fulfilment": "carry",
            "unit_price": one.price, "total": 0, "picture": one.picture, "n": n, "at": scan, "mine": True,
            "pending": False, "taking": False, "takeable": True, "seen": quantity,
        } | line  # fmt: skip
        self.state["lines"][key] = row
        return self.set_line(key, quantity, scan)

    def virtual(self, one: Product, origin: str = "online") -> str:
        place = (
            {"device": "kiosk-1", "names": {"en": "Kiosk 1", "ru": "Киоск 1"}, "store": STORE.names}
            if origin == "kiosk"
            else None
        )
        return self.scan(one, mine=False, owner="hub", origin=origin, place=place, fulfilment="collect")

    def set_line(self, key: str, quantity: int, scan: int | None = None) -> str:
        row = dict(self.state["lines"][key])
        row |= {"quantity": quantity, "seen": quantity, "total": (row["unit_price"] * quantity + 500) // 1000}
        changed = row if quantity else None
        lines = applied(self.state, {"lines": {key: changed}})["lines"]
        sound = {"n": self.state["sound"]["n"] + 1, "tone": "accepted"}
        tax = self.totals(lines)["tax"]
        gross = self.totals(lines)["in_hand"]
        taxes = [
            {"code": "A", "rate": 2000, "net": gross - tax, "tax": tax, "gross": gross, "names": SHOP.taxes[0].names}
        ]
        self.put(scan, lines={key: changed}, totals=self.totals(lines), taxes=taxes, sound=sound, notice=None)
        return key

    def totals(self, lines: State) -> State:
        mine = sum(row["total"] for row in lines.values() if row["mine"])
        rest = sum(row["total"] for row in lines.values() if not row["mine"])
        count = sum(1 for row in lines.values() if row["mine"])
        return {
            "total": mine + rest,
            "in_hand": mine,
            "virtual": rest,
            "tax": mine // 6,
            "currency": STORE.currency,
            "count": count,
            "points": mine // 100,
        }

    def notice(self, message: str, params: State | None = None, tone: str = "unknown") -> None:
        n = 1 + (self.state["notice"] or {"n": 0})["n"]
        sound = {"n": self.state["sound"]["n"] + 1, "tone": "unknown"}
        notice = {"n": n, "code": "x", "message": message, "params": params or {}, "tone": tone, "at": now_ms()}
        self.put(notice=notice, sound=sound)

    def hears(self, command: str) -> State:
        """The newest `do` of this command, waited for: a page that was pressed has not yet said so."""
        with self._ear:
            wanted = self._ear.wait_for(
                lambda: [one for one in self.heard if one["command"] == command], HEARS_TIMEOUT_S
            )
            return wanted[-1]

    # The commands.
    def do_sign_in(self, number: str, pin: str) -> None:
        person = next((p for p in PEOPLE if p.number == number), None)
        if person is None or person.pin != pin:
            raise RetailError("staff.wrong_pin", "That PIN is not right. Tries left: {left}.", left=4)
        self.put(phase="selling", staff={"id": person.id, "number": number, "name": person.name, "role": person.role})

    def do_unlock(self, manager_number: str, pin: str, number: str) -> None:
        self.put(people=[row | {"locked": row["locked"] and row["number"] != number} for row in self.state["people"]])

    def do_lock(self) -> None:
        self.put(phase="locked")

    def do_sign_out(self) -> None:
        self.put(phase="signed_out", staff=None)

    def do_scan(self, text: str, aim: str = "") -> None:
        if self.state["phase"] in ("done", "thanks"):
            self.do_next()
        text = text[3:] if text.startswith("]") else text
        found = next((p for p in SHOP.products if p.gtin and p.gtin.lstrip("0") == text.lstrip("0")), None)
        if text == SHOPPER.card:
            return self.do_attach(text)
        if found is None:
            self.notice("Code {code} names no product.", {"code": text})
            return None
        if self.state["phase"] == "attract":
            self.put(phase="scanning")
        self.scan(found)
        return None

    def do_search(self, q: str, language: str = "", limit: int = 20) -> State:
        words = q.lower().split()
        found = [
            p
            for p in SHOP.products
            if all(any(part.startswith(w) for part in " ".join(p.names.values()).lower().split()) for w in words)
        ]
        return {"products": [product(p) for p in found[:limit]]}

    def do_browse(self, department: str, offset: int = 0, limit: int = 20) -> State:
        found = [p for p in SHOP.products if p.department == department]
        return {"products": [product(p) for p in found[offset : offset + limit]], "total": len(found)}

    def do_add(self, item: str, quantity: int = 1000) -> None:
        found = next(p for p in SHOP.products if p.id == item)
        if found.unit == "kg":
            self.put(ask={"kind": "weight", "product": product(found)})
        else:
            self.scan(found, quantity)

    def do_weigh(self, item: str, quantity: int) -> None:
        self.put(ask=None)
        self.scan(next(p for p in SHOP.products if p.id == item), quantity, weighed=True)

    def do_ask_close(self) -> None:
        self.put(ask=None)

    def do_set(self, line: str, to: int, seen: int) -> None:
        self.set_line(line, to)

    def do_remove(self, line: str, seen: int) -> None:
        self.set_line(line, 0)

    def do_take(self, line: str) -> None:
        lines = self.state["lines"] | {line: self.state["lines"][line] | {"mine": True, "origin": self.kind}}
        self.put(lines=lines, totals=self.totals(lines))

    def do_take_all(self) -> None:
        lines = {key: row | {"mine": True, "origin": self.kind} for key, row in self.state["lines"].items()}
        self.put(lines=lines, totals=self.totals(lines))

    def do_attach(self, card: str, replace: bool = False) -> None:
        if card != SHOPPER.card:
            raise RetailError("cart.no_card", "This card belongs to no shopper that is known here.")
        name = SHOPPER.name[self.state["language"]] if isinstance(SHOPPER.name, dict) else SHOPPER.name
        phase = "scanning" if self.kind == "kiosk" else self.state["phase"]
        self.put(
            phase=phase,
            shopper={"id": SHOPPER.id, "name": name, "language": "en", "card": card, "points": 1240, "pending": False},
        )

    def do_void_cart(self) -> None:
        self.empty("selling")

    def empty(self, phase: str, **changes: Any) -> None:
        gone = dict.fromkeys(self.state["lines"])
        self.put(
            phase=phase,
            lines=gone,
            totals=self.totals({}),
            shopper=None,
            taxes=[],
            payment=None,
            notice=None,
            idle=None,
            **changes,
        )

    def do_pay_begin(self) -> None:
        due = self.state["totals"]["in_hand"]
        self.pay(due, [])

    def pay(self, due: int, tenders: list[State]) -> None:
        paid = sum(t["amount"] for t in tenders)
        left = max(0, due - paid)
        suggested = sorted({left, *(-(-left // step) * step for step in SUGGESTED_STEPS)}) if left else []
        payment = {
            "due": due,
            "tenders": tenders,
            "paid": paid,
            "left": left,
            "change": max(0, paid - due),
            "suggested": suggested,
            "currency": STORE.currency,
        }
        self.put(phase="paying", payment=payment)

    def do_tender(self, kind: str, amount: int) -> State:
        payment = self.state["payment"]
        tenders = [*payment["tenders"], {"n": len(payment["tenders"]) + 1, "kind": kind, "amount": amount}]
        self.pay(payment["due"], tenders)
        return {"sale": self.sell() if not self.state["payment"]["left"] else None}

    def do_tender_remove(self, n: int) -> None:
        self.pay(self.state["payment"]["due"], [t for t in self.state["payment"]["tenders"] if t["n"] != n])

    def do_pay_cancel(self) -> None:
        self.put(phase="selling", payment=None)

    def sell(self) -> State:
        payment, totals = self.state["payment"], self.state["totals"]
        shopper = self.state["shopper"]
        sale = {
            "id": f"sale-{self.v}", "number": "01-01-000042", "total": payment["due"], "paid": payment["paid"],
            "change": payment["change"], "currency": STORE.currency, "points": totals["points"] if shopper else 0,
            "at": now_ms(), "lines": totals["count"], "shopper": shopper["name"] if shopper else "",
            "print": "confirmed", "drawer": "confirmed", "print_reason": "",
        }  # fmt: skip
        self.empty("done", last_sale=sale)
        return {"number": sale["number"], "change": sale["change"]}

    def do_next(self) -> None:
        self.empty("selling" if self.kind == "till" else "attract")

    def do_reprint(self, sale: str = "") -> None:
        self.put(last_sale=self.state["last_sale"] | {"print": "queued"})

    do_retry_print = do_reprint

    def do_no_sale(self) -> None:
        self.put(devices=self.state["devices"] | {"drawer": {"open": True}})

    def do_language(self, language: str) -> None:
        self.put(language=language)

    def do_start(self) -> None:
        self.put(phase="scanning")

    def do_pay_at_till(self) -> None:
        if self.state["shopper"] is None:
            raise RetailError("kiosk.needs_shopper", "Show your card first: the till finds your basket by it.")
        self.empty("thanks")

    def do_start_over(self) -> None:
        self.empty("attract")

    def do_set_up_open(self) -> None:
        self.put(set_up={"again": True, "hub": "http://hub", "busy": False, "error": None, "scanned": None})

    def do_set_up_close(self) -> None:
        if not (self.state["set_up"] or {}).get("busy"):
            self.put(set_up=None)

    def do_set_up(self, hub: str, code: str) -> None:
        self.put(set_up=self.state["set_up"] | {"hub": hub, "busy": True, "error": None})

    def do_touch(self) -> None:
        self.put(idle=None)

    def do_dismiss(self) -> None:
        self.put(notice=None)

    def do_seen(self, seq: int) -> None:
        self.put(needs_you=[row for row in self.state["needs_you"] if row["seq"] != seq])


if __name__ == "__main__":
    double = TillDouble(sys.argv[1])
    double.io.run(double.app, port=int(sys.argv[2]), allow_unsafe_werkzeug=True)
