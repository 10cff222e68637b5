"""Departments, colours, brands and people of the invented town of Lindhaven."""

# id | English | Russian | hue | tax | share of the shelves | rows
DEPARTMENTS = """
fruit-vegetables | Fruit and vegetables | Овощи и фрукты | 110 | B | 11 | fresh.FRUIT_VEGETABLES
bakery | Bakery | Хлеб и выпечка | 34 | B | 8 | fresh.BAKERY
dairy | Dairy and eggs | Молоко и яйца | 205 | B | 10 | fresh.DAIRY
grocery | Grocery | Бакалея | 46 | B | 12 | shelf.GROCERY
drinks | Drinks | Напитки | 185 | A | 8 | shelf.DRINKS
household | Household | Для дома | 225 | A | 9 | home.HOUSEHOLD
beauty | Beauty and care | Красота и уход | 325 | A | 8 | home.BEAUTY
clothing | Clothing | Одежда | 265 | A | 15 | leisure.CLOTHING
shoes | Shoes | Обувь | 20 | A | 9 | leisure.SHOES
books | Books and stationery | Книги и канцелярия | 240 | B | 6 | leisure.BOOKS
toys | Toys | Игрушки | 350 | A | 5 | leisure.TOYS
garden | Flowers and garden | Цветы и сад | 140 | A | 4 | home.GARDEN
"""

# English | Russian: masculine, feminine, neuter, plural | colour of the drawing
COLOURS = """
navy | тёмно-синий тёмно-синяя тёмно-синее тёмно-синие | #2f4473
white | белый белая белое белые | #eef0f2
black | чёрный чёрная чёрное чёрные | #3a3c42
red | красный красная красное красные | #c94b4b
green | зелёный зелёная зелёное зелёные | #4f8a5b
grey | серый серая серое серые | #9096a0
sand | песочный песочная песочное песочные | #d3b98c
sky | голубой голубая голубое голубые | #7fb2d9
brown | коричневый коричневая коричневое коричневые | #86603f
burgundy | бордовый бордовая бордовое бордовые | #7d3346
mustard | горчичный горчичная горчичное горчичные | #cfa03a
lilac | сиреневый сиреневая сиреневое сиреневые | #a68bc4
"""

UNITS = {
    "ml": "мл",
    "l": "л",
    "g": "г",
    "kg": "кг",
    "pcs": "шт.",
    "cm": "см",
    "W": "Вт",
    "A3": "A3",
    "A4": "A4",
    "A5": "A5",
    "A6": "A6",
}

# Brands of the small shop, each written by hand; a large one goes on with pairs of the syllables below.
BRANDS = (
    "Larkmoor=Ларкмур Tavelle=Тавель Hollowbrook=Холлоубрук Nordvika=Нордвика "
    "Pellino=Пеллино Quillet=Квилле Sunnamere=Саннамер Brindova=Бриндова Kestelle=Кестель Mirrowen=Мирроуэн "
    "Zelenka=Зеленка Ottaviel=Оттавьель Fjellby=Фьельбю Rookhaven=Рукхейвен Velmora=Вельмора"
)
BRAND_HEADS = "Bren=Брен Dov=Дов Fel=Фель Gal=Гал Hest=Хест Jor=Йор Kvel=Квел Lum=Лум Orv=Орв Quin=Квин Skel=Скел Thal=Тал Umb=Умб Yst=Ист"
BRAND_TAILS = "ivara=ивара osta=оста umelle=умель akka=акка erund=ерунд inova=инова"

FIRST_NAMES = (
    "Vera=Вера f Mila=Мила f Anton=Антон m Nora=Нора f Felix=Феликс m Irina=Ирина f Oscar=Оскар m Alisa=Алиса f "
    "Martin=Мартин m Elena=Елена f Viktor=Виктор m Sofia=София f Denis=Денис m Klara=Клара f Roman=Роман m "
    "Daria=Дарья f Leon=Леон m Polina=Полина f Artur=Артур m Greta=Грета f Pavel=Павел m Inga=Инга f Mark=Марк m "
    "Tamara=Тамара f Robert=Роберт m"
)
LAST_NAMES = (
    "Lind=Линд Hallberg=Халльберг Marin=Марин Costello=Костелло Ek=Эк Wren=Рен Tamm=Тамм Sorel=Сорель Novak=Новак "
    "Berg=Берг Kask=Каск Duarte=Дуарте Valk=Вальк Renner=Реннер Holm=Хольм Orlan=Орлан Sild=Сильд Morel=Морель "
    "Fisher=Фишер Juul=Юль"
)
PASSWORD_WORDS = (
    *("amber", "otter", "harbour", "maple", "lantern", "velvet"),
    *("copper", "meadow", "pebble", "saffron", "walnut", "ribbon"),
)

STAFF = """
anna | 1001 | Anna Holm | cashier | 2468 | main-street | en
boris | 1002 | Boris Tamm | cashier | 1379 | main-street | ru
clara | 1003 | Clara Wren | cashier | 5050 | harbour | en
denis | 1004 | Denis Orlan | cashier | 8642 | harbour | ru
maria | 2001 | Maria Sorel | manager | 7412 | main-street | en
pavel | 2002 | Pavel Renner | manager | 9630 | harbour | ru
"""
