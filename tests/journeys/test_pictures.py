"""The pictures of the README, taken from a shop in which somebody is shopping.

They go into a folder of the test; `OMNITILL_PICTURES=1` puts them into docs/pictures.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from people import BenchPage, Cashier, Shopper
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from running_shop import (
    CASHIER,
    KIOSK,
    MANAGER,
    RUSSIAN_CASHIER,
    SAMPLE,
    STORE,
    TILL,
    RunningShop,
    code,
    last_number,
    product,
)
from watched_pages import PHONE, Watch

import sample_shop
from omnitill.visitors import TillPage

COMMITTED = Path(__file__).parents[2] / "docs" / "pictures"
PICTURE_BYTES_MAX = 300_000
BASKET = [
    "Wholegrain loaf 750 g",
    "Goat milk 500 ml",
    "Hollowbrook glass mug 250 ml",
]
TWICE = "Goat milk 500 ml"
WEIGHED, WEIGHT = "Red apples", 645
CHOSEN = ["Zelenka tea towel", "Basil in a pot"]
AT_KIOSK = [
    "Cabbage pie 600 g",
    "Sunnamere blackcurrant cordial 700 ml",
    "Board game “Night Train”",
    "Harbour puzzle 120 pcs",
]
DRAWER_OPEN = {"en": "Drawer open", "ru": "Ящик открыт"}
EARLIER = [["Carrot cake 1 kg"], ["Sleepy bear 50 cm", "Basil in a pot"], ["Long-grain rice 2 kg", "Elbow pasta 400 g"]]


@dataclass(frozen=True)
class Scene:
    """Who is seen in one language."""

    language: str
    cashier: Any
    shopper: int
    at_kiosk: int

    @property
    def ending(self) -> str:
        return "" if self.language == "en" else f"-{self.language}"


SCENES = [Scene("en", CASHIER, 0, 1), Scene("ru", RUSSIAN_CASHIER, 2, 5)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return COMMITTED if os.environ.get("OMNITILL_PICTURES") == "1" else tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def busy_shop(shop: RunningShop) -> Iterator[RunningShop]:
    """The shop after its first sales of the day."""
    with TillPage(shop.addresses["till"]) as till:
        till.sees("its catalogue", lambda view: view["phase"] == "signed_out", 60)
        till.do("sign_in", number=CASHIER.number, pin=CASHIER.pin)
        for goods in EARLIER:
            for name in goods:
                till.do("add", item=product(name).id)
            till.do("pay_begin")
            till.do("tender", kind="cash", amount=sum(product(name).price for name in goods))
            till.do("next")
        till.sees("everything sent", lambda view: view["link"]["unsent"] == 0)
    shop.tear(TILL)
    yield shop


@pytest.mark.long
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.language)
def test_the_five_screens_in_a_busy_hour(
    busy_shop: RunningShop, scene: Scene, browser: Browser, other_browser: Browser, watch: Watch, folder: Path
) -> None:
    shop, studio = busy_shop, Studio(folder, scene)
    shop.clear_till()
    shop.shuts_drawer(TILL)
    with TillPage(shop.addresses["kiosk"], "kiosk") as machine:
        machine.do("start_over")
        machine.do("language", language=scene.language)
    with TillPage(shop.addresses["till"]) as machine:
        machine.do("language", language=scene.language)
    calm: dict[str, Any] = {"locale": scene.language, "reduced_motion": "reduce", "timezone_id": STORE.zone}

    kiosk = watch.open(browser, shop.addresses["kiosk"], viewport={"width": 1080, "height": 1920}, **calm)
    fill_the_kiosk(shop, kiosk, scene)
    studio.shoot(kiosk, "kiosk", 1080, 1920)

    cashier = Cashier(watch.open(browser, shop.addresses["till"], **calm))
    cashier.signs_in(scene.cashier)
    phone = Shopper(watch.open(other_browser, shop.addresses["shop"], **(PHONE | calm)), scene.shopper)
    phone.signs_in()
    bench = BenchPage(watch.open(browser, shop.addresses["bench"], viewport={"width": 1440, "height": 900}, **calm))
    fill_the_cart(shop, cashier, phone, bench, scene)
    expect(cashier.page.locator(".signs")).not_to_contain_text(DRAWER_OPEN[scene.language])
    studio.shoot(cashier.page, "till", 1280, 800)
    studio.shoot(phone.page, "phone", 780, 1688)

    cashier.pays_cash("50")
    expect(cashier.page.locator(".sale-done")).to_be_visible()
    number = last_number(shop)
    expect(bench.receipts.filter(has_text=number)).to_be_visible()
    bench.looks_at_everything()
    expect(bench.drawer).to_have_attribute("data-open", "")
    studio.shoot(bench.page, "bench", 1440, 900)

    manager = watch.open(other_browser, shop.addresses["dashboard"], **calm)
    manager.locator("form input").first.fill(MANAGER.number)
    manager.locator("form input[type=password]").fill(MANAGER.pin)
    manager.keyboard.press("Enter")
    expect(manager.locator("table").get_by_text(number).first).to_be_visible()
    studio.shoot(manager, "dashboard", 1280, 800)


def fill_the_kiosk(shop: RunningShop, kiosk: Page, scene: Scene) -> None:
    for name in AT_KIOSK:
        shop.bench.scan(KIOSK, code(name))
        expect(kiosk.locator(".mine")).to_contain_text(product(name).names[scene.language])
    shop.bench.scan(KIOSK, SAMPLE.shoppers[scene.at_kiosk].card)
    expect(kiosk.locator(".hello")).to_contain_text(named(SAMPLE.shoppers[scene.at_kiosk], scene.language))


def fill_the_cart(shop: RunningShop, cashier: Cashier, phone: Shopper, bench: BenchPage, scene: Scene) -> None:
    shop.bench.scan(TILL, SAMPLE.shoppers[scene.shopper].card)
    for name in [*BASKET, TWICE]:
        shop.bench.scan(TILL, code(name))
    shop.bench.scan(TILL, sample_shop.scan_text(product(WEIGHED), WEIGHT)[0])
    expect(cashier.in_hand).to_have_count(len(BASKET) + 1)
    for name in CHOSEN:
        phone.finds(product(name).names[scene.language])
        phone.page.locator("article.product [data-add]").click()
        expect(cashier.from_app.filter(has_text=product(name).names[scene.language])).to_be_visible()
    phone.goes("/cart")
    expect(phone.page.locator(".line")).to_have_count(len(BASKET) + 1 + len(CHOSEN))
    bench.holds(product("Butter croissant").names[scene.language])
    expect(cashier.in_hand).to_have_count(len(BASKET) + 2)
    expect(phone.page.locator(".line")).to_have_count(len(BASKET) + 2 + len(CHOSEN))
    for page in (cashier.page, phone.page):
        expect(page.locator(".stopwatch[data-ms]")).to_be_visible()


def named(shopper: Any, language: str) -> str:
    return str(shopper.name[language])


class Studio:
    """Takes pictures and keeps them small."""

    def __init__(self, folder: Path, scene: Scene) -> None:
        self.folder, self.scene = folder, scene
        folder.mkdir(parents=True, exist_ok=True)

    def shoot(self, page: Page, name: str, width: int, height: int) -> None:
        """Once letters and drawings are there; the picture must have this size in pixels."""
        expect(page.locator("html")).to_have_attribute("lang", self.scene.language)
        page.evaluate(
            """async () => {
              await document.fonts.ready;
              const seen = [...document.images].filter((one) => one.checkVisibility());
              await Promise.all(seen.map((one) => one.decode().catch(() => {})));
            }"""
        )
        file = self.folder / f"{name}{self.scene.ending}.png"
        page.screenshot(path=file, animations="disabled")
        with Image.open(file) as taken:
            assert taken.size == (width, height)
            # Nothing is lost: a palette would tint the neutral ground.
            taken.convert("RGB").save(file, optimize=True)
        assert file.stat().st_size < PICTURE_BYTES_MAX
