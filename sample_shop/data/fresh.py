"""Fruit and vegetables, bakery, dairy: what is bought most often."""

FRUIT_VEGETABLES = """
!apple | {} apples | Яблоки {} | red@2=красные; green@92=зелёные; yellow@50=жёлтые; cooking@78=для выпечки;
  rosy@345=румяные | kg 2.49
!pear | {} pears | Груши {} | butter@68=масляные; green@88=зелёные; red@12=красные | kg 2.89
!banana | {} bananas | Бананы {} | ripe@48=спелые; baby@52=мини; cooking@74=для жарки | kg 1.59
!citrus | {} | {} | oranges@32=Апельсины; lemons@52=Лимоны; mandarins@26=Мандарины; grapefruit@12=Грейпфруты;
  limes@84=Лаймы; pomelos@62=Помело | kg 2.29
!grapes | {} grapes | Виноград {} | white@82=белый; red@350=красный; black@275=чёрный без косточек | kg 3.49
!peach | {} | {} | peaches@22=Персики; nectarines@8=Нектарины; apricots@32=Абрикосы; plums@290=Сливы | kg 3.29
!tomato | {} tomatoes | Помидоры {} | vine@4=на ветке; plum@8=сливовидные; yellow cherry@46=черри жёлтые;
  beef@358=мясистые | kg 2.79
!carrot | {} carrots | Морковь {} | washed@24=мытая; young@28=молодая; purple@295=фиолетовая | kg 0.99
!potato | {} potatoes | Картофель {} | new@42=молодой; baking@34=для запекания; red@8=красный;
  salad@46=салатный | kg 0.89
!onion | {} onions | Лук {} | brown@30=репчатый; red@325=красный; white@55=белый | kg 0.99
!cucumber | {} cucumbers | Огурцы {} | smooth@115=гладкие; short@105=короткоплодные; pickling@95=для засолки
  | kg 1.99
!pepper | {} peppers | Перец {} | red@3=красный сладкий; yellow@48=жёлтый сладкий; green@108=зелёный сладкий |
  kg 3.19
!cabbage | {} cabbage | Капуста {} | white@95=белокочанная; red@305=краснокочанная; savoy@120=савойская;
  Chinese@78=пекинская | kg 0.95
!berries | {} in a punnet | {} в лотке | strawberries@352=Клубника; raspberries@340=Малина;
  blueberries@232=Голубика; blackberries@268=Ежевика; cranberries@2=Клюква | 125 g 1.99, 250 g 3.49
!leaf | {} in a pot | {} в горшочке | basil@125=Базилик; parsley@115=Петрушка; mint@145=Мята; dill@100=Укроп;
  lettuce@88=Салат листовой | 1 pcs 1.49
!mushroom | {} mushrooms | Шампиньоны {} | white@45=белые; brown@28=коричневые | 250 g 1.79, 400 g 2.49
"""

