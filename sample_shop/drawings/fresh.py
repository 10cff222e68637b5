"""Fruit, vegetables, bread, cake, cheese and eggs."""

from sample_shop.drawings.ink import Ink, disc, glow, line, oval, rect, shape


def apple(ink: Ink) -> str:
    return (
        shape("M48 34c-7-7-26-6-26 15 0 18 13 33 21 33 3 0 3-1 5-1s2 1 5 1c8 0 21-15 21-33 0-21-19-22-26-15z", ink.main)
        + shape("M66 32c6 3 8 9 8 17 0 18-13 33-21 33-3 0-3-1-5-1 18-4 24-30 18-49z", ink.dark)
        + line("M48 34c0-6 1-11 4-15", "#7a5534", 3)
        + shape("M52 26c2-9 11-11 17-9-2 8-9 12-17 9z", ink.leaf)
        + oval(33, 46, 4, 7, "#ffffff55", 24)
    )


def pear(ink: Ink) -> str:
    return (
        shape(
            "M48 24c7 0 9 7 10 14 2 9 14 14 14 27 0 11-10 18-24 18s-24-7-24-18c0-13 12-18 14-27 1-7 3-14 10-14z",
            ink.main,
        )
        + shape("M56 30c1 2 2 5 2 8 2 9 14 14 14 27 0 11-10 18-24 18 20-6 20-30 8-53z", ink.dark)
        + line("M48 25c0-5 1-8 3-11", "#7a5534", 3)
        + shape("M51 19c3-7 10-8 15-6-2 6-9 9-15 6z", ink.leaf)
        + oval(36, 60, 4, 8, "#ffffff55", 20)
    )


def banana(ink: Ink) -> str:
    return (
        shape("M22 26c-2 30 14 52 46 50 6 0 9-4 8-8-24-2-38-18-42-44-3-4-11-3-12 2z", ink.dark)
        + shape("M30 22c2 28 18 46 48 44 5 0 7-4 5-8-22 0-36-14-42-38-3-4-10-3-11 2z", ink.main)
        + line("M35 24c5 20 17 34 38 38", ink.light, 3)
        + rect(31, 13, 7, 10, 2.5, "#7a6a34")
    )


def citrus(ink: Ink) -> str:
    spokes = "".join(
        line(f"M60 60L{x} {y}", ink.pale, 2) for x, y in ((60, 45), (73, 52), (73, 68), (60, 75), (47, 68), (47, 52))
    )
    return (
        disc(42, 48, 25, ink.main)
        + oval(33, 38, 6, 8, "#ffffff55", 35)
        + shape("M42 24c2-8 10-11 17-9-1 8-9 12-17 9z", ink.leaf)
        + disc(60, 60, 21, ink.dark)
        + disc(60, 60, 18.5, ink.pale)
        + disc(60, 60, 16.5, ink.light)
        + spokes
    )


def grapes(ink: Ink) -> str:
    places = (
        (34, 40),
        (48, 38),
        (62, 40),
        (28, 52),
        (41, 52),
        (55, 52),
        (68, 52),
        (35, 63),
        (48, 64),
        (61, 63),
        (42, 74),
        (54, 74),
    )
    berries = "".join(
        disc(x, y, 8, ink.dark if number % 3 else ink.main) + disc(x - 2.5, y - 2.5, 2, ink.pale)
        for number, (x, y) in enumerate(places)
    )
    return (
        line("M48 36c0-8 1-14 5-19", "#7a5534", 3)
        + shape("M50 30c4-12 18-14 25-8-3 10-16 14-25 8z", ink.leaf)
        + berries
    )


def peach(ink: Ink) -> str:
    return (
        disc(48, 55, 27, ink.main)
        + shape("M54 29c18 4 26 24 16 40-5 8-13 12-22 13 20-8 18-36 6-53z", ink.dark)
        + line("M50 29c-8 14-8 32-2 46", ink.deep, 2)
        + shape("M49 28c2-10 12-14 21-10-3 10-12 14-21 10z", ink.leaf)
        + oval(33, 46, 4, 8, "#ffffff55", 25)
    )


def tomato(ink: Ink) -> str:
    return (
        oval(48, 56, 28, 25, ink.main)
        + shape("M66 37c16 12 12 40-18 44 18-8 24-28 18-44z", ink.dark)
        + shape("M48 36l-13-6 3 7-9 4 11 1 4 8 5-8 11 3-4-6 9-6-11 0-2-9z", ink.green)
        + line("M48 36c0-6 2-10 5-13", ink.green, 3)
        + oval(33, 55, 4, 8, "#ffffff55", 15)
    )


def carrot(ink: Ink) -> str:
    return (
        line("M60 32c2-8 6-12 12-14M62 34c6-5 12-6 18-4M58 31c-2-8 0-13 4-17", ink.leaf, 5)
        + shape("M67 41c5-8-6-19-14-14C38 36 26 58 20 78c-1 3 2 5 4 4 20-8 36-24 43-41z", ink.main)
        + shape("M67 41c2-3 2-7 0-10C58 52 42 70 23 82c22-7 38-23 44-41z", ink.dark)
        + line("M44 40l8 6M36 52l8 6M34 66l-5-4", ink.deep, 2)
    )


