"""Grocery and drinks: what keeps."""

GROCERY = """
bag | {} rice | Рис {} | long-grain=длиннозёрный; round=круглозёрный; jasmine=жасмин; brown=бурый;
  wild=дикий; parboiled=пропаренный | 500 g 1.49, 1 kg 2.59, 2 kg 4.69
bag | {} buckwheat | Гречка {} | roasted=обжаренная; green@90=зелёная; quick-cooking=быстрого приготовления |
  500 g 1.29, 900 g 1.99
bag | {} flour | Мука {} | wheat=пшеничная; rye=ржаная; spelt=полбяная; wholegrain=цельнозерновая; corn=кукурузная;
  oat=овсяная | 1 kg 1.19, 2 kg 2.09
box | {} pasta | Макароны {} | spiral=спирали; shell=ракушки; elbow=рожки; wholegrain=цельнозерновые;
  spinach@110=со шпинатом; quill=перья | 400 g 1.09, 500 g 1.29, 1 kg 2.29
jar | {} jam | Варенье {} | strawberry@350=клубничное; raspberry@338=малиновое; apricot@32=абрикосовое;
  blackcurrant@280=из чёрной смородины; cherry@345=вишнёвое; plum@300=сливовое; lingonberry@2=брусничное;
  rose petal@335=из лепестков роз | 220 g 2.19, 350 g 2.99
jar | {} honey | Мёд {} | acacia@48=акациевый; lime blossom@52=липовый; buckwheat@26=гречишный; forest@32=лесной;
  wildflower@44=цветочный; creamed@56=взбитый | 250 g 3.99, 500 g 6.99
jar | {} | {} | pickled gherkins@98=Огурчики маринованные; pickled tomatoes@6=Помидоры маринованные;
  green olives@80=Оливки зелёные; black olives@275=Маслины чёрные; capers@110=Каперсы;
  marinated mushrooms@32=Грибы маринованные; beetroot relish@330=Икра свекольная;
  aubergine spread@285=Икра баклажанная | 320 g 1.99, 500 g 2.89
tin | {} | {} | sweetcorn@50=Кукуруза сладкая; green peas@105=Горошек зелёный; chickpeas@42=Нут;
  red beans@2=Фасоль красная; peeled tomatoes@8=Помидоры очищенные; pineapple rings@54=Ананас кольцами;
  peach halves@28=Персики половинками; coconut milk@190=Молоко кокосовое | 240 g 1.15, 400 g 1.59
fishtin | {} in oil | {} в масле | sardines@215=Сардины; mackerel@200=Скумбрия; tuna@225=Тунец; sprats@36=Шпроты;
  salmon@12=Лосось | 120 g 1.99, 185 g 2.79
bottle | {} oil | Масло {} | sunflower@50=подсолнечное; olive@78=оливковое; rapeseed@56=рапсовое; linseed@36=льняное;
  pumpkin seed@110=тыквенное; walnut@30=из грецкого ореха | 250 ml 3.49, 500 ml 5.49, 1 l 8.99
bottle | {} vinegar | Уксус {} | apple@40=яблочный; wine@345=винный; balsamic@300=бальзамический; rice@50=рисовый |
  250 ml 1.69, 500 ml 2.49
bottle | {} sauce | Соус {} | tomato@4=томатный; soy@20=соевый; mustard@50=горчичный; chilli@12=чили;
  plum@310=сливовый; mushroom@30=грибной; pesto@110=песто | 200 ml 1.79, 350 ml 2.59
chocolate | {} chocolate | Шоколад {} | milk@24=молочный; dark@15=тёмный; white@46=белый; hazelnut@28=с фундуком;
  orange@30=с апельсином; sea salt@205=с морской солью; mint@150=с мятой; raspberry@340=с малиной |
  90 g 1.69, 180 g 2.99
box | {} biscuits | Печенье {} | oat=овсяное; butter=сливочное; ginger=имбирное; almond=миндальное; lemon@52=лимонное;
  cocoa@20=с какао | 200 g 1.39, 400 g 2.39
box | {} muesli | Мюсли {} | nut=с орехами; berry@340=с ягодами; apple@95=с яблоком; tropical@36=тропические;
  honey@46=с мёдом | 400 g 2.69, 750 g 4.29
box | {} tea | Чай {} | black=чёрный; green@105=зелёный; mint@150=мятный; camomile@50=ромашковый; rosehip@355=с шиповником;
  linden@70=липовый; fireweed@300=иван-чай | 20 pcs 1.79, 50 pcs 3.49
bag | {} coffee | Кофе {} | ground=молотый; whole bean=в зёрнах; dark roast=тёмной обжарки; mild=мягкий;
  decaffeinated@200=без кофеина | 250 g 4.49, 500 g 7.99, 1 kg 13.99
bag | {} | {} | salted peanuts@32=Арахис солёный; roasted almonds@26=Миндаль жареный; walnut halves@30=Орех грецкий;
  cashews@42=Кешью; dried apricots@30=Курага; raisins@290=Изюм; prunes@280=Чернослив; dried cranberries@350=Клюква сушёная
  | 150 g 2.29, 300 g 3.99
spice | {} | {} | black pepper@20=Перец чёрный; sweet paprika@8=Паприка сладкая; turmeric@46=Куркума;
  cinnamon@24=Корица; bay leaves@110=Лавровый лист; coriander@70=Кориандр; nutmeg@30=Мускатный орех;
  sea salt@205=Соль морская | 40 g 1.29, 90 g 2.29
"""

