"""Clothing, shoes, books and stationery, toys."""

CLOTHING = """
tshirt | {} T-shirt | f Футболка {} | cotton=хлопковая; striped=в полоску; sport=спортивная; linen=льняная;
  children's=детская; long-sleeved=с длинным рукавом | XS S M L XL XXL 12.95
jumper | {} jumper | m Джемпер {} | wool=шерстяной; cotton=хлопковый; cashmere=кашемировый; ribbed=в рубчик |
  S M L XL 39.95
hoodie | {} hoodie | f Толстовка {} | fleece=флисовая; zipped=на молнии; brushed=с начёсом; oversized=свободная |
  S M L XL XXL 34.95
trousers | {} trousers | p Брюки {} | chino=чинос; linen=льняные; corduroy=вельветовые; wide-leg=широкие; wool=шерстяные |
  36 38 40 42 44 46 44.95
dress | {} dress | n Платье {} | linen=льняное; summer=летнее; knitted=вязаное; shirt=рубашечное; evening=вечернее |
  36 38 40 42 44 54.95
shirt | {} shirt | f Рубашка {} | oxford=оксфорд; linen=льняная; flannel=фланелевая; poplin=из поплина |
  S M L XL XXL 32.95
jacket | {} jacket | f Куртка {} | rain=непромокаемая; quilted=стёганая; denim=джинсовая; light=лёгкая |
  S M L XL 74.95
socks | {} socks | p Носки {} | cotton=хлопковые; wool=шерстяные; sport=спортивные; bamboo=бамбуковые; short=короткие |
  36-38 39-41 42-44 45-47 4.95
hat | {} hat | f Шапка {} | wool=шерстяная; fleece=флисовая; ribbed=в рубчик | S/M L/XL 14.95
scarf | {} scarf | m Шарф {} | wool=шерстяной; cotton=хлопковый; mohair=мохеровый; chequered=в клетку | 180 19.95
"""

SHOES = """
trainer | {} trainers | p Кроссовки {} | running=беговые; canvas=текстильные; leather=кожаные; walking=для ходьбы;
  light=лёгкие | 36 37 38 39 40 41 42 43 44 45 59.95
boot | {} boots | p Ботинки {} | leather=кожаные; winter=зимние; hiking=походные; suede=замшевые; lined=утеплённые |
  36 37 38 39 40 41 42 43 44 45 89.00
sandal | {} sandals | p Сандалии {} | leather=кожаные; cork=с пробковой стелькой; beach=пляжные; sport=спортивные |
  36 37 38 39 40 41 42 43 34.95
loafer | {} shoes | p Туфли {} | leather=кожаные; suede=замшевые; patent=лаковые; everyday=повседневные |
  36 37 38 39 40 41 42 69.95
wellington | {} rubber boots | p Сапоги резиновые {} | tall=высокие; short=короткие; garden=садовые; children's=детские |
  30 32 34 36 38 40 42 44 24.95
slipper | {} slippers | p Тапочки {} | felt=войлочные; wool=шерстяные; leather=кожаные; terry=махровые |
  36 37 38 39 40 41 42 43 17.95
"""

