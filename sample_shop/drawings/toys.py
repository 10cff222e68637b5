"""For the nursery."""

from sample_shop.drawings.ink import Ink, disc, line, oval, rect, shape


def bear(ink: Ink) -> str:
    return (
        disc(32, 24, 9, ink.dark)
        + disc(64, 24, 9, ink.dark)
        + disc(32, 24, 4.5, ink.pale)
        + disc(64, 24, 4.5, ink.pale)
        + oval(48, 66, 22, 19, ink.dark)
        + oval(48, 69, 13, 13, ink.pale)
        + oval(26, 62, 7, 11, ink.main, 25)
        + oval(70, 62, 7, 11, ink.main, -25)
        + oval(33, 81, 9, 6, ink.main)
        + oval(63, 81, 9, 6, ink.main)
        + disc(48, 35, 20, ink.main)
        + oval(48, 42, 9, 7, ink.pale)
        + disc(40, 32, 2.4, ink.black)
        + disc(56, 32, 2.4, ink.black)
        + oval(48, 39, 3.5, 2.5, ink.black)
        + line("M44 45c3 2 5 2 8 0", ink.black, 1.6)
    )


def bunny(ink: Ink) -> str:
    return (
        oval(39, 20, 6, 15, ink.main, -8)
        + oval(57, 20, 6, 15, ink.main, 8)
        + oval(39, 21, 3, 10, ink.pale, -8)
        + oval(57, 21, 3, 10, ink.pale, 8)
        + oval(48, 68, 20, 17, ink.dark)
        + oval(48, 70, 12, 12, ink.pale)
        + disc(48, 44, 17, ink.main)
        + oval(33, 82, 9, 5, ink.main)
        + oval(63, 82, 9, 5, ink.main)
        + disc(42, 42, 2.3, ink.black)
        + disc(54, 42, 2.3, ink.black)
        + oval(48, 48, 3, 2, ink.deep)
        + line("M48 50v3M44 55c2 1 6 1 8 0", ink.deep, 1.6)
    )


def blocks(ink: Ink) -> str:
    return (
        rect(14, 50, 33, 33, 4, ink.main)
        + rect(49, 50, 33, 33, 4, ink.accent)
        + rect(31, 16, 33, 33, 4, "#e3b448")
        + shape("M24 76l6.5-18 6.5 18h-4l-1-4h-3l-1 4z", ink.paper)
        + disc(65.5, 66.5, 9, ink.paper)
        + shape("M47.5 22l3 7 8 .6-6 5 2 8-7-4-7 4 2-8-6-5 8-.6z", ink.paper)
    )


def car(ink: Ink) -> str:
    return (
        shape("M28 44l8-14c1-2 3-3 5-3h20c2 0 4 1 5 3l8 14z", ink.main)
        + shape("M34 43l6-10h8v10zM52 33h8l7 10H52z", "#cfe3ee")
        + shape("M14 50c0-4 3-7 8-7h54c5 0 8 4 8 8v14c0 2-1 3-3 3H17c-2 0-3-1-3-3z", ink.main)
        + rect(14, 58, 70, 10, 3, ink.dark)
        + disc(30, 68, 10, ink.black)
        + disc(30, 68, 4.5, ink.soft_steel)
        + disc(68, 68, 10, ink.black)
        + disc(68, 68, 4.5, ink.soft_steel)
        + disc(80, 53, 3, "#f6d36a")
        + rect(42, 48, 12, 3, 1.5, ink.light)
    )


def ball(ink: Ink) -> str:
    return (
        disc(48, 52, 30, ink.main)
        + shape("M48 22c-14 16-14 44 0 60-10 0-18-5-23-12-7-14-2-38 23-48z", ink.paper)
        + shape("M48 22c16 14 16 46 0 60 17 0 30-13 30-30S65 22 48 22z", ink.dark)
        + shape("M66 28c8 14 6 36-8 52 12-4 20-15 20-28 0-10-5-19-12-24z", ink.accent)
        + disc(48, 23, 4, ink.paper)
        + oval(34, 40, 4, 8, "#ffffff77", 30)
    )


def puzzle(ink: Ink) -> str:
    return (
        shape("M16 20h30v8c-5-3-10 0-10 5s5 8 10 5v10H36c3-5 0-9-4-9s-7 4-4 9H16z", ink.main)
        + shape("M50 20h30v30H68c3 5 0 10-4 10s-7-5-4-10H50V38c-5 3-10 0-10-5s5-8 10-5z", ink.light)
        + shape("M16 52h12c-3-5 0-9 4-9s7 4 4 9h10v12c5-3 10 0 10 5s-5 8-10 5v8H16z", ink.accent)
        + shape("M50 54h10c-3 6 0 10 4 10s7-4 4-10h12v28H50v-8c5 3 10 0 10-5s-5-8-10-5z", ink.dark)
    )


def boardgame(ink: Ink) -> str:
    return (
        shape("M12 40l12-14h60L72 40z", ink.light)
        + shape("M72 40l12-14v42L72 82z", ink.deep)
        + rect(12, 40, 60, 42, 2, ink.main)
        + line("M20 72c10-20 20 4 28-12s8-10 16-10", ink.pale, 3)
        + disc(20, 72, 4, ink.paper)
        + disc(64, 50, 4, ink.accent)
        + rect(58, 62, 12, 12, 3, ink.paper)
        + disc(61.5, 65.5, 1.5, ink.black)
        + disc(66.5, 70.5, 1.5, ink.black)
    )


def boat(ink: Ink) -> str:
    return (
        line("M46 12v50", ink.wood, 4)
        + shape("M50 14c16 10 24 24 26 40H50z", ink.paper)
        + shape("M42 22c-10 8-18 20-20 32h20z", ink.pale)
        + shape("M12 60h72c-2 12-8 20-16 20H30c-10 0-16-8-18-20z", ink.main)
        + shape("M56 60h28c-2 12-8 20-16 20H50c4-6 6-12 6-20z", ink.dark)
        + line("M16 66h64", ink.pale, 2.5)
    )


def train(ink: Ink) -> str:
    return (
        rect(52, 24, 28, 42, 4, ink.main)
        + rect(49, 20, 34, 7, 3, ink.dark)
        + rect(58, 32, 16, 14, 2, "#cfe3ee")
        + rect(16, 42, 38, 24, 9, ink.light)
        + shape("M24 28h12l-2 15h-8z", ink.accent)
        + rect(21, 24, 18, 6, 3, ink.deep)
        + rect(42, 35, 7, 8, 3, "#e3b448")
        + rect(12, 62, 70, 7, 3, ink.deep)
        + "".join(disc(x, 72, r, ink.black) + disc(x, 72, r / 2.5, "#e3b448") for x, r in ((25, 9), (45, 9), (68, 11)))
    )


def duck(ink: Ink) -> str:
    return (
        shape(
            "M14 54c6 4 12 4 18 0 8-4 6-10 2-16-6-12 4-24 16-24"
            "s20 10 16 22c-2 6 0 10 6 14 8 5 12 8 12 14 0 12-14 18-32 18S16 74 14 54z",
            ink.main,
        )
        + shape("M72 50c8 5 12 8 12 14 0 12-14 18-32 18-8 0-14-1-20-4 24 2 40-10 40-28z", ink.dark)
        + oval(50, 60, 14, 9, ink.light, -12)
        + shape("M62 30c8-4 14-3 18 2-4 6-10 7-17 4z", "#e5803c")
        + disc(54, 27, 3, ink.black)
        + disc(55, 26, 1, ink.paper)
    )