DRINKS = """
bottle | {} water | Вода {} | still=негазированная; sparkling=газированная; mineral=минеральная;
  lemon@55=с лимоном; mint@150=с мятой | 500 ml 0.55, 1 l 0.79, 1.5 l 0.95
carton | {} juice | Сок {} | apple@92=яблочный; orange@32=апельсиновый; tomato@6=томатный; cherry@345=вишнёвый;
  grape@285=виноградный; pineapple@52=ананасовый; carrot@24=морковный; birch@75=берёзовый | 200 ml 0.75, 1 l 1.89, 2 l 3.29
can | {} lemonade | Лимонад {} | lemon@54=лимонный; ginger@40=имбирный; tarragon@130=«Тархун»; pear@85=грушевый;
  raspberry@340=малиновый; elderflower@65=с бузиной; orange@30=апельсиновый | 330 ml 0.89, 500 ml 1.19
bottle | {} kvass | Квас {} | bread@24=хлебный; white@48=белый; beetroot@330=свекольный; cranberry@355=с клюквой |
  500 ml 0.99, 1.5 l 1.99
bottle | {} cordial | Сироп {} | raspberry@340=малиновый; blackcurrant@285=из чёрной смородины; mint@150=мятный;
  elderflower@68=из бузины; ginger@38=имбирный; rosehip@8=из шиповника | 350 ml 2.99, 700 ml 4.99
can | {} iced tea | Чай холодный {} | lemon@52=с лимоном; peach@26=с персиком; green@110=зелёный; berry@335=ягодный |
  330 ml 0.95, 500 ml 1.25
bottle | {} smoothie | Смузи {} | mango@38=манговый; berry@335=ягодный; green@105=зелёный; banana@50=банановый;
  peach@26=персиковый | 250 ml 1.99, 750 ml 4.49
can | {} tonic | Тоник {} | classic=классический; cucumber@120=с огурцом; grapefruit@10=с грейпфрутом; dry=сухой |
  250 ml 0.99, 330 ml 1.29
carton | {} cocoa drink | Какао-напиток {} | milk@24=молочный; oat@40=овсяный; hazelnut@28=с фундуком |
  250 ml 1.15, 1 l 2.69
bottle | {} cider, alcohol-free | Сидр {} безалкогольный | apple@90=яблочный; pear@72=грушевый; cherry@345=вишнёвый |
  330 ml 1.49, 750 ml 3.49
can | {} cold brew | Кофе холодный {} | black@22=чёрный; milk@32=с молоком; vanilla@46=ванильный; oat@38=с овсяным молоком |
  200 ml 1.69, 250 ml 1.95
"""
