"""What stands beside a number: a word that says what it is ("order no.", "电话"), a sign or a unit that makes it an amount.

Only the nearest words count, and only a stretch of bounded length is read. Knows folded texts.
"""

from __future__ import annotations

import re

_BEFORE, _AFTER = 28, 8
_LINK = r"\s*(?:number|num|no|nr|id|code|号码|编号|号|码)?[.:]?\s*(?:is|was|are|为|是|叫|[:#=№\"'“(\[<]|\s){0,4}$"

# Numbers that a company gives to things. Somebody's own number may be next, so that the nearest word decides.
_NUMBER = r"\s*(?:number|num|no|nr|id|code|号码|编号|号|码|#)"
_THINGS = re.compile(
    r"(?:(?:订单|单据|运单|工单|流水|序列|发票|合同|追踪|批次|条形?码|编号|编码|版本|型号"
    r"|\b(?:orders?|tracking|waybill|serial|invoice|sku|isbn|ean|upc|imei|s/n|p/n|sn|rma|ref|reference|version|barcode|voucher|transaction|model|part|item|size|article))"
    r"|(?:单|快递|物流|包裹|取件|交易|支付单?|退款单?|产品|商品|货|批|型|会员|编|款|课程|案件|备件|库存|凭证|参考|优惠|兑换|激活|设备|资产|件"
    r"|\b(?:parcel|shipment|ticket|case|part|item|model|batch|lot|confirmation|article|product|coupon|contract|receipt|member|build|po"
    r"|asset|device|booking))"
    rf"{_NUMBER}){_LINK}",
    re.IGNORECASE,
)
_CALLS = re.compile(
    r"(?:电话|手机|座机|固话|联系方式|联系|致电|来电|拨打|拨|打给|打|回电|号码|传真|短信|微信|whatsapp|phone|telephone|tel|mobile|cell|call"
    r"|ring|reach|contact"
    r"|text|fax|dial|sms|callback)(?:\s*(?:me|us|him|her|them))?(?:\s*(?:at|on|back|under))*" + _LINK,
    re.IGNORECASE,
)
_CALLED = re.compile(r"[ ,，]{0,2}(?:(?:is|was) my (?:phone|number|mobile|cell|tel)|是我的?(?:电话|手机|号码|联系)|(?:请|麻烦)?(?:打|拨"
    r"|联系)(?:这个|我))", re.IGNORECASE)
_CARD = re.compile(r"(?:卡号|银行卡|信用卡|储蓄卡|借记卡|[这那]张卡|账号|账户|\b(?:debit|credit|bank|visa|mastercard|card"
    r"|account))" + _LINK, re.IGNORECASE)
_PASSPORT = re.compile(r"(?:护照|通行证|passport)" + _LINK, re.IGNORECASE)
_OLD_ID = re.compile(r"(?:身份证|证件|identity card|id card|social security|ssn)" + _LINK, re.IGNORECASE)
_ADDRESS = re.compile(r"(?:\bips?|地址|网关|主机|服务器|address|host|server|gateway|ping|from|登录|登陆|端口)" + _LINK, re.IGNORECASE)
_VERSION = re.compile(
    r"(?:版本|版|固件|系统|升级[到至]?|更新[到至]?|内核|驱动|version|ver|firmware|build|release|updated?|upgraded?|driver|\bv|chapter|section"
    r"|章|节)(?: to)?" + _LINK,
    re.IGNORECASE,
)
_MONEY = re.compile(r"(?:[¥$€£]|rmb|cny|usd|eur|gbp|合计|总计|共计|总额|金额|余额|销量|播放量?|浏览量?|积分|total|sum|amount|balance)"
    r"\s*(?:is|of|为|是|[:=])?\s*$", re.IGNORECASE)
_UNITS = re.compile(
    r"\s{0,2}(?:元|块|美元|欧元|円|人民币|万|亿|件|个|次|台|条|人|位用户|积分|字节|公里|千米|米|克|秒|毫秒|ms\b|bytes?\b|kb\b|mb\b|km\b"
    r"|usd\b|rmb\b|cny\b|eur\b|dollars?\b"
    r"|yuan\b|euros?\b|pounds?\b|points?\b|views?\b|times\b|items?\b|units?\b|pcs\b|%)",
    re.IGNORECASE,
)


def _before(text: str, start: int) -> str:
    return text[max(0, start - _BEFORE) : start]


def names_a_thing(text: str, start: int) -> bool:
    return bool(_THINGS.search(_before(text, start)))


def asks_to_call(text: str, start: int, end: int) -> bool:
    return bool(_CALLS.search(_before(text, start)) or _CALLED.match(text[end : end + 24]))


def names_a_card(text: str, start: int) -> bool:
    return bool(_CARD.search(_before(text, start)))


def names_a_passport(text: str, start: int) -> bool:
    return bool(_PASSPORT.search(_before(text, start)))


def names_an_identity(text: str, start: int) -> bool:
    return bool(_OLD_ID.search(_before(text, start)))


def names_a_host(text: str, start: int) -> bool:
    return bool(_ADDRESS.search(_before(text, start)))


def names_a_version(text: str, start: int) -> bool:
    return bool(_VERSION.search(_before(text, start)))


def is_amount(text: str, start: int, end: int) -> bool:
    """Money before it, or a unit behind it."""
    return bool(_MONEY.search(_before(text, start)) or _UNITS.match(text[end : end + _AFTER]))
