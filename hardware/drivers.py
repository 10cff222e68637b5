"""From an address to the driver that speaks to it."""

from __future__ import annotations

from hardware.errors import AddressError
from hardware.ports import Address, Printer, PrinterLink, Scanner, parse_address
from hardware.printers.code_pages import DEFAULT_PAGES, PAGE_NUMBERS
from hardware.printers.document import from_json
from hardware.printers.escpos import encode_document, encode_drawer
from hardware.printers.transports import PORT_DEFAULT, TcpLink
from hardware.scanners.serial_scanner import SerialScanner


class EscposTcpPrinter:
    """Printer port for ESC/POS over TCP. Address parameters: pages=CP866,CP858,CP1252, drawer_open=high or low."""

    def __init__(self, device: str, address: Address) -> None:
        self._device, self._host, self._port = device, address.host, address.port or PORT_DEFAULT
        named = address.params.get("pages", ",".join(DEFAULT_PAGES)).upper().split(",")
        if unknown := [page for page in named if page not in PAGE_NUMBERS]:
            raise AddressError(address=address.text, why=f"there is no code page {unknown[0]}")
        self._pages = tuple(named)
        self._drawer_open_high = address.params.get("drawer_open", "high") == "high"

    @property
    def device(self) -> str:
        return self._device

    def connect(self) -> PrinterLink:
        return TcpLink(self._device, self._host, self._port)

    @property
    def drawer_open_high(self) -> bool:
        return self._drawer_open_high

    def encode(self, kind: str, payload: str, copy: bool) -> bytes:
        if kind == "drawer":
            return encode_drawer(payload)
        return encode_document(from_json(payload), self._pages, copy)


def open_scanner(device: str, address: str) -> Scanner:
    """The driver of a scanner; nothing is opened yet, the supervisor does. Raises AddressError."""
    parsed = parse_address(address)
    if (parsed.protocol, parsed.transport) != ("scanner", "serial"):
        raise AddressError(address=address, why="scanners are known as scanner+serial")
    return SerialScanner(device, parsed)


def open_printer(device: str, address: str) -> Printer:
    """The driver of a printer; a connection is made for each job. Raises AddressError."""
    parsed = parse_address(address)
    if (parsed.protocol, parsed.transport) != ("escpos", "tcp"):
        raise AddressError(address=address, why="printers are known as escpos+tcp")
    return EscposTcpPrinter(device, parsed)
