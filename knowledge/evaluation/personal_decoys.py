"""What only looks like personal data: orders, prices, days, serials, versions, parcels, totals, books, goods with house numbers, hotlines.

Nothing of the finders is used.
"""

from __future__ import annotations

from random import Random

from knowledge.evaluation.personal_values import digits, luhn_digit

ZH = (
    "订单号{order}还没发货。|订单编号：{eleven}，麻烦查一下|我的订单 {luhn} 显示已取消|流水号{luhn}，支付失败|运单号{parcel}三天没动了"
    "|快递单号 {twelve} 查不到|一共付了¥{price}"
    "|这台电脑要{price}元|总计{total}元，对吗|播放量{elevenish}次了|积分余额{total}分|{day}下的单|{day} {clock}还能改吗"
    "|活动时间{day}至{day}|序列号{serial}，保修到什么时候|型号{model}还有货吗"
    "|固件版本{version}有问题|升级到{version}以后开不了机|系统是v{version}|书号 ISBN {isbn}|{isbn}这本书有吗|客服热线是400-{three}-{four}吗"
    "|打{hotline}没人接|95588是你们的电话吗"
    "|坐地铁{small}号线到|{small}号电池有卖吗|香奈儿{small}号香水多少钱|{small}路公交车到店里吗|长安街{small}周年纪念款有货吗"
    "|路由器{small}号机型停产了吗|买{small}送{small}的活动|尺码{small}码偏大吗"
    "|你们在北京市海淀区有店吗|浙江省能发货吗|{small}号楼有充电桩吗|快递说{small}天到|条形码{ean}|设备编号：{elevenish}"
    "|发票号码{eight}开错了|合同编号 {luhn}|批次号{twelve}|优惠码 {serial} 用不了"
    "|分辨率{small}00x{small}00|重量是{small}.{small}公斤|折扣{small}.5折|第{small}期分{small}期付|会员编号{eight}|{small}:{small}到货"
    "|温度{small}-{small}度|占用{total}字节|IMEI：{imei}"
    "|微信支付单号 {parcel}|兑换码{uuid}|参考号 {badcard}|数字 {badcard} 是什么|编号{badid}对吗"
    "|网址 https://shop.example/p/{eight}?from={small}|@小助手 在吗|看一下 icon@2x.png"
    "|127.0.0.1打不开后台|子网掩码255.255.255.0|{small}栋教学楼项目的报价|中山路牌{small}号挂件|南京路步行街的联名款|A座会议室投影仪多少钱"
    "|圆周率3.1415926535897932|商品 {model} 缺货"
)
EN = (
    "Order no. {order} has not arrived.|My order number is {elevenish}.|order #{luhn} was cancelled|Tracking number {parcel} is stuck"
    "|The tracking id {twelve} does not work|It costs ${price} now"
    "|The total is {total} dollars|That video has {elevenish} views|I placed it on {day}|Can I change it on {day} at {clock}?"
    "|The sale runs {day} to {day}|Serial number {serial}|serial no: {luhn}"
    "|Is model {model} in stock?|Firmware version {version} is broken|After the update to {version} it fails|It runs v{version}"
    "|ISBN {isbn} please|Do you have {isbn}?|Is 1-800-{three}-{four} your hotline?"
    "|I called 1 888 {three} {four}, nobody answers|Do you sell the {small} Oak Street candle?|Is the {small} Park Lane perfume back?"
    "|I want the {small} way switch|Two {small} court tennis sets"
    "|I walked {small} miles down the road|We need {small} parking place cards|The {small} Baker Street mug is broken"
    "|Size {small} runs large|Pages {small}-{small} are missing|barcode {ean}|Invoice {eight} is wrong"
    "|device id: {elevenish}|Batch no. {twelve} is bad|The code {serial} does not work|The screen is {small}00 x {small}00"
    "|It weighs {small}.{small} kg|the {small}.5 inch one|IMEI {imei}"
    "|The reference {badcard} is unknown|What is {badcard}?|id {badid} is not valid|see https://shop.example/p/{eight}?ref={small}"
    "|@support are you there|look at icon@2x.png|pip install thing@{small}.4.1"
    "|look at example.com please|meet me at noon|127.0.0.1 does not open|the mask is 255.255.255.0|Voucher {uuid}|MAC 3c:22:fb:1a:90:7e"
    "|It took {clock}:12|{total} bytes used|{small}% off until {day}"
    "|Do you ship to Springfield, IL?|Is there a shop in London?|Route {small} Drive shaft kit|pi is 3.1415926535897932|case no. {order}"
    "|part {model} please|std::vector and a::b|ticket number {elevenish} please"
)
TEMPLATES = {"zh": ZH.split("|"), "en": EN.split("|")}


