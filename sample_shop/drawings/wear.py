"""Clothes and shoes, in the colour they are sold in."""

from sample_shop.drawings.ink import Ink, disc, line, oval, rect, shape


def tshirt(ink: Ink) -> str:
    return (
        shape("M34 20l-20 10 7 18 9-4v38h36V44l9 4 7-18-20-10c-4 7-24 7-28 0z", ink.main)
        + shape("M66 44l9 4 7-18-20-10c-1 2-3 3-5 4 8 14 8 40 3 58h6z", ink.dark)
        + line("M34 20c4 9 24 9 28 0", ink.light, 3)
        + line("M30 44l1-8M66 44l-1-8", ink.deep, 1.6)
    )


def jumper(ink: Ink) -> str:
    return (
        shape("M35 20L18 30 12 72l12 3 7-28v33h34V47l7 28 12-3-6-42-17-10c-4 6-22 6-26 0z", ink.main)
        + shape("M65 47l7 28 12-3-6-42-17-10c-2 2-3 3-5 4 8 16 8 38 3 56h6z", ink.dark)
        + line("M35 20c4 8 22 8 26 0", ink.light, 4)
        + line("M32 76h32M13 69l11 3M83 69l-11 3", ink.deep, 2.5)
        + line("M38 44l5 5 5-5 5 5 5-5M38 54l5 5 5-5 5 5 5-5", ink.light, 2)
    )


def hoodie(ink: Ink) -> str:
    return (
        shape("M34 24L18 32 12 74l12 3 7-26v31h34V51l7 26 12-3-6-42-16-8z", ink.main)
        + shape("M65 51l7 26 12-3-6-42-16-8c6 20 4 42-3 58h6z", ink.dark)
        + shape("M32 27c2-16 30-16 32 0-4 12-28 12-32 0z", ink.dark)
        + shape("M38 27c2-9 18-9 20 0-4 7-16 7-20 0z", ink.deep)
        + shape("M36 62h24l4 12H32z", ink.light)
        + line("M43 36v11M53 36v11", ink.pale, 2)
    )


def trousers(ink: Ink) -> str:
    return (
        shape("M30 16h36l6 66H56l-8-42-8 42H24z", ink.main)
        + shape("M58 16h8l6 66H56l-8-42z", ink.dark)
        + rect(30, 14, 36, 7, 2, ink.light)
        + line("M48 21v12M34 24c0 5-1 8-5 9M62 24c0 5 1 8 5 9", ink.deep, 1.6)
        + line("M24 78h17M55 78h17", ink.light, 1.6)
    )


def dress(ink: Ink) -> str:
    return (
        shape("M36 14c2 8 22 8 24 0l6 12-6 16 16 38c-16 5-40 5-56 0l16-38-6-16z", ink.main)
        + shape("M60 14l6 12-6 16 16 38c-7 2-14 3-21 4 4-24 2-48 1-66 2-1 3-2 4-4z", ink.dark)
        + rect(35, 40, 26, 5, 2, ink.deep)
        + line("M42 50l-6 28M54 50l6 28", ink.light, 2)
        + line("M36 14c2 8 22 8 24 0", ink.light, 2.5)
    )


def shirt(ink: Ink) -> str:
    return (
        shape("M34 20L16 30l6 20 8-4v36h36V46l8 4 6-20-18-10-14 8z", ink.main)
        + shape("M66 46l8 4 6-20-18-10-6 4c8 18 8 40 4 58h6z", ink.dark)
        + shape("M34 18l14 12-8 8-10-14zM62 18L48 30l8 8 10-14z", ink.light)
        + line("M48 32v50", ink.deep, 1.6)
        + "".join(disc(51, y, 1.5, ink.pale) for y in (44, 56, 68))
        + rect(34, 46, 9, 9, 1.5, ink.light)
    )


def jacket(ink: Ink) -> str:
    return (
        shape("M36 18L18 28 12 74l12 3 6-26v31h36V51l6 26 12-3-6-46-18-10z", ink.main)
        + shape("M66 51l6 26 12-3-6-46-18-10-12 8v54h18z", ink.dark)
        + shape("M36 16h24l2 10-14 5-14-5z", ink.light)
        + line("M48 30v52", ink.pale, 2.5)
        + line("M35 58l6 8M61 58l-6 8", ink.deep, 2.5)
    )


def socks(ink: Ink) -> str:
    return (
        shape("M52 18h18v34c0 4 2 5 6 8 6 4 6 14-2 14H62c-6 0-10-4-10-10z", ink.dark)
        + shape("M26 16h20v36c0 4 3 6 8 9 8 5 6 19-4 19H36c-6 0-10-4-10-10z", ink.main)
        + rect(24, 13, 24, 10, 3, ink.light)
        + rect(51, 15, 20, 8, 3, ink.main)
        + shape("M26 64c6 0 10 6 8 16-5 0-8-4-8-10z", ink.light)
        + line("M26 34h20M26 40h20", ink.pale, 2)
    )


