"""What stands on the shelves in packets, bottles, jars and tubes."""

from sample_shop.drawings.ink import Ink, disc, glow, line, oval, rect, shape


def _label(ink: Ink, x: float, y: float, width: float, height: float) -> str:
    """A paper label with a mark and two lines of writing that nobody can read."""
    middle = x + width / 2
    return (
        rect(x, y, width, height, 2.5, ink.paper)
        + disc(middle, y + height * 0.36, min(width, height) * 0.2, ink.accent)
        + line(f"M{x + width * 0.24} {y + height * 0.7}h{width * 0.52}", ink.main, 2)
        + line(f"M{x + width * 0.34} {y + height * 0.86}h{width * 0.32}", ink.light, 2)
    )


def carton(ink: Ink) -> str:
    return (
        shape("M28 34l6-14h28l6 14v46c0 2-1 3-3 3H31c-2 0-3-1-3-3z", ink.main)
        + shape("M58 34l4-14 6 14v46c0 2-1 3-3 3H58z", ink.dark)
        + shape("M28 34l6-14h28l-4 14z", ink.light)
        + rect(33, 14, 30, 7, 2, ink.pale)
        + _label(ink, 32, 42, 22, 30)
    )


def bottle(ink: Ink) -> str:
    return (
        rect(40, 12, 16, 9, 2.5, ink.accent)
        + shape("M42 20h12v8c0 6 10 8 10 19v32c0 3-2 5-5 5H37c-3 0-5-2-5-5V47c0-11 10-13 10-19z", ink.main)
        + shape("M54 24v4c0 6 10 8 10 19v32c0 3-2 5-5 5h-7c6-20 4-42 2-60z", ink.dark)
        + _label(ink, 34, 50, 28, 24)
        + glow(36, 36, 4, 12)
    )


def can(ink: Ink) -> str:
    return (
        rect(30, 20, 36, 63, 7, ink.main)
        + rect(54, 20, 12, 63, 6, ink.dark)
        + oval(48, 22, 18, 5, ink.steel)
        + oval(48, 22, 13, 3, ink.soft_steel)
        + shape("M30 40c12 8 24-4 36 4v22c-12-8-24 4-36-4z", ink.pale)
        + disc(47, 53, 6, ink.accent)
        + rect(33, 78, 30, 4, 2, ink.steel)
        + glow(34, 28, 4, 10)
    )


def jar(ink: Ink) -> str:
    return (
        rect(26, 30, 44, 53, 10, ink.main)
        + shape("M58 30h2c6 0 10 4 10 10v33c0 6-4 10-10 10h-6c8-14 8-38 4-53z", ink.dark)
        + rect(28, 17, 40, 13, 4, ink.accent)
        + line("M34 20v7M41 20v7M48 20v7M55 20v7M62 20v7", ink.deep, 1.2)
        + _label(ink, 30, 44, 36, 26)
        + glow(30, 35, 12, 4)
    )


def tin(ink: Ink) -> str:
    return (
        rect(24, 24, 48, 58, 6, ink.steel)
        + rect(24, 34, 48, 40, 0, ink.main)
        + rect(60, 34, 12, 40, 0, ink.dark)
        + oval(48, 25, 24, 6, ink.soft_steel)
        + oval(48, 25, 18, 4, ink.steel)
        + _label(ink, 32, 38, 26, 32)
        + line("M24 78h48", ink.soft_steel, 2)
    )


def fishtin(ink: Ink) -> str:
    return (
        rect(14, 42, 68, 36, 12, ink.steel)
        + rect(14, 36, 68, 36, 12, ink.main)
        + rect(19, 40, 58, 27, 9, ink.light)
        + shape("M28 54c8-9 22-9 32 0l9-6v12l-9-6c-10 9-24 9-32 0z", ink.paper)
        + disc(36, 52, 1.8, ink.deep)
        + line("M44 48c3 4 3 8 0 12", ink.main, 1.6)
        + oval(66, 36, 7, 4, ink.soft_steel)
    )


