"""For the house, the bathroom, the garden and the desk."""

from sample_shop.drawings.ink import Ink, disc, glow, line, oval, rect, shape


def tissue(ink: Ink) -> str:
    return (
        rect(24, 22, 48, 58, 10, ink.paper)
        + shape("M58 22h4c6 0 10 4 10 10v38c0 6-4 10-10 10h-4z", ink.soft_steel)
        + oval(48, 26, 24, 9, ink.pale)
        + oval(48, 26, 9, 3.5, ink.dark)
        + shape("M24 60h18v24c-6 0-6 3-9 3s-3-3-9-3z", ink.paper)
        + line("M24 44h48M24 60h48", ink.light, 2)
        + "".join(disc(x, 52, 2.5, ink.main) for x in (32, 42, 52, 62))
    )


def sponge(ink: Ink) -> str:
    holes = "".join(
        oval(x, y, 3, 2.2, ink.dark) for x, y in ((28, 52), (40, 58), (54, 52), (66, 58), (34, 64), (60, 66))
    )
    return rect(16, 42, 64, 34, 7, ink.main) + rect(16, 34, 64, 14, 6, ink.accent) + holes + glow(22, 37, 26, 4)


def towel(ink: Ink) -> str:
    return (
        rect(16, 60, 64, 20, 9, ink.dark)
        + rect(16, 44, 64, 20, 9, ink.main)
        + rect(16, 28, 64, 20, 9, ink.light)
        + line("M60 29v18M66 29v18M60 45v18M66 45v18M60 61v18M66 61v18", ink.pale, 2.5)
    )


def mug(ink: Ink) -> str:
    return (
        line("M64 42c16-4 18 24-2 22", ink.dark, 6)
        + shape("M22 32h44v36c0 9-6 14-14 14H36c-8 0-14-5-14-14z", ink.main)
        + shape("M56 32h10v36c0 9-6 14-14 14h-4c8-14 10-34 8-50z", ink.dark)
        + oval(44, 32, 22, 6, ink.pale)
        + oval(44, 33, 17, 4, "#7a5238")
        + line("M34 24c-4-4 4-6 0-11M46 24c-4-4 4-6 0-11", ink.ground, 2.5)
    )


def plate(ink: Ink) -> str:
    return (
        disc(48, 50, 34, ink.main)
        + disc(48, 50, 31, ink.paper)
        + disc(48, 50, 22, ink.soft_steel)
        + disc(48, 50, 20, ink.paper)
        + line("M30 34c5-6 11-9 18-9", ink.light, 2.5)
    )


def pan(ink: Ink) -> str:
    return (
        '<g transform="rotate(-35 48 52)">'
        + rect(64, 47, 32, 9, 4.5, ink.dark)
        + "</g>"
        + disc(40, 54, 27, ink.black)
        + disc(40, 54, 23, "#565b63")
        + disc(40, 54, 19, "#4a4f57")
        + disc(42, 55, 10, "#fff8ea")
        + disc(43, 55, 4.5, "#f0b83a")
        + line("M24 44c3-5 7-8 12-9", "#868c95", 2.5)
    )


def candle(ink: Ink) -> str:
    return (
        shape("M48 8c7 8 8 13 5 17-3 3-7 3-10 0-3-4-1-9 5-17z", "#f6b73c")
        + shape("M48 16c3 4 3 7 0 9-3-2-3-5 0-9z", "#fff0c2")
        + line("M48 25v7", ink.black, 2)
        + rect(30, 32, 36, 48, 5, ink.main)
        + rect(54, 32, 12, 48, 5, ink.dark)
        + oval(48, 33, 18, 5, ink.pale)
        + shape("M34 36c0 10 5 10 6 2z", ink.pale)
        + rect(22, 78, 52, 6, 3, ink.steel)
    )


def bulb(ink: Ink) -> str:
    return (
        disc(48, 40, 25, ink.light)
        + shape("M36 58h24v8H36z", ink.light)
        + oval(40, 32, 7, 9, "#ffffff99", 30)
        + line("M42 58l-4-14 10 6 10-6-4 14", ink.dark, 2)
        + rect(37, 64, 22, 14, 3, ink.steel)
        + line("M37 69h22M37 74h22", ink.black, 1.6)
        + rect(43, 78, 10, 5, 2, ink.black)
    )


