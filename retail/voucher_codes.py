"""Codes that are worth money to whoever knows them: coupons and gift cards (docs/coupons.md).

29 signs, of which no two are easily taken for one another, and at the end a check character. 29 is a prime and each
place has a weight of its own, so a single wrong sign and two signs that changed places are found whatever the rest is.
A code is made from a number that whoever makes it draws; nothing here is drawn.
"""

import unicodedata
from operator import mul

from retail.errors import N_, VoucherError

ALPHABET = "0123456789ACDEFGHJKMNPQRTVWXY"
"""Digits, and the letters but for B, I, L, O, S, U and Z, which are taken for 8, 1, 1, 0, 5, V and 2."""

VALUES = {sign: value for value, sign in enumerate(ALPHABET)}

TAKEN_FOR = {"B": "8", "I": "1", "L": "1", "O": "0", "S": "5", "U": "V", "Z": "2"}
CYRILLIC = dict(
    zip(
        "\u0410\u0412\u0415\u0401\u0417\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425",
        "A8EE3KMH0PCTYX",
        strict=True,
    )
)
"""Letters of a Russian keyboard that look like a sign of ours: whoever types what is printed may be in that layout."""

READ_AS = str.maketrans({**TAKEN_FOR, **CYRILLIC})
BETWEEN = str.maketrans("", "", " -\u2010\u2011\u2012\u2013\u2014\u2212._/\t")
"""What stands between the groups of a code, however it was typed."""

GROUP = 4
CODE_LENGTH_MAX = len(ALPHABET) - 1
"""Longer, and two places would have the same weight."""

TYPED_LENGTH_MAX = 64
SIGN_SHOWN_MAX = 4


def space(length: int) -> int:
    """How many codes of this length there are: a number below that is drawn makes one."""
    return int(len(ALPHABET) ** (length - 1))


def made(number: int, length: int) -> str:
    """The code of `length` signs for a number from 0 to `space(length)` - 1."""
    if not 2 <= length <= CODE_LENGTH_MAX or not 0 <= number < space(length):
        raise ValueError(f"no code of {length} signs for {number}")
    signs = []
    for _ in range(length - 1):
        number, value = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[value])
    body = "".join(reversed(signs))
    return body + check_character(body)


def check_character(body: str) -> str:
    """What follows `body`, so that the values of all signs times their places, counted from the end, are a multiple of
    29."""
    return ALPHABET[-_weighted(body, 2) % len(ALPHABET)]


def adds_up(code: str) -> bool:
    """Whether a code in its plain form carries the check character that belongs to it."""
    return _weighted(code, 1) % len(ALPHABET) == 0


def _weighted(signs: str, last_place: int) -> int:
    values = map(VALUES.__getitem__, reversed(signs))
    return sum(map(mul, values, range(last_place, last_place + len(signs))))


def plain(typed: str) -> str:
    """The signs of a code without what stands between them, in capitals, each look-alike as the sign that it is
    taken for. Signs that are in no code stay as they are."""
    spelled = unicodedata.normalize("NFKC", typed[:TYPED_LENGTH_MAX]).upper()
    return spelled.translate(BETWEEN).translate(READ_AS)


def read(typed: str, length: int) -> str:
    """A code of `length` signs however it was typed, in its plain form; `VoucherError` says what is wrong with it.

    What this refuses was mistyped or misread. It says nothing about which codes there are, so it counts as no guess.
    """
    code = plain(typed)
    strange = [sign for sign in code if sign not in VALUES]
    if strange:
        raise VoucherError(
            "voucher.sign",
            N_("No code has the sign {sign}. Look at the code again."),
            sign="".join(strange)[:SIGN_SHOWN_MAX],
        )
    if len(code) != length:
        raise VoucherError(
            "voucher.length",
            N_("A code has {length} letters and digits, and these are {found}. Look at the code again."),
            length=length,
            found=len(code),
        )
    if not adds_up(code):
        raise VoucherError(
            "voucher.check",
            N_("This code does not add up: a letter or digit is wrong, or two have changed places. Type it again."),
        )
    return code


def shown(code: str) -> str:
    """A plain code in groups, as it is printed and read aloud: `7KQ4-M0XD-9TR7`."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def hinted(code: str) -> str:
    """As much of a code as may stand where everybody reads it: its last group."""
    return f"…{code[-GROUP:]}"
