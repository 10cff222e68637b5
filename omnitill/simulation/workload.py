"""People: cashiers, shoppers at the kiosk, shoppers with phones. They do one thing after the other, as they see fit."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from omnitill.simulation.memory import CASHIER, SHOP
from omnitill.simulation.phone import SimPhone
from omnitill.simulation.till import SimTill
from omnitill.simulation.world import Broken, World
from pos_terminal.hands import may_take
from pos_terminal.prices import price_of
from sample_shop import scan_text

PAUSE_MS = (50, 2_500)
AGAIN_AFTER_CRASH = 0.7
CODES = [scan_text(product) for product in SHOP.products]
PIECES = [product for product in SHOP.products if not product.measured]
SHOPPERS = SHOP.shoppers[:2]
LINE_COMMANDS = frozenset({"scan", "set", "remove"})

Command = tuple[str, dict[str, Any]]


class Visitor:
    """Somebody who does `left` more things, with pauses; a device that is down is waited for."""

    def __init__(self, world: World, device: SimTill | SimPhone, left: int) -> None:
        self.world, self.device, self.left = world, device, left

    def begin(self) -> None:
        self.world.later(self.world.random.randint(*PAUSE_MS), self._turn)

    def _turn(self) -> None:
        if self.left <= 0:
            return
        if self.device.alive and self.world.chance(self.device.weather.device_crash / 5):
            # The plug is pulled while nobody does anything.
            self.device.crash()
        elif self.device.alive:
            self.left -= 1
            self.device.step(self.act)
        self.begin()

    def act(self) -> None:
        raise NotImplementedError


class AtTerminal(Visitor):
    """Who stands at a till or kiosk: `told` counts what the terminal said was done, `unsure` what it never answered."""

    def __init__(self, world: World, till: SimTill, left: int) -> None:
        super().__init__(world, till, left)
        self.till = till
        self.told: Counter[str] = Counter()
        self.unsure: Counter[str] = Counter()
        self.sold: list[str] = []
        self.put_back = 0
        self._open: tuple[str, Command] | None = None

    def never_answered(self, kind: str) -> int:
        """How many commands of a kind may have been done or not."""
        waiting = self._open is not None and _kind(self._open[1][0]) == kind
        return self.unsure[kind] + waiting

    def act(self) -> None:
        if self._open is not None and self.world.random.random() < AGAIN_AFTER_CRASH:
            command, (name, body) = self._open
        else:
            if self._open is not None:
                self.unsure[_kind(self._open[1][0])] += 1
            name, body = self._choose()
            command = f"{self.till.name}-{next(self.world.numbers)}"
        self._open = command, (name, body)
        if name in ("void_cart", "start_over"):
            # Where lines are still on their way, the ones in hand are put back one by one.
            self.put_back += len(self.till.counter.till.cart.lines)
        answer = self.till.command(command, name, **body)
        self._open = None
        if answer.get("error", {}).get("code") == "till.failed":
            raise Broken(f"{self.till.name} failed at {name} {body}")
        if answer.get("ok"):
            self.told[_kind(name)] += 1
            sale = (answer.get("result") or {}).get("sale")
            self.sold += [sale["number"]] if sale else []

    def _choose(self) -> Command:
        state = self.till.counter.till
        if state.phase in ("signed_out", "locked"):
            return "sign_in", {"number": CASHIER.number, "pin": CASHIER.pin}
        if state.phase == "paying":
            if self.world.random.random() < 0.1:
                return "pay_cancel", {}
            book, heading = self.till.counter.replica.book, self.till.counter.replica.heading
            assert book is not None and heading is not None
            return "tender", {
                "kind": "cash",
                "amount": max(1, price_of(state, book, heading.store, self.till.counter.now()).total),
            }
        return self.world.random.choice(self._choices())()

    def _choices(self) -> list[Callable[[], Command]]:
        held = list(self.till.counter.till.cart.lines.values())
        random = self.world.random
        choices: list[Callable[[], Command]] = [self._scan] * 5 + [self._card]
        choices += [self._card] * (self.till.counter.till.shopper is None)
        choices += [self._take] * (4 if self._takeable() else 1)
        if held:
            line = random.choice(held)
            seen, more = line.quantity, 1000 * random.randint(0, 4)
            if not line.weighed:
                choices.append(lambda: ("set", {"line": line.id, "to": more, "seen": seen}))
            choices.append(lambda: ("remove", {"line": line.id, "seen": seen}))
            choices += [lambda: ("pay_begin" if self.till.kind == "till" else "pay_at_till", {})] * 2
        if random.random() < 0.2:
            choices.append(lambda: ("void_cart" if self.till.kind == "till" else "start_over", {}))
        return choices

    def _takeable(self) -> list[str]:
        """Lines of the shopper's cart, as the terminal shows it, that can be taken in hand here."""
        state = self.till.counter.till
        lines = self.till.counter.desk.lines_of(state.live)
        return [line for line, row in lines.items() if may_take(state, row)]

    def _take(self) -> Command:
        lines = self._takeable()
        if lines and self.world.random.random() < 0.5:
            return "take", {"line": self.world.random.choice(lines)}
        return "take_all", {}

    def _scan(self) -> Command:
        text, aim = self.world.random.choice(CODES)
        return "scan", {"text": text, "aim": aim}

    def _card(self) -> Command:
        replace = self.world.random.random() < 0.3
        return "attach", {"card": self.world.random.choice(SHOPPERS).card, "replace": replace}


def _kind(name: str) -> str:
    return "line" if name in LINE_COMMANDS else name


class WithPhone(Visitor):
    """A shopper who taps plus, minus and the bin."""

    def __init__(self, world: World, phone: SimPhone, left: int) -> None:
        super().__init__(world, phone, left)
        self.phone = phone

    def act(self) -> None:
        random, phone = self.world.random, self.phone
        cart = phone.replicas.get(f"cart:{phone.cart}") if phone.cart else None
        if cart is None:
            self.left += 1
            return
        lines = [row for row in (cart.state or {}).get("lines", {}).values() if row["owner"] == "hub"]
        if not lines or random.random() < 0.6:
            amount = random.choice([1000, 1000, 2000, -1000])
            line, item = f"{random.getrandbits(64):016x}", random.choice(PIECES).id
            body = {"line": line, "item": item, "quantity": amount, "fulfilment": "collect", "weighed": False}
            phone.act("cart.add", body)
            return
        line = random.choice(lines)
        if random.random() < 0.5 or line["weighed"]:
            phone.act("cart.remove", {"line": line["id"], "seen": line["quantity"]})
        else:
            to = 1000 * random.randint(0, 5)
            phone.act("cart.set", {"line": line["id"], "to": to, "seen": line["quantity"]})
