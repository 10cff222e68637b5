"""Household, beauty and care, garden."""

HOUSEHOLD = """
detergent | {} laundry liquid | Гель для стирки {} | colour@290=для цветного; white@210=для белого; wool@330=для шерсти;
  sport@160=для спортивной одежды; baby@195=для детского | 1 l 5.49, 2 l 9.49
box | {} washing powder | Порошок стиральный {} | colour@290=для цветного; white@210=для белого; alpine@165=альпийский;
  sensitive@195=гипоаллергенный | 1 kg 4.49, 3 kg 10.99
detergent | {} washing-up liquid | Средство для посуды {} | lemon@54=с лимоном; apple@100=с яблоком; aloe@145=с алоэ;
  mint@165=с мятой; orange@28=с апельсином | 500 ml 1.79, 900 ml 2.79
spray | {} cleaner | Средство чистящее {} | kitchen@30=для кухни; bathroom@195=для ванной; glass@205=для стёкол;
  universal@120=универсальное; oven@10=для духовки | 500 ml 2.69, 750 ml 3.49
tissue | {} toilet paper | Бумага туалетная {} | soft=мягкая; recycled@90=из вторсырья; camomile@50=с ромашкой;
  three-ply@230=трёхслойная | 4 pcs 2.29, 8 pcs 3.99, 12 pcs 5.49
tissue | {} kitchen roll | Полотенца бумажные {} | white@210=белые; strong@250=прочные; patterned@330=с рисунком |
  2 pcs 1.99, 4 pcs 3.59
sponge | {} sponges | Губки {} | kitchen@50=кухонные; non-scratch@205=неабразивные; bath@160=банные; cellulose@30=целлюлозные |
  3 pcs 1.29, 6 pcs 2.19
towel | {} towel | Полотенце {} | terry@200=махровое; waffle@45=вафельное; linen@70=льняное; bath@330=банное; tea@15=кухонное |
  1 pcs 5.99
mug | {} mug | Кружка {} | porcelain@210=фарфоровая; stoneware@28=керамическая; enamel@150=эмалированная;
  travel@260=дорожная; glass@190=стеклянная | 250 ml 4.99, 400 ml 6.99
plate | {} plate | Тарелка {} | dinner@215=обеденная; soup@150=суповая; dessert@335=десертная; serving@35=сервировочная |
  1 pcs 5.49
pan | {} pan | Сковорода {} | cast-iron@230=чугунная; non-stick@10=антипригарная; grill@28=гриль; pancake@200=блинная |
  24 cm 24.90, 28 cm 29.90
candle | {} candle | Свеча {} | vanilla@46=ванильная; lavender@270=лавандовая; pine@140=хвойная; unscented@40=без запаха;
  beeswax@42=восковая | 120 g 3.99, 300 g 7.99
bulb | {} LED bulb | Лампа светодиодная {} | warm@44=тёплая; neutral@60=нейтральная; cool@205=холодная;
  dimmable@36=диммируемая | 5 W 2.99, 9 W 3.99, 12 W 4.99
battery | {} batteries | Батарейки {} | AA@28=AA; AAA@200=AAA; rechargeable AA@140=AA аккумуляторные;
  button@260=дисковые | 2 pcs 2.49, 4 pcs 3.99
"""

