"""Which goods a condition counts or a benefit is given on."""

from dataclasses import dataclass

from retail.catalogue import Product

Names = frozenset[str]
NONE: Names = frozenset()


@dataclass(frozen=True, slots=True)
class Selector:
    """Goods named one by one, by department or by family; where none is named, all goods. `but` are never among them.

    All names are ids.
    """

    items: Names = NONE
    departments: Names = NONE
    families: Names = NONE
    but: Names = NONE

    @property
    def everything(self) -> bool:
        return not (self.items or self.departments or self.families)

    def matches(self, product: Product) -> bool:
        if product.id in self.but:
            return False
        if product.id in self.items or product.department in self.departments or product.family in self.families:
            return True
        return self.everything


EVERYTHING = Selector()
