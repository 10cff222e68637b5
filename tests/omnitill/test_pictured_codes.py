"""The picture beside a one-time code is read off the manager's real page by a decoder that is not ours.

What it says goes to a real till as its scanner sends it: over a serial line, without a key being pressed.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from at_the_dashboard import WAIT_MS, a_code
from PIL import Image
from playwright.sync_api import Page, expect
from real_shop import Hub, Till

from hardware.emulators.serial_scanner import SerialScannerEmulator

QUIET_MODULES = 4
LIGHT = 230
"""Of 255: what a scanner takes for light without looking at its neighbours."""
QR_AIM = "Q1"
SIZES = {"phone": (390, 844), "desk": (1280, 800)}
THEMES = ("light", "dark")


@pytest.fixture
def till(one_hub: Hub, tmp_path: Path) -> Iterator[tuple[Till, SerialScannerEmulator]]:
    """A till out of its box, and its scanner."""
    scanner = SerialScannerEmulator(tmp_path / "scanner")
    scanner.plug()
    made = Till(tmp_path / "till-1", one_hub)
    made.scanners = (scanner.address,)
    made.start()
    made.wait(lambda view: [row["state"] for row in view["devices"]["scanners"]] == ["online"])
    yield made, scanner
    made.stop()
    scanner.unplug()


def read(shot: bytes) -> tuple[Image.Image, Any]:
    """The one code in a picture of a screen; dark on light, or it is none."""
    image = Image.open(io.BytesIO(shot)).convert("L")
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode, try_invert=False)
    assert len(found) == 1
    return image, found[0]


def read_everywhere(page: Page, folder: Path) -> set[str]:
    """What is read at each size in each light, off the whole screen as somebody holds a scanner before it."""
    texts, grounds = set(), set()
    for size, (width, height) in SIZES.items():
        for theme in THEMES:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            picture = page.locator(".set-up-picture")
            picture.scroll_into_view_if_needed()
            grounds.add(page.get_by_role("dialog").evaluate("(one) => getComputedStyle(one).backgroundColor"))
            shot = page.screenshot(path=folder / f"{size}-{theme}.png", animations="disabled")
            texts.add(read(shot)[1].text)
            assert quiet(*read(picture.screenshot(animations="disabled")), page), (size, theme)
    # Both lights were really on.
    assert len(grounds) == len(THEMES)
    return texts


def quiet(image: Image.Image, code: Any, page: Page) -> bool:
    """Whether the zone around the code that has to be light is there and is light."""
    side = page.locator(".set-up-picture").evaluate("(one) => one.viewBox.baseVal.width")
    zone = image.width * QUIET_MODULES / side
    left, top, right, bottom = (
        code.position.top_left.x, code.position.top_left.y, code.position.bottom_right.x, code.position.bottom_right.y
    )  # fmt: skip
    room = min(left, top, image.width - right, image.height - bottom)
    # The corners of the picture are round; a scanner's line across the code never meets them.
    bands = [(left, 1, right, top - 2), (left, bottom + 2, right, image.height - 1), (1, top, left - 2, bottom),
             (right + 2, top, image.width - 1, bottom)]  # fmt: skip
    return room >= zone - 2 and all(image.crop(band).getextrema()[0] >= LIGHT for band in bands)


def test_a_decoder_reads_the_code_off_the_page_and_the_till_takes_it_from_its_scanner(
    one_hub: Hub, till: tuple[Till, SerialScannerEmulator], opened: Callable[..., Page], tmp_path: Path
) -> None:
    fresh, scanner = till
    assert fresh.terminal is not None
    page = opened(fresh.terminal.serving.url)
    # Whoever opens the manager's page under the hub's name gets a picture that names the hub, too.
    elsewhere = one_hub.url.replace("127.0.0.1", "hub.localhost")
    manager = opened(f"{elsewhere}/manage")
    code = a_code(manager)
    digits = code.replace(" ", "")
    assert (texts := read_everywhere(manager, tmp_path)) == {f"{elsewhere} {digits}"}
    assert scanner.scan(texts.pop(), QR_AIM)
    expect(page.locator(".set-up-address")).to_have_text(elsewhere)
    expect(page.get_by_label("Code from the manager's page")).to_have_value(code)
    # On the hub's own machine the picture holds the code alone, and that is used at once.
    page.get_by_role("button", name="Change the address").click()
    page.get_by_label("Address of the hub").fill(one_hub.url)
    page.keyboard.press("Enter")
    manager = opened(f"{one_hub.url}/manage")
    digits = a_code(manager).replace(" ", "")
    _, said = read(manager.screenshot(animations="disabled"))
    assert said.text == digits
    assert scanner.scan(said.text, QR_AIM)
    expect(page.locator(".people")).to_be_visible(timeout=WAIT_MS)