def potato(ink: Ink) -> str:
    return (
        oval(58, 60, 22, 17, ink.dark, -20)
        + oval(42, 52, 25, 19, ink.main, 18)
        + oval(36, 45, 9, 5, ink.light, 18)
        + "".join(oval(x, y, 2, 1.3, ink.deep) for x, y in ((40, 58), (52, 52), (30, 56), (66, 66), (72, 58)))
    )


def onion(ink: Ink) -> str:
    return (
        shape(
            "M48 18c1 12 4 14 14 19 11 5 14 12 14 20 0 14-12 24-28 24S20 71 20 57c0-8 3-15 14-20 10-5 13-7 14-19z",
            ink.main,
        )
        + shape("M50 28c2 4 5 6 12 9 11 5 14 12 14 20 0 14-12 24-28 24 22-10 20-36 2-53z", ink.dark)
        + line("M44 34c-12 9-16 26-8 42M50 34c6 12 6 30 0 46", ink.deep, 1.6)
        + line("M44 82l-2 5M48 82v6M52 82l2 5", ink.wood, 1.6)
    )


def cucumber(ink: Ink) -> str:
    return (
        oval(54, 44, 36, 11, ink.dark, -38)
        + oval(50, 46, 34, 9, ink.main, -38)
        + line("M30 62L64 34M34 66L70 38", ink.light, 1.6)
        + oval(38, 70, 14, 13, ink.dark)
        + oval(38, 70, 11.5, 10.5, "#dcedb8")
        + "".join(oval(x, y, 1.5, 2.6, "#aecb7e") for x, y in ((38, 64), (33, 68), (43, 68), (35, 75), (41, 75)))
    )


def pepper(ink: Ink) -> str:
    return (
        shape(
            "M48 34c-6-6-26-6-26 14 0 18 8 34 16 34 4 0 6-3 10-3s6 3 10 3c8 0 16-16 16-34 0-20-20-20-26-14z", ink.main
        )
        + shape("M60 30c10 0 14 8 14 18 0 18-8 34-16 34-4 0-6-3-10-3 12-4 18-28 12-49z", ink.dark)
        + line("M48 36c-4 12-4 28 0 42", ink.deep, 2)
        + shape("M36 34c4-5 20-5 24 0-4 5-8 2-12 6-4-4-8-1-12-6z", ink.green)
        + line("M48 32c0-7 2-12 8-15", ink.green, 5)
        + glow(29, 42, 6, 18)
    )


def cabbage(ink: Ink) -> str:
    return (
        disc(48, 54, 29, ink.dark)
        + shape("M20 50c6-22 40-30 54-6-2 20-20 38-44 36-8-6-13-18-10-30z", ink.main)
        + shape("M30 44c10-14 28-14 38 0-4 14-22 26-36 22-4-6-4-16-2-22z", ink.light)
        + line("M34 78c4-20 14-32 34-38M40 62l-8-10M50 50l-4-9M38 70l14-2M46 57l14 0", ink.pale, 2)
    )


def berries(ink: Ink) -> str:
    places = ((30, 46), (42, 42), (54, 42), (66, 46), (36, 54), (48, 53), (60, 54))
    fruit = "".join(disc(x, y, 8, ink.main) + disc(x - 2, y - 3, 2.2, ink.light) for x, y in places)
    return (
        shape("M34 36c2-8 10-10 16-8-1 7-9 11-16 8z", ink.leaf)
        + fruit
        + shape("M18 54h60l-6 26c-.5 2-2 3-4 3H28c-2 0-3.5-1-4-3z", "#e9d8b4")
        + line("M18 54h60", "#cdb584", 4)
        + line("M32 62l2 14M48 62v14M64 62l-2 14", "#cdb584", 2)
    )


def leaf(ink: Ink) -> str:
    tops = "".join(
        oval(x, y, 12, 7, fill, turn)
        for x, y, turn, fill in (
            (34, 38, 40, ink.dark),
            (62, 38, -40, ink.dark),
            (48, 28, 90, ink.main),
            (30, 50, 10, ink.main),
            (66, 50, -10, ink.main),
            (48, 44, 90, ink.light),
        )
    )
    return (
        line("M48 64V34M48 60L32 46M48 60l16-14", ink.deep, 2.5)
        + tops
        + shape("M28 60h40l-5 20c-.5 2-2 3-4 3H37c-2 0-3.5-1-4-3z", "#c9785a")
        + rect(25, 57, 46, 8, 3, "#d98e70")
    )