def battery(ink: Ink) -> str:
    def one(x: float) -> str:
        return (
            rect(x + 6, 16, 8, 6, 2, ink.steel)
            + rect(x, 20, 20, 62, 4, ink.black)
            + rect(x, 36, 20, 46, 4, ink.main)
            + glow(x + 3, 26, 3, 48)
            + line(f"M{x + 10} 46v8M{x + 6} 50h8", ink.paper, 2.5)
        )

    return one(24) + one(52)


def toothbrush(ink: Ink) -> str:
    return (
        '<g transform="rotate(38 48 50)">'
        + rect(44, 10, 8, 78, 4, ink.main)
        + rect(44, 50, 8, 38, 4, ink.dark)
        + rect(52, 12, 9, 5, 1, ink.paper)
        + rect(52, 18, 9, 5, 1, ink.accent)
        + rect(52, 24, 9, 5, 1, ink.paper)
        + rect(52, 30, 9, 5, 1, ink.accent)
        + glow(46, 54, 2.5, 26)
        + "</g>"
    )


def lipstick(ink: Ink) -> str:
    return (
        shape("M40 42V24c0-6 10-10 16-12v30z", ink.main)
        + shape("M50 15l6-3v30h-6z", ink.dark)
        + rect(37, 40, 22, 16, 2, "#d9b36a")
        + rect(33, 54, 30, 29, 3, ink.black)
        + glow(37, 58, 4, 20)
    )


def plant(ink: Ink) -> str:
    leaves = "".join(
        oval(x, y, 14, 6, fill, turn)
        for x, y, turn, fill in (
            (34, 42, 40, ink.dark),
            (62, 42, -40, ink.dark),
            (40, 28, 65, ink.main),
            (57, 28, -65, ink.main),
            (30, 54, 12, ink.main),
            (66, 54, -12, ink.main),
            (48, 34, 90, ink.light),
        )
    )
    return (
        line("M48 62V34", ink.deep, 3)
        + leaves
        + shape("M28 62h40l-5 19c-.5 2-2 3-4 3H37c-2 0-3.5-1-4-3z", ink.paper)
        + rect(25, 59, 46, 8, 3, ink.soft_steel)
    )


def bouquet(ink: Ink) -> str:
    def flower(x: int, y: int, fill: str) -> str:
        return disc(x, y, 10, fill) + disc(x - 3, y - 3, 4, ink.pale) + disc(x, y, 3.5, "#f0c24a")

    return (
        line("M48 60L32 34M48 60V26M48 60l16-26", ink.green, 3)
        + oval(26, 48, 9, 4, ink.leaf, 40)
        + oval(70, 48, 9, 4, ink.leaf, -40)
        + flower(32, 32, ink.main)
        + flower(64, 32, ink.dark)
        + flower(48, 22, ink.light)
        + flower(48, 40, ink.main)
        + shape("M26 50c14 8 30 8 44 0L54 84H42z", ink.cream)
        + line("M40 66h16", ink.main, 5)
    )


def pot(ink: Ink) -> str:
    return (
        shape("M24 36h48l-7 43c-.5 3-2 4-5 4H36c-3 0-4.5-1-5-4z", ink.main)
        + shape("M60 36h12l-7 43c-.5 3-2 4-5 4h-9c7-14 9-32 9-47z", ink.dark)
        + rect(20, 26, 56, 13, 4, ink.light)
        + oval(48, 27, 24, 4, "#6e5038")
        + line("M32 56l6 6 6-6 6 6 6-6 6 6", ink.pale, 2.5)
    )


def tool(ink: Ink) -> str:
    return (
        '<g transform="rotate(35 48 50)">'
        + rect(43, 8, 10, 34, 5, ink.main)
        + glow(45, 11, 3, 24)
        + rect(45, 40, 6, 12, 0, ink.steel)
        + shape("M37 50h22v22c0 10-7 18-11 20-4-2-11-10-11-20z", ink.soft_steel)
        + shape("M48 50h11v22c0 10-7 18-11 20z", ink.steel)
        + "</g>"
    )