def bag(ink: Ink) -> str:
    return (
        shape("M26 22h44l-2 8c4 14 4 36 2 50 0 2-1 3-3 3H29c-2 0-3-1-3-3-2-14-2-36 2-50z", ink.main)
        + shape("M60 30h8c4 14 4 36 2 50 0 2-1 3-3 3h-9c4-16 4-36 2-53z", ink.dark)
        + rect(25, 15, 46, 10, 2, ink.light)
        + line("M31 18v4M37 18v4M43 18v4M49 18v4M55 18v4M61 18v4", ink.main, 1.4)
        + _label(ink, 33, 38, 26, 32)
    )


def box(ink: Ink) -> str:
    return (
        shape("M22 28l10-10h46l-10 10z", ink.light)
        + shape("M68 28l10-10v52L68 82z", ink.deep)
        + rect(22, 28, 46, 55, 2, ink.main)
        + shape("M22 62c16-10 30 6 46-4v22c0 2-1 3-2 3H24c-1 0-2-1-2-3z", ink.dark)
        + _label(ink, 29, 36, 32, 24)
    )


def cup(ink: Ink) -> str:
    return (
        shape("M26 34h44l-6 45c-.4 3-2 4-5 4H37c-3 0-4.6-1-5-4z", ink.main)
        + shape("M60 34h10l-6 45c-.4 3-2 4-5 4h-7c6-14 8-32 8-49z", ink.dark)
        + oval(48, 33, 25, 6, ink.soft_steel)
        + oval(48, 31.5, 25, 5.5, ink.paper)
        + shape("M71 30c6-2 9 0 11 3-4 3-8 2-12 0z", ink.soft_steel)
        + _label(ink, 35, 44, 25, 28)
    )


def block(ink: Ink) -> str:
    return (
        shape("M12 50l14-14h60L72 50z", ink.pale)
        + shape("M72 50l14-14v24L72 76z", ink.dark)
        + rect(12, 50, 60, 27, 2, ink.light)
        + shape("M34 50l14-14h18L52 50v27H34z", ink.main)
        + disc(43, 63, 5.5, ink.paper)
    )


