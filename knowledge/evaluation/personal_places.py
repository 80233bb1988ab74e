"""Made-up postal addresses in both languages, from towns and streets of its own. Nothing of the finders is used."""

from __future__ import annotations

from random import Random

TOWNS = (
    "北京市朝阳区,北京海淀区,上海市浦东新区,上海徐汇区,广东省深圳市福田区,广东广州市天河区,浙江省杭州市西湖区,江苏省苏州市工业园区,"
    "四川省成都市锦江区,湖北省武汉市洪山区,陕西省西安市雁塔区,重庆市渝中区,山东青岛市市南区,福建省厦门市思明区,杭州市余杭区,成都武侯区,"
    "云南省大理白族自治州大理市,新疆维吾尔自治区乌鲁木齐市天山区"
)
ROADS = "建国路,人民南路,解放大道,文三西路,学院路,中山东一路,望京街,滨河大道,科苑南路,青年路,长江路,天府三街,湖滨北路,光复巷"
ESTATES = "阳光花园,万科城,翠苑小区,锦绣家园,滨江公寓,金地名都,碧桂园,和平新村,龙湖天街,紫荆苑"
VILLAGES = "河南省周口市太康县马厂镇李庄村,湖南省岳阳市平江县南江镇桥东村,安徽省阜阳市颍上县江口镇杨湖村,甘肃省定西市临洮县洮阳镇旭东村"
STREETS = (
    "Main Street,Oak Avenue,Maple Drive,Elm St,Washington Blvd,Church Road,Park Lane,Victoria Terrace,High Street,Cedar Court,"
    "Sunset Boulevard,Kings Road,Lakeview Dr,Station Rd,Mill Lane,Pine Ave,Queen Anne Square,Harbour Close"
)
AMERICAN = "Springfield IL,Austin TX,Portland OR,Columbus OH,San Diego CA,Brooklyn NY,Salem MA,Boulder CO"
BRITISH = "London NW1 6XE,Leeds LS1 4AP,Bristol BS1 5TR,Manchester M1 2WD,Oxford OX1 3PP,Edinburgh EH1 1YZ"


def one_of(chance: Random, many: str) -> str:
    return chance.choice(many.split(","))


def address_zh(chance: Random) -> str:
    town, road, estate, number = one_of(chance, TOWNS), one_of(chance, ROADS), one_of(chance, ESTATES), chance.randint(1, 999)
    block, unit, room = chance.randint(1, 40), chance.randint(1, 6), chance.randint(101, 3208)
    forms = [
        f"{town}{road}{number}号",
        f"{town}{road}{number}号{estate}{block}栋{unit}单元{room}室",
        f"{town}{road}{number}号{estate}{block}号楼{room}",
        f"{town}{estate}{block}栋{room}",
        f"{town}{estate}{block}幢{unit}单元{room}室",
        f"{road}{number}号{block}号楼{unit}单元{room}",
        f"{estate}{block}栋{unit}单元{room}",
        f"{town}{road}{number}弄{block}号{room}室",
        f"{one_of(chance, VILLAGES)}{chance.randint(1, 20)}组",
        f"{one_of(chance, VILLAGES)}{number}号",
        f"{town} {road} {number} 号 {chance.choice('ABCD')} 座 {room} 室",
    ]
    return chance.choice(forms)


def address_en(chance: Random) -> str:
    number, street = chance.randint(1, 9899), one_of(chance, STREETS)
    flat, code = chance.randint(1, 480), f"{chance.randint(10000, 98999)}"
    town, british = ", ".join(one_of(chance, AMERICAN).rsplit(" ", 1)), one_of(chance, BRITISH)
    forms = [
        f"{number} {street}",
        f"{number} {street}, {town} {code}",
        f"{number} {street}, Apt {flat}, {town} {code}",
        f"{number} {street} #{flat}, {town} {code}",
        f"{number} {street} Suite {flat}\n{town} {code}",
        f"Flat {flat % 30 + 1}, {number % 200 + 1} {street}, {british}",
        f"{number % 200 + 1}{chance.choice(['', 'a', 'B'])} {street}, {british}",
        f"{number} {street.lower()}, {town.lower()} {code}",
        f"P.O. Box {number}",
    ]
    return chance.choice(forms)
