"""The pictures are drawn by our own code, small, safe to put into any page, and there for everything that is sold."""

from xml.etree import ElementTree

import pytest

from sample_shop import SampleShop, build, picture
from sample_shop.drawings import kinds

SIZE_LIMIT_BYTES = 3000
NAMESPACE = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "g", "path", "rect", "circle", "ellipse"}


@pytest.fixture(scope="module")
def shop() -> SampleShop:
    return build()


def test_everything_that_is_sold_has_a_drawing_of_its_kind(shop: SampleShop) -> None:
    assert {product.picture.split("-")[0] for product in shop.products} <= set(kinds())


def test_pictures_are_small_and_hold_nothing_but_shapes(shop: SampleShop) -> None:
    for name in {product.picture for product in shop.products}:
        text = picture(name, shop)
        assert len(text.encode()) < SIZE_LIMIT_BYTES
        root = ElementTree.fromstring(text)
        assert root.get("viewBox") == "0 0 96 96"
        for element in root.iter():
            assert element.tag.removeprefix(NAMESPACE) in ALLOWED
            assert not {"style", "href", "id", "class", "onload"} & set(element.attrib)


def test_a_colour_of_clothes_is_the_colour_of_the_picture(shop: SampleShop) -> None:
    assert "#2f4473" in picture("tshirt-navy", shop)
    assert picture("tshirt-navy", shop) != picture("tshirt-red", shop)


def test_an_unknown_kind_is_drawn_as_a_plain_box(shop: SampleShop) -> None:
    assert picture("nothing-like-it", shop) == picture("box-205", shop)


def test_a_product_and_its_name_give_the_same_picture(shop: SampleShop) -> None:
    product = shop.products[0]
    assert picture(product, shop) == picture(product.picture, shop)
