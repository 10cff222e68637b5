"""What the demonstration prints: addresses, who may sign in, and the address a phone can open."""

import io
import socket

import segno
from rich.console import Console, RenderableType
from rich.table import Table

from omnitill.demo import TERMINALS
from omnitill.processes import Event

SHOWN_OF_A_ROLE = 2
WHERE = {"cashier": "Till", "manager": "Till and dashboard (manager)"}
PAGES = {
    "till": "Till",
    "kiosk": "Kiosk",
    "shop": "Online shop, the shopper's phone",
    "bench": "Device bench: scanners, printers, drawers",
    "dashboard": "Manager's dashboard",
}


def lan_address() -> str | None:
    """This machine's address on its network, or None without one. Sends nothing: the socket only picks a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address


def show(console: Console, addresses: dict[str, str], data: str, lan_url: str | None) -> None:
    """Prints the whole invitation."""
    console.print()
    console.print(_pages(addresses))
    console.print(_people())
    if lan_url is not None:
        drawn = io.StringIO()
        segno.make(lan_url, error="m").terminal(drawn, compact=True)
        console.print(f"A phone on this network opens [bold]{lan_url}[/bold]:")
        console.file.write(drawn.getvalue() + "\n")
    console.print(f"Kept in {data}. Ctrl-C closes the shop.", highlight=False)


def _pages(addresses: dict[str, str]) -> RenderableType:
    table = Table(title="The shop is open", title_justify="left", title_style="bold")
    table.add_column("Page")
    table.add_column("Address", no_wrap=True)
    for page, title in PAGES.items():
        table.add_row(title, addresses[page])
    return table


def _people() -> RenderableType:
    from sample_shop import build

    shop = build(seed=1)
    table = Table(title="Who may sign in", title_justify="left", title_style="bold")
    for column in ("Where", "Who", "With"):
        # An address that is cut short cannot be typed: on a narrow terminal it goes on in the next line.
        table.add_column(column, overflow="fold")
    (till,) = (terminal for terminal in shop.terminals if terminal.id == TERMINALS["till"])
    for role in WHERE:
        here = [member for member in shop.staff if (member.role, member.store) == (role, till.store)]
        for member in here[:SHOWN_OF_A_ROLE]:
            table.add_row(WHERE[role], f"{member.number}  {member.name}", f"PIN {member.pin}")
    shopper = shop.shoppers[0]
    name = shopper.name if isinstance(shopper.name, str) else shopper.name["en"]
    table.add_row("Online shop", f"{name}  {shopper.email}", f"password {shopper.password}")
    table.add_row("", f"or by phone {shopper.phone}", f"card {shopper.card}")
    return table


def tell(console: Console, event: Event) -> None:
    """One line for what happened to a process, and its last words when it died."""
    marks = {"ready": "[green]ready[/green]", "moved": "[yellow]moved[/yellow]"}
    mark = marks.get(event.kind, f"[red]{event.kind}[/red]")
    console.print(f"{mark}  {event.text}", highlight=False, soft_wrap=True)
    for line in event.details.get("stderr", []):
        console.print(f"       | {line}", markup=False, highlight=False, soft_wrap=True)