BEAUTY = """
tube | {} toothpaste | Зубная паста {} | mint@165=мятная; whitening@205=отбеливающая; herbal@125=с травами; sensitive@330=для чувствительных зубов;
  children's@35=детская | 50 ml 1.69, 100 ml 2.79
toothbrush | {} toothbrush | Зубная щётка {} | soft@330=мягкая; medium@205=средняя; children's@45=детская; bamboo@90=бамбуковая |
  1 pcs 2.49, 2 pcs 3.99
pump | {} liquid soap | Мыло жидкое {} | lavender@270=с лавандой; honey@42=с мёдом; olive@85=с оливой; sea@200=морское;
  rose@340=с розой | 300 ml 1.99, 500 ml 2.89
soap | {} soap | Мыло {} | almond@32=миндальное; lavender@270=лавандовое; honey@44=медовое; tar@25=дегтярное;
  baby@195=детское; rose@340=розовое | 90 g 1.19, 150 g 1.89
bottle | {} shampoo | Шампунь {} | nettle@120=с крапивой; camomile@50=с ромашкой; volume@290=для объёма; everyday@200=на каждый день;
  birch@95=с берёзой; anti-dandruff@220=против перхоти | 250 ml 3.29, 400 ml 4.49
bottle | {} hair balm | Бальзам для волос {} | argan@36=с аргановым маслом; keratin@310=с кератином; silk@340=с шёлком;
  coconut@185=с кокосом | 200 ml 3.49, 400 ml 4.99
pump | {} body lotion | Лосьон для тела {} | aloe@140=с алоэ; shea@38=с маслом ши; rose@340=с розой; sea buckthorn@26=с облепихой;
  coconut@185=с кокосом | 250 ml 4.49, 400 ml 6.49
creamjar | {} face cream | Крем для лица {} | day@195=дневной; night@255=ночной; moisturising@180=увлажняющий; nourishing@30=питательный;
  soothing@135=успокаивающий | 30 ml 6.99, 50 ml 9.99
tube | {} hand cream | Крем для рук {} | camomile@52=с ромашкой; glycerine@205=с глицерином; honey@40=с мёдом; lavender@270=с лавандой;
  almond@28=с миндалём | 50 ml 2.19, 75 ml 2.89
tube | {} sun cream | Крем солнцезащитный {} | family@36=для всей семьи; children's@48=детский; sport@195=спортивный |
  100 ml 7.99, 200 ml 11.99
lipstick | {} lipstick | Помада {} | coral@12=коралловая; cherry@350=вишнёвая; nude@22=телесная; rose@340=розовая;
  plum@310=сливовая; brick@8=кирпичная | 4 g 8.99
perfume | {} eau de toilette | Туалетная вода {} | citrus@52=цитрусовая; floral@335=цветочная; woody@28=древесная; fresh@190=свежая;
  amber@36=янтарная; lilac@275=сиреневая | 30 ml 17.90, 50 ml 24.90
bottle | {} shower gel | Гель для душа {} | sea@200=морской; citrus@40=цитрусовый; fig@285=с инжиром; green tea@110=с зелёным чаем;
  milk and honey@44=молоко и мёд | 250 ml 2.29, 500 ml 3.49
"""

GARDEN = """
plant | {} in a pot | {} в горшке | ivy@130=Плющ; violet@270=Фиалка; aloe@145=Алоэ; fern@120=Папоротник;
  cyclamen@330=Цикламен; begonia@350=Бегония; ficus@138=Фикус; orchid@305=Орхидея | 12 cm 5.99, 17 cm 9.99
!bouquet | bouquet of {} | Букет {} | tulips@345=тюльпанов; roses@355=роз; sunflowers@48=подсолнухов;
  chrysanthemums@40=хризантем; daisies@55=ромашек; irises@260=ирисов | 1 pcs 9.99
seeds | {} seeds | Семена {} | tomato@6=томатов; cucumber@115=огурцов; radish@345=редиса; dill@105=укропа;
  sweet pea@310=душистого горошка; marigold@32=бархатцев; basil@135=базилика; poppy@0=мака; carrot@26=моркови | 2 g 0.99, 10 g 1.99
pot | {} flowerpot | Горшок цветочный {} | clay@18=глиняный; glazed@200=глазурованный; hanging@140=подвесной; wooden@30=деревянный |
  12 cm 3.49, 18 cm 5.99, 24 cm 8.99
sack | {} compost | Грунт {} | universal@28=универсальный; seedling@110=для рассады; orchid@305=для орхидей; cactus@45=для кактусов |
  5 l 2.99, 10 l 4.99, 25 l 8.99
bottle | {} plant food | Удобрение {} | houseplant@130=для комнатных растений; rose@345=для роз; tomato@8=для томатов; lawn@105=для газона;
  orchid@300=для орхидей | 500 ml 4.49, 1 l 6.99
tool | {} | {} | hand trowel@140=Совок садовый; hand fork@30=Вилка садовая; weeding hoe@200=Мотыжка; dibber@40=Сажалка | 25 cm 5.99, 30 cm 7.49
wateringcan | {} watering can | Лейка {} | zinc@210=оцинкованная; indoor@150=комнатная; garden@110=садовая; children's@330=детская |
  1.5 l 6.99, 5 l 11.99
sack | {} bird food | Корм для птиц {} | winter@205=зимний; sunflower@48=с подсолнухом; mixed@30=смешанный; titmouse@60=для синиц |
  1 kg 3.49, 3 kg 8.49
"""