def mushroom(ink: Ink) -> str:
    return (
        shape("M40 50h16c-1 10 2 18 4 26 1 4-4 6-12 6s-13-2-12-6c2-8 5-16 4-26z", ink.cream)
        + shape("M18 50c0-18 14-30 30-30s30 12 30 30c0 5-14 6-30 6s-30-1-30-6z", ink.light)
        + shape("M56 21c13 4 22 15 22 29 0 5-14 6-30 6 14-6 16-22 8-35z", ink.main)
        + oval(36, 36, 7, 5, "#ffffff66", -25)
    )


def loaf(ink: Ink) -> str:
    return (
        shape("M16 56c0-18 14-26 32-26s32 8 32 26c0 12-4 22-10 22H26c-6 0-10-10-10-22z", ink.main)
        + shape("M66 33c9 4 14 12 14 23 0 12-4 22-10 22H50c18-8 22-30 16-45z", ink.dark)
        + line("M30 46c4-4 8-6 12-6M44 48c4-4 8-6 12-6M58 51c3-4 6-5 9-5", ink.pale, 4)
    )


def baguette(ink: Ink) -> str:
    return (
        '<g transform="rotate(-38 48 50)">'
        + rect(8, 39, 80, 22, 11, ink.main)
        + shape("M10 54c18 5 60 5 76 0-2 4-6 7-9 7H19c-3 0-7-3-9-7z", ink.dark)
        + line("M24 50l7-7M38 51l7-8M52 51l7-8M66 50l7-7", ink.pale, 4)
        + "</g>"
    )


def croissant(ink: Ink) -> str:
    return (
        shape("M14 66c0-20 14-36 34-36s34 16 34 36c0 6-6 8-9 3-6-9-14-15-25-15s-19 6-25 15c-3 5-9 3-9-3z", ink.main)
        + shape("M48 30c20 0 34 16 34 36 0 6-6 8-9 3-6-9-14-15-25-15 16-2 14-18 0-24z", ink.dark)
        + line("M30 38c3 6 5 11 5 18M48 31c1 7 1 14 0 22M66 38c-3 6-5 11-5 18", ink.deep, 2)
        + oval(36, 40, 6, 3, "#ffffff55", -35)
    )


def bun(ink: Ink) -> str:
    return (
        shape("M18 60c0-18 13-29 30-29s30 11 30 29c0 12-12 18-30 18s-30-6-30-18z", ink.main)
        + shape("M18 62c8 8 52 8 60 0-1 11-13 16-30 16s-29-5-30-16z", ink.dark)
        + line("M34 52c0-9 8-13 14-13s14 4 14 11-6 10-12 10-9-4-8-8 6-5 9-3", ink.deep, 3)
    )


def cake(ink: Ink) -> str:
    return (
        oval(48, 78, 34, 5, ink.soft_steel)
        + shape("M20 50h56v24c0 3-12 5-28 5s-28-2-28-5z", ink.cream)
        + rect(20, 60, 56, 6, 0, ink.main)
        + shape(
            "M20 50c0-6 12-10 28-10s28 4 28 10c0 5-3 9-6 9s-4-4-7-4-4 8-8 8-4-7-7-7-4 5-7 5-4-6-8-6-4 4-7 4-8-4-8-9z",
            ink.light,
        )
        + disc(48, 36, 7, "#c8404a")
        + line("M48 30c0-5 3-8 7-9", ink.green, 2)
        + disc(32, 42, 3, ink.paper)
        + disc(64, 42, 3, ink.paper)
    )


def pie(ink: Ink) -> str:
    return (
        shape("M14 56h68l-7 20c-1 3-3 4-6 4H27c-3 0-5-1-6-4z", ink.steel)
        + oval(48, 56, 36, 14, "#d9a866")
        + oval(48, 54, 29, 10, ink.main)
        + line("M24 50l36 14M32 46l38 14M44 44l30 10M72 50L36 64M64 46L26 60M52 44L22 54", "#e8c28a", 4)
    )


def cheese(ink: Ink) -> str:
    return (
        shape("M12 54L66 24c10 4 18 16 18 30z", ink.light)
        + shape("M12 54h72v22c0 2-1 3-3 3H15c-2 0-3-1-3-3z", ink.main)
        + shape("M66 54h18v22c0 2-1 3-3 3H60c4-8 6-16 6-25z", ink.dark)
        + disc(28, 65, 5, ink.dark)
        + disc(46, 71, 4, ink.dark)
        + disc(52, 60, 3, ink.dark)
        + oval(58, 43, 6, 4, ink.main)
    )


def eggs(ink: Ink) -> str:
    shells = "".join(
        oval(x, 50, 9, 13, fill) + oval(x - 3, 46, 2, 4, "#ffffff88")
        for x, fill in ((28, "#f0dcc0"), (48, "#e6c7a2"), (68, "#f5e8d6"))
    )
    return (
        shells
        + shape(
            "M14 54c6 0 6 6 14 6s6-6 10-6 4 6 10 6 6-6 10-6 2 6 10 6 8-6 14-6l-4 22c-.5 2-2 3-4 3H22c-2 0-3.5-1-4-3z",
            ink.main,
        )
        + line("M20 70h56", ink.dark, 2)
    )
