"""Who says what to a cart, for the laws that hold after any history."""

from dataclasses import asdict
from typing import Any

from hypothesis import strategies as st

from retail.cart import (
    LINE_QUANTITY_MAX,
    Abandon,
    Actor,
    Add,
    Attach,
    Cart,
    Operation,
    Release,
    Remove,
    SetQuantity,
    Settle,
    Take,
)

ACTORS = [Actor("till-1", "till"), Actor("till-2", "till"), Actor("kiosk-1", "kiosk"), Actor("phone-1", "online")]
ITEMS = st.sampled_from(["tea", "jam", "mug"])
LINE_IDS = st.sampled_from([f"l-{n}" for n in range(6)])
QUANTITIES = st.sampled_from([-2000, -1000, 0, 345, 1000, 2000, LINE_QUANTITY_MAX])
SEEN = st.integers(0, 4000)
OPERATIONS: st.SearchStrategy[Operation] = st.one_of(
    st.builds(Add, LINE_IDS, ITEMS, QUANTITIES, st.sampled_from(["carry_out", "collect"]), st.booleans()),
    st.builds(SetQuantity, LINE_IDS, SEEN, SEEN),
    st.builds(Remove, LINE_IDS, SEEN),
    st.builds(Take, LINE_IDS),
    st.just(Release()),
    st.just(Abandon()),
    st.builds(Attach, st.sampled_from(["ann", "bob"]), st.booleans()),
    st.builds(Settle, st.lists(LINE_IDS, max_size=3).map(tuple)),
)


def state(cart: Cart) -> dict[str, Any]:
    """The cart as a stream shows it."""
    return asdict(cart)