def hat(ink: Ink) -> str:
    return (
        disc(48, 22, 9, ink.light)
        + shape("M22 62c0-24 10-36 26-36s26 12 26 36z", ink.main)
        + shape("M56 27c12 4 18 16 18 35H58c4-12 4-24-2-35z", ink.dark)
        + rect(18, 58, 60, 20, 7, ink.light)
        + line("M28 60v16M38 60v16M48 60v16M58 60v16M68 60v16", ink.main, 2)
    )


def scarf(ink: Ink) -> str:
    return (
        shape("M40 44h18l6 36H46z", ink.dark)
        + line("M48 80l0 5M54 80v5M60 80l1 5", ink.dark, 2.5)
        + shape("M22 34c0-14 52-14 52 0v8c0 14-52 14-52 0z", ink.main)
        + shape("M32 34c4-6 28-6 32 0-4 5-28 5-32 0z", ink.deep)
        + shape("M30 46l20 4-4 32H26z", ink.main)
        + line("M29 62h18M28 68h19", ink.pale, 3)
        + line("M29 82l-1 5M35 82v5M41 82v5", ink.main, 2.5)
    )


def trainer(ink: Ink) -> str:
    return (
        shape("M14 40c6 4 14 2 18-6l6-2c6 12 18 18 32 21 8 2 14 6 14 14v3H14c-3-10-2-20 0-30z", ink.main)
        + shape("M52 48c6 3 12 4 18 5 8 2 14 6 14 14v3H58c4-8 0-16-6-22z", ink.dark)
        + shape("M12 68h72c2 0 2 8-2 9H16c-4 0-5-4-4-9z", ink.paper)
        + line("M14 73h68", ink.soft_steel, 2)
        + line("M38 44l8-4M44 49l8-5M50 54l7-6", ink.paper, 2.5)
        + line("M22 62c10 0 18-4 26-10", ink.pale, 4)
    )


def boot(ink: Ink) -> str:
    return (
        shape("M24 16h28v30c8 6 28 6 30 20v6H24c-3-18-3-38 0-56z", ink.main)
        + shape("M44 16h8v30c8 6 28 6 30 20v6H56c2-12-8-20-12-28z", ink.dark)
        + rect(21, 72, 62, 8, 3, ink.black)
        + rect(21, 78, 16, 5, 2, ink.black)
        + rect(22, 14, 32, 8, 3, ink.light)
        + line("M44 30h10M45 37h10M47 44h10", ink.pale, 2.5)
    )


def sandal(ink: Ink) -> str:
    return (
        shape("M12 66c20-4 40 6 62 0 8-2 12 2 10 8-2 5-10 6-20 6H18c-6 0-8-10-6-14z", "#d8b98a")
        + line("M14 78h66", "#a88455", 4)
        + shape("M44 66c2-12 14-18 26-12l8 12z", ink.main)
        + shape("M60 52c4 0 8 1 10 2l8 12H62c2-4 1-9-2-14z", ink.dark)
        + line("M18 66c0-14 12-18 24-12l6 6", ink.main, 6)
        + disc(35, 51, 3.5, ink.pale)
    )


def loafer(ink: Ink) -> str:
    return (
        shape("M14 46c8 6 18 4 26 0 10 10 24 8 36 12 6 2 9 6 8 12H14c-2-8-2-16 0-24z", ink.main)
        + shape("M50 52c9 3 18 3 26 6 6 2 9 6 8 12H60c2-6-4-13-10-18z", ink.dark)
        + shape("M14 46c8 6 18 4 26 0l8 5c-12 8-24 9-34 5z", ink.deep)
        + rect(12, 70, 73, 6, 2.5, ink.black)
        + rect(12, 74, 20, 7, 2, ink.black)
        + line("M44 57c5-1 10 0 14 3", ink.light, 3.5)
    )


def wellington(ink: Ink) -> str:
    return (
        shape("M28 12h26c2 12 0 26 2 36 6 8 24 8 26 22v4H28c-3-20-3-42 0-62z", ink.main)
        + shape("M46 12h8c2 12 0 26 2 36 6 8 24 8 26 22v4H60c2-22-14-32-14-62z", ink.dark)
        + rect(26, 11, 30, 7, 3, ink.light)
        + rect(25, 73, 58, 9, 3.5, ink.deep)
        + '<rect x="33" y="24" width="5" height="26" rx="2.5" fill="#fff" fill-opacity=".4"/>'
    )


def slipper(ink: Ink) -> str:
    return (
        shape("M12 66c18-6 40 4 60 0 8-2 13 2 12 7-1 6-8 7-18 7H20c-7 0-10-9-8-14z", ink.pale)
        + line("M16 79h62", ink.dark, 4)
        + shape("M36 68c0-16 14-24 28-18 12 4 20 12 19 22-16 4-32 2-47-4z", ink.main)
        + shape("M60 49c13 3 24 12 23 23-6 2-12 2-18 2 6-8 2-18-5-25z", ink.dark)
        + line("M37 66c0-14 12-20 24-17", ink.paper, 4)
        + oval(62, 62, 4, 3, ink.light)
    )
