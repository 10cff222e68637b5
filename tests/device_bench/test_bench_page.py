"""The bench's page in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from device_bench.app import BenchServer
from hardware.drivers import open_printer, open_scanner
from hardware.events import DeviceState, Scanned, State
from hardware.printers.document import Cut, Document, Row, Text
from hardware.printers.escpos import encode_document, encode_drawer
from hardware.supervisor import Supervisor
from tests.hardware.event_log import EventLog

SIZES = [(1440, 900), (1024, 768)]
AT_ONCE = "reduce"
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def page(bench: BenchServer, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en", reduced_motion=AT_ONCE)
    made = context.new_page()
    troubles: list[str] = []
    made.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    made.on("pageerror", lambda error: troubles.append(str(error)))
    made.on("request", lambda request: troubles.append(request.url) if not request.url.startswith(bench.url) else None)
    made.goto(bench.url)
    expect(made.locator(".b-good").first).to_be_visible()
    yield made
    context.close()
    strange = [text for text in troubles if not text.startswith(("data:", bench.url.replace("http", "ws")))]
    assert not strange


def send(bench: BenchServer, data: bytes) -> None:
    link = open_printer("test", bench.announcement()["devices"]["till-1"]["printer"]).connect()
    link.send(data)
    assert link.receive(10)
    link.close()


def test_a_click_on_goods_arrives_at_the_till_s_driver(bench: BenchServer, page: Page) -> None:
    log = EventLog()
    supervisor = Supervisor(log)
    supervisor.watch(open_scanner("front", bench.announcement()["devices"]["till-1"]["scanner"]))
    log.wait(DeviceState, state=State.ONLINE)
    goods = page.locator(".b-good").nth(3)
    code = str(goods.get_attribute("title")).rsplit(" ", 1)[1]
    goods.click()
    scan = log.wait(Scanned)
    assert (scan.text, scan.aim) == (code, "E0")
    expect(page.locator(".b-held-code")).to_have_text(code)
    expect(page.locator(".b-wire .b-text").first).to_contain_text(f"]E0{code}‹CR›‹LF›")
    page.get_by_role("tab", name="Cards").click()
    page.locator(".b-card").first.click()
    assert log.wait(Scanned).text.startswith("29")
    page.get_by_label("Any code").fill("HELLO-1")
    page.keyboard.press("Enter")
    assert log.wait(Scanned).text == "HELLO-1"
    supervisor.stop()


def test_the_shelf_is_searched_in_both_languages(page: Page) -> None:
    page.get_by_label("Search the shelf").fill("молоко")
    expect(page.locator(".b-good").first).to_contain_text("milk")
    page.get_by_label("Search the shelf").fill("no such thing at all")
    expect(page.get_by_text("Nothing by that name")).to_be_visible()


def test_paper_comes_out_as_drawn_from_the_bytes_and_the_drawer_opens(bench: BenchServer, page: Page) -> None:
    document = Document((Text("Чайная", bold=True, size=2), Row("Итого", "3,20 €"), Cut()), lang="ru")
    send(bench, encode_document(document))
    expect(page.locator(".b-sheet.done .b-line").nth(1)).to_contain_text("3,20 €")
    expect(page.locator(".b-sheet .high.wide.bold")).to_have_text("Чайная")
    send(bench, encode_drawer("{}"))
    drawer = page.get_by_label("Push the drawer shut")
    expect(drawer).to_be_enabled()
    drawer.click()
    expect(page.locator(".b-drawer .status")).to_contain_text("Closed")
    assert bench.counters["till-1"].printer.sensors.drawer_open is False
    page.get_by_role("button", name="Tear off").click()
    expect(page.locator(".b-sheet")).to_have_count(0)


def test_faults_are_buttons_and_another_terminal_has_its_own(bench: BenchServer, page: Page) -> None:
    page.get_by_role("group", name="Faults of the printer").get_by_role("button", name="Out of paper").click()
    expect(page.locator(".b-printer .status")).to_contain_text("Out of paper")
    page.get_by_role("tab", name="Kiosk 1").click()
    expect(page.locator(".b-printer .status")).to_contain_text("Ready")
    assert bench.counters["till-1"].printer.faults()["paper_out"]
    page.get_by_role("button", name="Cable out").click()
    page.locator(".b-good").first.click()
    expect(page.locator(".toast")).to_contain_text("The scanner's cable is out")


def test_the_plug_of_a_bench_alone_says_that_it_switches_nothing(page: Page) -> None:
    page.get_by_role("switch", name="Network").click()
    expect(page.locator(".toast")).to_contain_text("This bench was started alone")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("language", "word"), [("en", "Device bench"), ("ru", "Стенд устройств")])
def test_the_whole_counter_is_seen_without_scrolling(
    bench: BenchServer, browser: Browser, size: tuple[int, int], language: str, word: str
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
    page = context.new_page()
    page.goto(bench.url)
    expect(page.get_by_role("heading", name=word)).to_be_visible()
    expect(page.locator(".b-good").first).to_be_visible()
    overflow = page.evaluate(
        "[document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth]"
    )
    assert overflow == [0, 0]
    for name in (".b-scanner", ".b-drawer", ".b-printer", ".b-wire", ".b-shelf"):
        box = page.locator(name).bounding_box()
        assert box is not None and box["y"] + box["height"] <= size[1]
        inner = page.locator(name).evaluate("element => element.scrollWidth - element.clientWidth")
        assert inner <= 0
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_used_by_everybody(bench: BenchServer, browser: Browser, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(bench.url)
    page.locator(".b-good").first.click()
    page.get_by_role("group", name="Faults of the printer").get_by_role("button", name="Out of paper").click()
    expect(page.locator(".b-printer .status")).to_contain_text("Out of paper")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run()")
    assert not [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
    context.close()