def chocolate(ink: Ink) -> str:
    squares = "".join(rect(33 + 11 * (n % 3), 15 + 10 * (n // 3), 9, 8, 1.5, "#8a5a3c") for n in range(6))
    return (
        rect(30, 12, 36, 34, 3, "#6b432b")
        + squares
        + shape("M28 38l5 4 5-4 5 4 5-4 5 4 5-4 5 4 5-4v43c0 2-1 3-3 3H31c-2 0-3-1-3-3z", ink.main)
        + shape("M62 40l6-2v43c0 2-1 3-3 3h-7c4-14 5-30 4-44z", ink.dark)
        + _label(ink, 33, 50, 24, 26)
    )


def spice(ink: Ink) -> str:
    return (
        rect(34, 14, 28, 16, 4, ink.black)
        + line("M40 14v-1M48 19v0M44 22v0M52 22v0M48 25v0", ink.steel, 2.4)
        + rect(32, 29, 32, 54, 6, ink.soft_steel)
        + rect(35, 42, 26, 38, 4, ink.main)
        + rect(52, 42, 9, 38, 4, ink.dark)
        + _label(ink, 35, 50, 26, 22)
    )


def detergent(ink: Ink) -> str:
    return (
        rect(50, 12, 16, 12, 3, ink.accent)
        + shape("M32 24h32c8 0 10 8 10 16v38c0 3-2 5-5 5H27c-3 0-5-2-5-5V46c0-12 2-22 10-22z", ink.main)
        + shape("M64 24c8 0 10 8 10 16v38c0 3-2 5-5 5h-9c6-18 8-40 4-59z", ink.dark)
        + shape("M30 32h9c2 0 3 1 3 3v11c0 2-1 3-3 3H28z", ink.tile)
        + _label(ink, 30, 54, 32, 24)
    )


def spray(ink: Ink) -> str:
    return (
        shape("M34 14h26c4 0 6 3 6 8H44v8h-8v-8h-4c0-4 0-8 2-8z", ink.accent)
        + line("M44 26c0 5-2 8-6 9", ink.deep, 3)
        + shape("M42 28h14c0 12 10 14 10 28v23c0 3-2 4-4 4H36c-2 0-4-1-4-4V56c0-14 10-16 10-28z", ink.main)
        + shape("M56 30c1 11 10 13 10 26v23c0 3-2 4-4 4h-8c6-16 6-36 2-53z", ink.dark)
        + _label(ink, 35, 54, 26, 24)
    )


def pump(ink: Ink) -> str:
    return (
        shape("M34 13h18c3 0 4 1 4 4h-6v11h-5V18H34c-2 0-3-5 0-5z", ink.soft_steel)
        + rect(40, 26, 16, 8, 2, ink.steel)
        + rect(28, 33, 40, 50, 9, ink.main)
        + shape("M58 33h1c5 0 9 4 9 9v32c0 5-4 9-9 9h-5c6-14 7-36 4-50z", ink.dark)
        + _label(ink, 34, 46, 26, 26)
    )


def tube(ink: Ink) -> str:
    return (
        rect(40, 70, 16, 13, 3, ink.accent)
        + shape("M28 16h40l-8 54H36z", ink.main)
        + shape("M58 16h10l-8 54h-7z", ink.dark)
        + rect(26, 12, 44, 7, 2, ink.light)
        + line("M32 15.500h32", ink.dark, 1.4)
        + _label(ink, 38, 28, 20, 30)
    )


def creamjar(ink: Ink) -> str:
    return (
        rect(20, 48, 56, 34, 8, ink.main)
        + shape("M62 48h6c5 0 8 3 8 8v18c0 5-3 8-8 8H56c6-8 8-22 6-34z", ink.dark)
        + rect(22, 28, 52, 20, 5, ink.paper)
        + rect(60, 28, 14, 20, 5, ink.soft_steel)
        + line("M28 34v9M34 34v9M40 34v9", ink.soft_steel, 1.6)
        + oval(46, 65, 16, 9, ink.pale)
        + disc(46, 65, 4, ink.accent)
    )


def perfume(ink: Ink) -> str:
    return (
        rect(38, 12, 20, 16, 3, ink.accent)
        + rect(42, 27, 12, 6, 1, ink.steel)
        + rect(22, 33, 52, 50, 8, ink.pale)
        + rect(27, 46, 42, 32, 5, ink.light)
        + shape("M58 46h6c3 0 5 2 5 5v22c0 3-2 5-5 5H54c6-9 7-22 4-32z", ink.main)
        + rect(36, 52, 24, 18, 2, ink.paper)
        + line("M41 59h14M44 64h8", ink.dark, 2)
        + glow(30, 38, 16, 4)
    )


def soap(ink: Ink) -> str:
    return (
        rect(18, 44, 60, 36, 14, ink.dark)
        + rect(18, 38, 60, 36, 14, ink.main)
        + rect(26, 44, 44, 24, 10, ink.light)
        + oval(48, 56, 12, 6, ink.main)
        + disc(70, 28, 7, "#ffffffaa")
        + disc(58, 22, 4, "#ffffffaa")
        + disc(80, 38, 3, "#ffffffaa")
    )


def sack(ink: Ink) -> str:
    return (
        shape("M22 26c6-4 10 2 16-2s14-2 20 0 10-2 16 2l2 52c0 3-2 5-5 5H25c-3 0-5-2-5-5z", ink.main)
        + shape("M64 24c4 0 6 0 10 2l2 52c0 3-2 5-5 5H58c8-18 10-40 6-59z", ink.dark)
        + line("M23 34c16 4 34 4 50 0", ink.light, 2.5)
        + _label(ink, 30, 42, 30, 32)
    )


def seeds(ink: Ink) -> str:
    return (
        rect(26, 14, 44, 69, 3, ink.paper)
        + rect(26, 14, 44, 12, 3, ink.main)
        + line("M34 20h28", ink.paper, 2.5)
        + line("M48 70V44", ink.green, 3)
        + oval(40, 46, 9, 5, ink.leaf, 30)
        + oval(56, 42, 9, 5, ink.leaf, -30)
        + disc(48, 36, 7, ink.main)
        + disc(48, 36, 3, ink.pale)
        + shape("M30 70h36v8c0 2-1 2-2 2H32c-1 0-2 0-2-2z", "#8a6a4c")
    )
