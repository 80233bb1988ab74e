"""Units in two languages, brought to one name and one size: 2小时 and 120 minutes are the same, 5天 and 5个工作日 are not."""

from __future__ import annotations

from decimal import Decimal

# name: (base, size in the base, zh spellings, en spellings)
_UNITS: dict[str, tuple[str, str, str, str]] = {
    "workday": ("workday", "1", "工作日 工作天 营业日", "workdays? (?:business|working|work)[\\s-]days?"),
    "day": ("second", "86400", "自然日 日历日 天 日", "(?:calendar[\\s-]|natural[\\s-])?days?"),
    "hour": ("second", "3600", "小时 钟头", "hours? hrs? h"),
    "minute": ("second", "60", "分钟", "minutes? mins?"),
    "second": ("second", "1", "秒钟 秒", "seconds? secs?"),
    "week": ("second", "604800", "星期 礼拜 周(?!年)", "weeks?"),
    "month": ("month", "1", "月", "months?"),
    "quarter": ("month", "3", "季度", "quarters?"),
    "year": ("month", "12", "周年 年", "years? yrs?"),
    "yuan": ("yuan", "1", "元人民币 人民币 块钱 元 块 圆", "yuan rmb cny renminbi"),
    "jiao": ("yuan", "0.1", "角 毛钱", ""),
    "usd": ("usd", "1", "美元 美金", "usd us\\sdollars? dollars? bucks?"),
    "eur": ("eur", "1", "欧元", "eur euros?"),
    "gbp": ("gbp", "1", "英镑", "gbp pounds? sterling"),
    "hkd": ("hkd", "1", "港币 港元", "hkd"),
    "percent": ("percent", "1", "个百分点 %", "% percent per\\scent percentage\\spoints?"),
    "time": ("time", "1", "次(?!日) 遍", "times?"),
    "kilogram": ("gram", "1000", "公斤 千克 kg", "kg kilograms? kilos?"),
    "jin": ("gram", "500", "斤", ""),
    "gram": ("gram", "1", "克", "g grams?"),
    "kilometre": ("metre", "1000", "公里 千米", "km kilomet(?:re|er)s?"),
    "square_metre": ("square_metre", "1", "平方米 平米 ㎡", "m2 m² square\\smet(?:re|er)s?"),
    "centimetre": ("metre", "0.01", "厘米 公分", "cm centimet(?:re|er)s?"),
    "millimetre": ("metre", "0.001", "毫米", "mm millimet(?:re|er)s?"),
    "metre": ("metre", "1", "米", "m met(?:re|er)s?"),
    "inch": ("inch", "1", "英寸 寸", "inch(?:es)?"),
    "millilitre": ("litre", "0.001", "毫升", "ml millilit(?:re|er)s?"),
    "litre": ("litre", "1", "升", "l lit(?:re|er)s?"),
    "gigabyte": ("gigabyte", "1", "", "gb gigabytes?"),
    "megabyte": ("megabyte", "1", "", "mb megabytes?"),
    "watt": ("watt", "1", "瓦", "w watts?"),
    "milliamp_hour": ("milliamp_hour", "1", "毫安时 毫安", "mah"),
    "degree": ("degree", "1", "摄氏度 ℃ °c", "degrees? °c ℃"),
    "age": ("age", "1", "周岁 岁", "years?[\\s-](?:old|of\\sage)"),
    "point": ("point", "1", "积分", "points?"),
    "multiple": ("multiple", "1", "倍", ""),
    "fold": ("fold", "1", "折", ""),
    "person": ("person", "1", "人(?!民) 位 名", "people persons?"),
    "floor": ("floor", "1", "层 楼", "floors?"),
}

MONEY = frozenset({"yuan", "usd", "eur", "gbp", "hkd"})
CURRENCY_SIGNS = {"¥": "yuan", "rmb": "yuan", "cny": "yuan", "$": "usd", "us$": "usd", "usd": "usd", "€": "eur", "eur": "eur",
                  "£": "gbp", "gbp": "gbp", "hk$": "hkd", "hkd": "hkd"}  # fmt: skip
CLASSIFIERS = "个件台张种款项条只套份笔单户门家页本部间箱包瓶双颗枚株把辆架封组批类步代支盒袋桶杯幅座栋"

_SPELLED = (
    (spelling, name, is_chinese)
    for name, (_, _, chinese, english) in _UNITS.items()
    for spellings, is_chinese in ((chinese, True), (english, False))
    for spelling in spellings.split()
)
_SPELLINGS = sorted(_SPELLED, key=lambda entry: len(entry[0]), reverse=True)  # 工作日 before 日, "working days" before "days"

UNIT = "|".join(
    f"(?P<u{number}_{name}>{spelling}{'' if is_chinese else '(?![a-z0-9])'})" for number, (spelling, name, is_chinese) in enumerate(_SPELLINGS)
)


def unit_of(group: str) -> str:
    """The unit's name from the name of a regular expression group."""
    return group.split("_", 1)[1]


def in_base(value: Decimal, unit: str) -> tuple[str, Decimal]:
    """The unit's base and the value in it. 8折 is read as "20 % off"; a year of the calendar stays a year."""
    if unit == "fold":
        return "percent", 100 - 10 * (value if value < 10 else value / 10)
    if unit == "year" and 1000 <= value <= 2100:
        return "calendar_year", value
    base, size, _, _ = _UNITS[unit]
    return base, (value * Decimal(size)).normalize()
