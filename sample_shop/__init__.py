"""An invented shop for the demonstration and the tests: stores, goods in two languages, staff, shoppers, pictures."""

from sample_shop.codes import scan_text
from sample_shop.drawings import picture
from sample_shop.people import Shopper, StaffMember
from sample_shop.shop import SampleShop, TerminalSeed, build

__all__ = ["SampleShop", "Shopper", "StaffMember", "TerminalSeed", "build", "picture", "scan_text"]
