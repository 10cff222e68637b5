"""A visit that ends without a sale: what was set aside for it is free again."""

from pos_terminal import allowed, held, till
from pos_terminal.turn import Turn


def give_up(turn: Turn) -> None:
    """The goods go back to the shelf. What was set aside is freed first: with the goods the visit is over."""
    free = [*held.wishes_for_nothing(turn.till), *allowed.given_back(turn.till)]
    turn.wishes += [(turn.till.cart.id, wish) for wish in free]
    turn.step(till.give_up(turn.till))
