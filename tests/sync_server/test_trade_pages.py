"""The pages on which a manager makes promotions, coupons, programmes and cards: in a browser, before a real hub."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hub_process import HubProcess
from manager_page import SERIOUS
from playwright.sync_api import Page, expect
from talking_device import FIRST, SECOND

PAGES = ("promotions", "promotions/household-20", "coupons", "loyalty", "customers", "cards", "liability", "files")
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"


def at(page: Page, place: str) -> Page:
    page.goto(f"{page.url.partition('#')[0]}#{place}")
    return page


@pytest.mark.parametrize(
    ("size", "locale", "theme"), [("phone", "ru", "dark"), ("desk", "en", "light")], ids=["phone-ru", "desk-en"]
)
def test_every_page_can_be_read_by_everybody_and_is_never_pushed_sideways(
    sqlite_hub: HubProcess, manager: Callable[..., Page], libraries: Path, size: str, locale: str, theme: str
) -> None:
    page = manager(sqlite_hub, size, locale, theme)
    page.evaluate((libraries / "axe-core" / "axe.min.js").read_text() + "; void 0")
    for place in PAGES:
        at(page, place)
        expect(page.locator(".loading")).to_have_count(0)
        expect(page.locator("h2").first).to_be_visible()
        assert not page.evaluate(SIDEWAYS), place
        assert page.evaluate(SERIOUS) == [], place
        # The tab of the page that is open is one that can be seen, also where there are more than fit.
        assert page.locator(".tab[aria-selected=true]").first.evaluate(
            "(tab) => { const box = tab.getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth; }"
        ), place


def test_of_two_managers_at_one_promotion_the_second_sees_both_and_puts_hers_on_top(
    lone_hub: HubProcess, manager: Callable[..., Page]
) -> None:
    first, second = (at(manager(lone_hub), "promotions/household-20") for _ in range(2))
    first.get_by_label("Percent", exact=True).fill("25")
    second.get_by_label("Percent", exact=True).fill("30")
    second.get_by_label("In English").fill("Household week")
    first.get_by_label("Ends").fill("2099-01-31T18:00")
    first.get_by_role("button", name="Save", exact=True).click()
    expect(first.get_by_text("Saved as the next version.")).to_be_visible()
    second.get_by_role("button", name="Save", exact=True).click()
    both = second.get_by_role("dialog", name="Somebody else was first")
    row = both.get_by_role("row", name="What it gives")
    expect(row).to_contain_text("at 20% off")
    expect(row).to_contain_text("at 25% off")
    expect(row).to_contain_text("at 30% off")
    expect(row).to_contain_text("both")
    both.get_by_role("button", name="Put mine on top of theirs").click()
    expect(second.get_by_label("Ends")).to_have_value("2099-01-31T18:00")
    second.get_by_role("button", name="Save", exact=True).click()
    second.get_by_role("tab", name="Who changed what").click()
    newest = second.locator(".versions > li").first
    expect(newest).to_contain_text("Version 3")
    expect(newest).to_contain_text("Household week")
    expect(newest).not_to_contain_text("Ends")


def test_a_promotion_is_tried_on_a_cart_as_its_fields_are_filled_in_and_then_its_coupons_are_made(
    lone_hub: HubProcess, manager: Callable[..., Page]
) -> None:
    page = at(manager(lone_hub), "promotions/new")
    page.get_by_label("In English").fill("Autumn")
    page.get_by_role("switch", name="Only with a coupon").click()
    page.get_by_label("Put a product into the cart").fill("a")
    page.locator(".found-one").first.click()
    expect(page.locator(".promotion-beside")).to_contain_text("It gives")
    before = page.locator(".sums strong, .sums .strong").last.inner_text()
    page.get_by_label("Percent", exact=True).fill("50")
    expect(page.locator(".sums .strong").last).not_to_have_text(before)
    page.get_by_text("When, where and who").click()
    page.get_by_role("switch", name="The shopper has the coupon").click()
    expect(page.locator(".promotion-beside")).to_contain_text("Something is missing.")
    page.get_by_role("button", name="Save and switch on").click()
    expect(page.get_by_text("Saved. It gives from its beginning on.")).to_be_visible()

    at(page, "coupons")
    page.get_by_role("button", name="New batch").click()
    page.get_by_label("What you call it").fill("Leaflets")
    page.get_by_label("How many codes").fill("2000")
    page.get_by_role("button", name="Make the codes").click()
    expect(page.get_by_text("To print and seal")).to_be_visible()
    page.get_by_role("row").filter(has_text="Leaflets").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as CSV").click()
    assert len(Path(saved.value.path()).read_text().splitlines()) == 2001
    page.get_by_role("button", name="Seal").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Seal").click()
    expect(page.get_by_role("dialog").get_by_text("nobody can see them again")).to_be_visible()


def test_a_customer_gets_a_new_card_and_is_made_one_with_another_and_two_again(
    lone_hub: HubProcess, manager: Callable[..., Page]
) -> None:
    page = at(manager(lone_hub), "customers")
    page.get_by_label("Card, phone, mail or name").fill(FIRST.card)
    page.get_by_role("row").filter(has_text=FIRST.email).click()
    drawer = page.get_by_role("dialog", name=FIRST.name["en"])
    drawer.get_by_role("button", name="Lost: block it").click()
    expect(drawer.get_by_text("Blocked", exact=True)).to_be_visible()
    drawer.get_by_label("Number of a new card").fill("2999000000017")
    drawer.get_by_role("button", name="Give this card").click()
    expect(drawer.get_by_text("2999000000017")).to_be_visible()
    drawer.get_by_role("button", name="Make one with another customer").click()
    choose = page.get_by_role("dialog", name="one person?")
    choose.get_by_label("Card, phone, mail or name").fill(SECOND.email)
    choose.get_by_role("row").filter(has_text=SECOND.email).click()
    expect(choose.get_by_role("row", name="Together")).to_contain_text(f"{FIRST.points + SECOND.points:,}")
    choose.get_by_role("button", name="Make them one").click()
    expect(drawer.locator(".explained-value")).to_have_text(f"{FIRST.points + SECOND.points:,} points")
    drawer.get_by_role("button", name="Make them two again").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Make them two").click()
    expect(drawer.locator(".explained-value")).to_have_text(f"{FIRST.points:,} points")


def test_a_file_is_checked_row_by_row_and_brought_in_also_where_the_page_was_loaded_anew(
    lone_hub: HubProcess, manager: Callable[..., Page], tmp_path: Path
) -> None:
    page = at(manager(lone_hub), "files")
    page.get_by_label("What to take out").select_option("prices")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as CSV").click()
    head, first, *rest = Path(saved.value.path()).read_text().splitlines()
    item = first.partition(",")[0]
    file = tmp_path / "prices.csv"
    file.write_text("\n".join([head, f"{item},4321", "nobody,1", *rest]))
    page.get_by_label("File (CSV or JSON Lines)").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("1 bad row")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="nobody")).to_contain_text("3")
    expect(page.get_by_role("button", name="Bring it in")).to_be_disabled()
    page.reload()
    page.get_by_role("switch", name="Bring the good rows in").click()
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_text("1 row was changed.")).to_be_visible()
    expect(page.get_by_role("table", name="Files of the last 30 days").get_by_role("row").nth(1)).to_contain_text(
        "Brought in"
    )