BOOKS = """
!book | novel “{}” | Роман «{}» | The Lighthouse Keeper’s Sunday@215=Воскресенье смотрителя маяка; Salt on the Windows@190=Соль на окнах;
  A House without Clocks@28=Дом без часов; The Ninth Ferry@205=Девятый паром; Letters from Pier Two@345=Письма со второго причала;
  Snow over Lindhaven@230=Снег над Линдхавеном; The Orchard Ledger@110=Книга учёта сада; What the Tide Owes@180=Что должно море;
  An Honest Weight@40=Честный вес | 1 pcs 14.95
!book | detective story “{}” | Детектив «{}» | The Silent Cashier@265=Молчаливый кассир; Murder on Aisle Nine@2=Убийство в девятом ряду;
  The Missing Barcode@250=Пропавший штрихкод; A Receipt for Poison@310=Чек на яд; Three Keys, One Drawer@25=Три ключа, один ящик | 1 pcs 11.95
!book | cookbook “{}” | Кулинарная книга «{}» | Forty Soups@18=Сорок супов; Bread before Dawn@36=Хлеб до рассвета;
  One Pan, Seven Days@8=Одна сковорода, семь дней; The Dumpling Atlas@46=Атлас пельменей; A Jar for Winter@100=Банка на зиму | 1 pcs 24.95
!book | children’s book “{}” | Детская книга «{}» | The Otter Who Counted@195=Выдра, которая считала; Grandmother’s Tram@335=Бабушкин трамвай;
  A Button Called Boris@50=Пуговица по имени Борис; The Very Last Puddle@205=Самая последняя лужа; Moth and Moon@255=Мотылёк и луна | 1 pcs 9.95
notebook | {} notebook | Блокнот {} | squared@205=в клетку; lined@345=в линейку; dotted@160=в точку; plain@40=без линовки;
  kraft@28=крафтовый | A6 2.49, A5 3.99, A4 5.99
pen | {} pen | Ручка {} | ballpoint@225=шариковая; gel@290=гелевая; fountain@15=перьевая; erasable@160=стираемая | 1 pcs 1.49, 3 pcs 3.49
pencils | {} pencils | Карандаши {} | colouring@5=цветные; watercolour@200=акварельные; graphite@230=чернографитные; wax@45=восковые |
  6 pcs 2.49, 12 pcs 3.99, 24 pcs 6.99
paints | {} paints | Краски {} | watercolour@205=акварельные; gouache@330=гуашевые; acrylic@40=акриловые; finger@110=пальчиковые |
  6 pcs 3.99, 12 pcs 6.99
box | {} paper | Бумага {} | office@210=офисная; coloured@330=цветная; drawing@45=для рисования; recycled@95=из вторсырья | A4 4.99, A3 8.99
tube | {} glue | Клей {} | paper@50=для бумаги; wood@28=для дерева; universal@205=универсальный; glitter@310=с блёстками | 20 g 1.19, 50 g 1.99
"""

TOYS = """
bear | {} | {} | teddy bear@30=Медвежонок плюшевый; sleepy bear@40=Медвежонок сонный; toy polar bear@205=Медвежонок белый;
  toy panda@230=Панда плюшевая | 20 cm 9.99, 35 cm 16.99, 50 cm 24.99
bunny | {} | {} | velvet rabbit@330=Зайка бархатный; long-eared rabbit@35=Зайка длинноухий; knitted rabbit@195=Зайка вязаный |
  20 cm 9.49, 30 cm 13.99
blocks | {} blocks | Кубики {} | wooden@35=деревянные; soft@330=мягкие; alphabet@205=с буквами; magnetic@265=магнитные; bath@185=для ванны |
  9 pcs 6.99, 20 pcs 12.99, 40 pcs 21.99
car | {} | {} | racing car@2=Машина гоночная; fire engine@8=Машина пожарная; taxi@48=Такси; delivery van@205=Фургон почтовый;
  police car@225=Машина полицейская; tip-up lorry@38=Самосвал | 12 cm 6.99, 25 cm 12.99
ball | {} ball | Мяч {} | football@120=футбольный; beach@195=пляжный; basketball@22=баскетбольный; bouncy@330=прыгающий; volleyball@50=волейбольный |
  15 cm 5.49, 22 cm 9.99
!puzzle | {} puzzle | Пазл {} | harbour@205=«Гавань»; forest@125=«Лес»; animals@35=«Звери»; space@255=«Космос»; old town@15=«Старый город»;
  dinosaurs@95=«Динозавры» | 60 pcs 5.99, 120 pcs 7.99, 500 pcs 11.99
boardgame | board game “{}” | Настольная игра «{}» | The Harbour Market@200=Портовый рынок; Seven Ferries@225=Семь паромов;
  Snail Race@100=Улиточьи бега; The Tower of Tins@8=Башня из банок; Night Train@255=Ночной поезд | 1 pcs 22.99
boat | {} | {} | sailing boat@205=Кораблик парусный; steam tug@8=Буксир; bath boat@185=Кораблик для ванны; lifeboat@28=Катер спасательный |
  15 cm 5.99, 25 cm 11.49
train | {} train | Паровозик {} | wooden@30=деревянный; wind-up@5=заводной; battery@225=на батарейках | 20 cm 12.99, 30 cm 19.99
duck | {} duck | Уточка {} | bath@48=для ванны; pull-along@40=на верёвочке; singing@30=поющая | 8 cm 2.49, 12 cm 4.49
"""