def wateringcan(ink: Ink) -> str:
    return (
        line("M60 36c18-8 26 14 12 30", ink.dark, 5)
        + line("M32 60L14 36", ink.dark, 7)
        + shape("M6 38l14-10 3 5-13 10z", ink.light)
        + shape("M32 34h32l4 44c0 3-2 4-4 4H34c-3 0-4-1-4-4z", ink.main)
        + shape("M56 34h8l4 44c0 3-2 4-4 4H54c4-16 4-32 2-48z", ink.dark)
        + oval(48, 34, 16, 4, ink.deep)
        + line("M32 46h34M31 72h36", ink.light, 2)
    )


def book(ink: Ink) -> str:
    return (
        shape("M26 16h44v66H26c-4 0-6-2-6-6V22c0-4 2-6 6-6z", ink.main)
        + shape("M20 76c0-4 2-6 6-6h44v12H26c-4 0-6-2-6-6z", ink.paper)
        + line("M26 74h44M26 78h44", ink.soft_steel, 1.4)
        + shape("M26 16h4v54h-4c-4 0-6 2-6 6V22c0-4 2-6 6-6z", ink.dark)
        + rect(37, 24, 26, 12, 2, ink.paper)
        + line("M41 28h18M44 32h12", ink.deep, 1.6)
        + disc(50, 54, 9, ink.light)
        + shape("M41 56c6-6 12 4 18-3 1 7-3 10-9 10s-9-3-9-7z", ink.accent)
    )


def notebook(ink: Ink) -> str:
    rings = "".join(line(f"M20 {y}h9", ink.steel, 3) for y in (24, 34, 44, 54, 64, 74))
    return (
        rect(24, 16, 48, 67, 5, ink.main)
        + rect(62, 16, 10, 67, 5, ink.dark)
        + rect(36, 26, 26, 14, 2, ink.paper)
        + line("M40 31h18M40 35h12", ink.dark, 1.6)
        + rings
    )


def pen(ink: Ink) -> str:
    return (
        '<g transform="rotate(40 48 48)">'
        + rect(43, 8, 10, 60, 4, ink.main)
        + rect(49, 8, 4, 60, 2, ink.dark)
        + rect(43, 8, 10, 12, 4, ink.deep)
        + line("M55 12v20", ink.steel, 2.5)
        + shape("M43 68h10l-5 18z", ink.steel)
        + shape("M46.3 80h3.400L48 87z", ink.black)
        + "</g>"
    )


def pencils(ink: Ink) -> str:
    def one(x: int, top: int, fill: str, side: str) -> str:
        return (
            shape(f"M{x} {top + 12}l5-12 5 12z", ink.cream)
            + shape(f"M{x + 3} {top + 5}l2-5 2 5z", fill)
            + rect(x, top + 12, 10, 70 - top, 0, fill)
            + rect(x + 6, top + 12, 4, 70 - top, 0, side)
        )

    return (
        one(24, 18, "#d75a52", "#b9453f")
        + one(36, 12, "#e4b23c", "#c8962a")
        + one(48, 16, "#4f9a67", "#3f8055")
        + one(60, 14, "#4c83c3", "#3c6ba3")
        + rect(20, 52, 56, 31, 4, ink.main)
        + rect(66, 52, 10, 31, 4, ink.dark)
        + line("M32 66h26", ink.paper, 3)
    )


def paints(ink: Ink) -> str:
    wells = "".join(
        disc(28 + 20 * (n % 3), 44 + 20 * (n // 3), 8, fill)
        for n, fill in enumerate(("#d75a52", "#e8b93f", "#5aa56c", "#4c83c3", "#9a6ab8", "#e58a4a"))
    )
    return (
        rect(14, 28, 68, 52, 8, ink.main)
        + rect(18, 32, 60, 44, 6, ink.paper)
        + wells
        + line("M24 22L74 14", ink.wood, 5)
        + line("M74 14l8-1", ink.black, 6)
    )
