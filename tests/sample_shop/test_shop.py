"""What the invented shop promises to every room that is tested or shown with it."""

import re
from dataclasses import asdict

import pytest

from retail.barcode import CardCode, MeasuredCode, ProductCode, read
from retail.catalogue import check_packs, check_parts
from sample_shop import SampleShop, build, scan_text

PRODUCTS = 400
DEPARTMENTS = 12
SHOPPERS = 50
LARGE = 20_000
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


@pytest.fixture(scope="module")
def shop() -> SampleShop:
    return build()


def test_the_same_seed_gives_the_same_shop(shop: SampleShop) -> None:
    assert asdict(build()) == asdict(shop)


def test_another_seed_gives_another_shop(shop: SampleShop) -> None:
    other = build(seed=2)
    assert [product.names for product in other.products] != [product.names for product in shop.products]
    assert {product.gtin for product in other.products} != {product.gtin for product in shop.products}


def test_the_shop_has_the_size_that_was_asked_for(shop: SampleShop) -> None:
    assert len(shop.products) == PRODUCTS
    assert {product.department for product in shop.products} == {department.id for department in shop.departments}
    assert len(shop.departments) == DEPARTMENTS
    assert len(shop.stores) == 2
    assert len(shop.shoppers) == SHOPPERS
    assert {tax.rate for tax in shop.taxes} == {2000, 1000}


@pytest.mark.parametrize("products", [PRODUCTS, LARGE])
def test_no_two_products_share_a_name_an_id_or_a_code(products: int) -> None:
    goods = build(products=products).products
    assert len({product.id for product in goods}) == products
    assert len({product.names["en"] for product in goods}) == products
    assert len({product.names["ru"] for product in goods}) == products
    assert len({scan_text(product) for product in goods}) == products


def test_every_product_is_named_in_both_languages(shop: SampleShop) -> None:
    for product in shop.products:
        for names in (product.names, product.family_names, *product.attributes.values()):
            assert all(name == name.strip() and "  " not in name and "{" not in name for name in names.values())
        assert not CYRILLIC.search(product.names["en"])
        assert CYRILLIC.search(product.names["ru"])
    for thing in (*shop.stores, *shop.departments, *shop.taxes):
        assert CYRILLIC.search(thing.names["ru"])
        assert not CYRILLIC.search(thing.names["en"])


def test_every_code_is_read_back_as_the_product_it_stands_on(shop: SampleShop) -> None:
    for product in shop.products:
        text, aim = scan_text(product, 345 if product.weighed else None)
        meaning = read(text, aim)
        if product.weighed:
            assert meaning == MeasuredCode(product.plu, 345)
        else:
            assert meaning == ProductCode(product.gtin)


def test_codes_come_from_ranges_where_no_real_article_can_be_meant(shop: SampleShop) -> None:
    prefixes = {scan_text(product)[0][:3] for product in shop.products if product.department != "bakery"}
    assert prefixes <= {"952", "221"}
    bakery = {scan_text(product)[0][:2] for product in shop.products if product.department == "bakery"}
    assert bakery == {"20", "95"}


def test_a_scale_prints_no_label_for_more_than_it_can_hold(shop: SampleShop) -> None:
    weighed = next(product for product in shop.products if product.weighed)
    with pytest.raises(ValueError, match="label holds"):
        scan_text(weighed, 100_000)


def test_every_shopper_has_a_card_of_her_own(shop: SampleShop) -> None:
    for shopper in shop.shoppers:
        assert read(shopper.card, "]E0") == CardCode(shopper.card)
    for field in ("id", "card", "email", "phone"):
        assert len({getattr(shopper, field) for shopper in shop.shoppers}) == SHOPPERS
    assert {shopper.language for shopper in shop.shoppers} == {"en", "ru"}


def test_staff_and_terminals_belong_to_a_store(shop: SampleShop) -> None:
    stores = {store.id for store in shop.stores}
    assert {member.store for member in shop.staff} == stores
    assert {terminal.store for terminal in shop.terminals} == stores
    assert {member.role for member in shop.staff} == {"cashier", "manager"}
    assert len({member.pin for member in shop.staff}) == len(shop.staff)
    assert len({(terminal.store, terminal.code) for terminal in shop.terminals}) == len(shop.terminals)


def test_prices_end_as_shops_write_them(shop: SampleShop) -> None:
    for product in shop.products:
        assert product.price > 0
        assert product.price % 10 == 9 or product.price % 100 in (90, 95)


def test_every_store_counts_every_product_and_some_are_sold_out(shop: SampleShop) -> None:
    assert set(shop.stock) == {(store.id, product.id) for store in shop.stores for product in shop.products}
    assert 0 in shop.stock.values()
    pieces = {product.id for product in shop.products if not product.weighed}
    assert all(amount >= 0 for amount in shop.stock.values())
    assert all(amount % 1000 == 0 for (_, product), amount in shop.stock.items() if product in pieces)


def test_variants_of_a_family_differ_in_size_or_colour(shop: SampleShop) -> None:
    families: dict[str, list[tuple[str, str]]] = {}
    for product in shop.products:
        if product.family:
            kind = (product.attributes["colour"]["en"], product.attributes["size"]["en"])
            families.setdefault(product.family, []).append(kind)
    assert len(families) > DEPARTMENTS
    assert all(len(kinds) == len(set(kinds)) for kinds in families.values())


def test_progress_is_told_to_the_last_product() -> None:
    told: list[tuple[int, int]] = []
    build(products=2_500, progress=lambda done, total: told.append((done, total)))
    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]


@pytest.mark.parametrize("products", [0, -1, 1_000_000])
def test_a_shop_of_an_impossible_size_is_refused(products: int) -> None:
    with pytest.raises(ValueError, match="products"):
        build(products=products)


def test_there_is_one_of_each_kind_of_goods(shop: SampleShop) -> None:
    assert {product.unit for product in shop.products} == {"piece", "kg", "m", "l"}
    known = {product.id: product for product in shop.products}
    bundles = [product for product in shop.products if product.parts]
    cased = [product for product in shop.products if product.packs]
    assert bundles and cased
    for product in shop.products:
        check_packs(product)
        check_parts(product, known)
    for product in cased:
        (case,) = product.packs
        assert case[:4] == "1952" and read(case, "]I1") == ProductCode(case)
        assert product.id in shop.list_prices["six"], "a case costs less than its pieces"