def decoy(chance: Random, language: str) -> str:
    return chance.choice(TEMPLATES[language]).format_map(_Filled(chance))


class _Filled(dict[str, str]):
    """Each place is filled anew."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self._chance = chance

    def __getitem__(self, name: str) -> str:
        return _filled(self._chance, name)


def _filled(chance: Random, name: str) -> str:
    body = chance.choice(["4532", "622202", "5425"]) + digits(chance, 11)
    good = luhn_digit(body)
    day = f"{chance.randint(2019, 2026)}{{0}}{chance.randint(1, 12):02}{{0}}{chance.randint(1, 28):02}"
    book = "978" + digits(chance, 9)
    fillings = {
        "order": chance.choice(["20261128" + digits(chance, chance.randint(6, 10)), "SO-" + digits(chance, 8), "1" + digits(chance, 10), "13" + digits(chance, 9)]),
        "elevenish": chance.choice(["13", "15", "18"]) + digits(chance, 9),
        "elevenish2": digits(chance, 11),
        "eleven": "1" + chance.choice("3578") + digits(chance, 9),
        "luhn": body + good,
        "parcel": chance.choice(["SF", "YT", "JD", "", "4", "1Z999AA1"]) + digits(chance, 13),
        "twelve": digits(chance, 12),
        "price": chance.choice([f"{chance.randint(1, 9999)}.{digits(chance, 2)}", f"{chance.randint(1000, 99999):,}", str(chance.randint(10, 99999))]),
        "total": chance.choice([f"{chance.randint(10**9, 10**12):,}", str(chance.randint(10**9, 10**11)), f"1{chance.choice('3589')}{digits(chance, 9)}"]),
        "day": day.format(chance.choice(["-", "/", ".", ""])),
        "clock": f"{chance.randint(0, 23):02}:{digits(chance, 1)[0].translate(str.maketrans('6789', '0123'))}{digits(chance, 1)}",
        "serial": chance.choice(["SN" + digits(chance, 10), "C02" + digits(chance, 4) + "LVDQ", f"{digits(chance, 4)}-{chance.choice('ABCXYZ')}{digits(chance, 3)}-{digits(chance, 4)}"]),
        "model": chance.choice([f"AB-{digits(chance, 4)}", f"TP{digits(chance, 3)}X", f"{digits(chance, 3)}-{digits(chance, 2)}K"]),
        "version": ".".join(str(chance.randint(0, 140)) for _ in range(4)),
        "isbn": f"{book[:3]}-{book[3]}-{book[4:8]}-{book[8:12]}-{digits(chance, 1)}",
        "three": chance.choice("23456789") + digits(chance, 2),
        "four": digits(chance, 4),
        "hotline": chance.choice(["400", "800"]) + digits(chance, 7),
        "small": str(chance.randint(1, 60)),
        "ean": "69" + digits(chance, 11),
        "eight": digits(chance, 8),
        "imei": "86" + digits(chance, 13),
        "uuid": f"{chance.getrandbits(32):08x}-{chance.getrandbits(16):04x}-{digits(chance, 4)}-{digits(chance, 4)}-{digits(chance, 12)}",
        "badcard": body + str((int(good) + chance.randint(1, 9)) % 10),
        "badid": f"1101051990{chance.choice(['1332', '0231', '0045'])}{digits(chance, 4)}",
    }
    return fillings[name]