BAKERY = """
#loaf | {} loaf | Хлеб {} | white@36=белый; rye@22=ржаной; wholegrain@28=цельнозерновой; farmhouse@32=деревенский;
  sourdough@30=на закваске; linseed@26=с семенами льна; pumpkin seed@34=с тыквенными семечками | 400 g 1.89, 750 g 2.79
#baguette | {} baguette | Багет {} | classic@36=классический; garlic@42=чесночный; seeded@28=с семечками;
  rye@24=ржаной | 1 pcs 1.19
#croissant | {} croissant | Круассан {} | butter@34=сливочный; almond@38=с миндалём; chocolate@22=с шоколадом;
  apricot@30=с абрикосом | 1 pcs 1.29
#bun | {} bun | Булочка {} | cinnamon@24=с корицей; poppy seed@34=с маком; raisin@32=с изюмом; milk@40=молочная;
  vanilla@44=ванильная | 1 pcs 0.79
#cake | {} cake | Торт {} | honey@38=медовый; cherry@350=вишнёвый; chocolate@18=шоколадный; lemon@52=лимонный;
  carrot@26=морковный; sour cream@46=сметанный | 500 g 8.99, 1 kg 15.99
#pie | {} pie | Пирог {} | apple@34=яблочный; cabbage@46=с капустой; blueberry@250=с голубикой; plum@300=сливовый |
  600 g 5.49
loaf | sliced {} bread | Хлеб {} нарезной | white@40=белый; wheat@36=пшеничный; rye@24=ржаной; oat@44=овсяный; malt@20=солодовый |
  350 g 1.29, 500 g 1.69, 700 g 2.15
bag | {} rusks | Сухари {} | plain=простые; vanilla=ванильные; raisin=с изюмом; rye=ржаные; mustard=горчичные |
  200 g 1.09, 400 g 1.89
bag | {} crispbread | Хлебцы {} | rye=ржаные; corn=кукурузные; rice=рисовые; buckwheat=гречневые;
  multigrain=многозлаковые | 100 g 1.19, 200 g 1.99
box | {} gingerbread | Пряники {} | honey=медовые; mint=мятные; chocolate=шоколадные; lemon=лимонные |
  250 g 1.79, 500 g 2.99
bag | {} tortillas | Лепёшки {} | wheat=пшеничные; corn=кукурузные; spinach=со шпинатом; wholegrain=цельнозерновые |
  6 pcs 2.19, 12 pcs 3.69
"""

DAIRY = """
carton | {} milk | Молоко {} | whole=цельное; semi-skimmed=полуобезжиренное; skimmed=обезжиренное;
  lactose-free=безлактозное; organic=органическое; goat=козье | 500 ml 0.89, 1 l 1.35, 2 l 2.49
carton | {} kefir | Кефир {} | classic=классический; light=лёгкий; drinking=питьевой; organic=органический |
  500 ml 1.05, 1 l 1.69
carton | {} drink | Напиток {} | oat@40=овсяный; almond@30=миндальный; soya@90=соевый; rice@55=рисовый;
  coconut@190=кокосовый | 500 ml 1.49, 1 l 2.29
cup | {} yoghurt | Йогурт {} | plain=натуральный; strawberry@350=клубничный; blueberry@250=черничный;
  peach@28=персиковый; cherry@340=вишнёвый; vanilla@48=ванильный; Greek@210=греческий; coconut@185=кокосовый |
  150 g 0.69, 400 g 1.59, 900 g 2.99
cup | {} sour cream | Сметана {} | light=лёгкая; classic=классическая; rich=жирная; country=деревенская |
  200 g 1.15, 400 g 1.95
cup | {} cottage cheese | Творог {} | soft=мягкий; grained=зернёный; low-fat=обезжиренный; country=деревенский;
  vanilla@48=ванильный | 180 g 1.25, 350 g 2.15
block | {} butter | Масло {} | salted@50=солёное; sweet cream@46=сладкосливочное; country@42=крестьянское;
  lactose-free@55=безлактозное | 180 g 2.49, 400 g 4.99
!cheese | {} cheese by weight | Сыр {} на развес | mild@48=нежный; mature@40=выдержанный; smoked@30=копчёный;
  blue@215=с голубой плесенью; goat@58=козий; caraway@44=с тмином; walnut@36=с грецким орехом; herb@85=с травами |
  kg 12.90
cheese | sliced {} cheese | Сыр {} ломтиками | mild@50=нежный; smoked@32=копчёный; cream@54=сливочный;
  spicy@14=пряный; hard@44=твёрдый | 150 g 2.29, 300 g 3.99
cup | {} cream cheese | Сыр творожный {} | classic=классический; herb@110=с зеленью; salmon@12=с лососем;
  garlic@60=с чесноком; mushroom@30=с грибами | 140 g 1.79, 200 g 2.35
eggs | {} eggs | Яйца {} | free-range@34=от кур свободного выгула; large@28=крупные; organic@90=органические;
  quail@44=перепелиные | 6 pcs 1.79, 10 pcs 2.69
bottle | {} whipping cream | Сливки {} для взбивания | rich=жирные; light=лёгкие; vanilla@48=ванильные |
  250 ml 1.69, 500 ml 2.89
"""
