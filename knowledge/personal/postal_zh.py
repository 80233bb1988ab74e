"""Chinese postal addresses: what leads from a province down to a door, or a street with its number.

Read from what is rare: a road's number, a building, a door. From there back to where the address begins, and on to where it ends.
A city or a district alone is nobody's address. Knows folded texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BACK, _ON = 48, 40
_H = "\u4e00-\u9fff"
_ROAD = r"(?:路|街|大道|巷|胡同|弄|道|段|里)"
_NUMBER = r"[甲乙丙丁]?(?:\d{1,5}|[一二三四五六七八九十百零〇]{1,5})(?:[-之]\d{1,4})?"
_UNIT = r"(?:号院|号楼|号|弄|栋|幢|座|单元|楼|层|室|房|户|组|队|舍|[Ff](?![A-Za-z]))"
_ANCHOR = re.compile(
    rf"{_ROAD} ?(?:[东西南北中] ?)?{_NUMBER} ?(?:号|弄)|(?<=[0-9A-Za-z一二三四五六七八九十])(?P<unit> ?(?:号楼|号院|号|栋|幢|座|单元|室|组|舍))"
    rf"|(?:镇|乡|街道)[{_H}]{{1,8}}?(?:村|社区)"
)
_COUNT = re.compile(r"(?:\d{1,4}|[A-Za-z]|[一二三四五六七八九十]{1,2})$")
_TAIL = re.compile(
    rf"(?:[ ,-]?(?:[{_H}·]{{1,10}}? ?)?(?:[A-Za-z]?\d{{1,5}}(?:-\d{{1,5}}){{0,3}}|[A-Za-z]{{1,2}}|[一二三四五六七八九十]{{1,3}}) ?{_UNIT}){{0,7}}"
    r"(?:[ ,-]?[A-Za-z]?\d{3,4}(?:-\d{1,4})?(?![\d年月元点:.%]| \d{3,4} ))?(?: ?[(（]?(?:邮编:?)? ?\d{6}[)）]?(?![\d\-]| \d{8}))?"
)
_BREAK = re.compile(r"[,，。;；!！?？\n:：\"'“”‘’()（）\[\]【】|<>、@]")
_PROVINCE = re.compile(
    "(?:北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|(?<!中)山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海"
    "|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|新界|九龙|台北|新北|高雄)"
)
_AREA = re.compile(rf"[{_H}]{{2,7}}?(?:省|自治区|特别行政区|自治州|地区|盟|市|州|区|县|旗|镇|乡|街道)")
_LEAD = re.compile(
    "(?:地址|住址|住处|收货地|收件地)(?:是|为|在|改成|改为|改到|换成|填|写)?|(?:住|家|寄|送|发|搬|运|邮|退|改|换|配送|派送|邮寄|投递)(?:在"
    "|到|往|至|去|成|为)|位于|就在|是在|请到|请来"
    "|(?:帮我|麻烦|请)?(?:寄|送)(?:给我)?|(?:我|他|她)?住|我家(?:是|在)?|在|到|往|是|为|从|至"
)
_NEEDS_NO_MORE = re.compile(r"(?:地址|住|寄|送|发|搬|邮|家|配送|派送|上门|投递|收货|收件)")
_NO_ROAD = re.compile(
    "(?:道路|线路|网路|思路|套路|电路|回路|链路|铁路|半路|(?<![东西南北中山])一路|铺路|出路|公路|高速路|马路|知道|味道|频道|渠道|管道|通道|赛道|轨道|隧道|报道"
    "|街道|跑道|车道|河道|地道"
    "|[这那哪]里|公里|英里|海里|心里|店里|家里|城里|手里|片段|阶段|手段|时段|波段|路段|视频段|第.段|逛街|上街|步行街|商业街)$"
)
_COMMUNITY = re.compile(
    "(?:小区|花园|花苑|苑|公寓|大厦|家园|广场|新村|村|城|府|庭|园|宿舍|邨|里|湾|郡|居|阁|轩|中心|国际|院|庄|墅|名都|天地|华府|新城|嘉园"
    "|雅苑|社区|路|街|巷|弄|号|区|镇|乡|屯)$"
)
_ESTATE = re.compile(rf"(?:区|县|镇|乡|街道)[{_H}]{{2,8}}$")
_PLACES = re.compile(r"[店仓库门厅桌口线馆站台窗柜机位]")
_GOODS = re.compile(r" ?(?:线|电池|色|款|产品|香水|牌|型|套餐|口红|车|机|品|店铺|馆藏|作品|公告|文件|令|台风|钢|油|染|胶|球|键|门禁卡|会员"
    r"|客服|坐席|选手|歌|楼盘|酒$|酒[,，。的])")


def chinese_in(text: str) -> Iterator[tuple[int, int]]:
    last = refused = 0
    for found in _ANCHOR.finditer(text):
        begin = _begin(text, found)
        if begin < last:
            continue
        if refused and begin - refused < 2:  # nothing new before it
            refused = found.end()
            continue
        tail = _TAIL.match(text, found.end(), found.end() + _ON)
        end = tail.end() if tail else found.end()
        head = _head(text[max(last, begin - _BACK) : begin])
        if _is_address(head, text[begin : found.end()], text[found.end() : end], text[end : end + 6]):
            yield begin - len(head.kept), end
            last, refused = end, 0
        else:
            refused = found.end()


def _begin(text: str, found: re.Match[str]) -> int:
    """A unit's number stands before it."""
    count = _COUNT.search(text[max(0, found.start() - 4) : found.start()]) if found["unit"] else None
    return found.start() - len(count[0]) if count else found.start()


class _Head:
    """What stands before the anchor, from where the address may begin, and whether a word led to it."""

    __slots__ = ("areas", "is_led", "kept")

    def __init__(self, kept: str, *, is_led: bool) -> None:
        self.kept, self.is_led = kept, is_led
        self.areas = len(_AREA.findall(kept)) + bool(_PROVINCE.match(kept) and not re.match(".{2,3}(?:省|市)", kept))


def _head(before: str) -> _Head:
    is_labelled = bool(re.search(r"(?:地址|住址|收件|收货|寄到|送到|寄往)[^,，。;；!！?？\n]{0,4}[:： ]\s*[^,，。;；!！?？\n:：]*$", before))
    breaks = [found.end() for found in _BREAK.finditer(before)]
    stretch = before[breaks[-1] :] if breaks else before
    stretch = re.sub(rf"^.*[A-Za-z]{{2,}}\s+(?=[{_H}])", "", stretch)  # words of another language
    leads = list(_LEAD.finditer(stretch))
    is_led = is_labelled or any(_NEEDS_NO_MORE.search(lead[0]) for lead in leads)
    kept = stretch[leads[-1].end() :] if leads else stretch
    province = _PROVINCE.search(stretch)
    if province and not _AREA.search(stretch[: province.start()]):  # else it is a road's name
        return _Head(stretch[province.start() :], is_led=is_labelled or bool(_NEEDS_NO_MORE.search(stretch[: province.start()])))
    return _Head(kept.lstrip(" -"), is_led=is_led)


def _is_address(head: _Head, anchor: str, tail: str, after: str) -> bool:
    kept = head.kept
    units = len(re.findall(_UNIT, anchor + tail))
    if anchor[0] in "镇乡街" and anchor[-1] in "村区":
        return head.areas >= 2
    if re.match(_ROAD, anchor):
        return _is_street(head, anchor, units, after)
    if _GOODS.match(after) and head.areas < 2:
        return False
    if anchor.endswith("号") and units == 1:  # a door with neither road nor house: only where a district leads to it
        return bool(head.areas) and bool(_ESTATE.search(kept)) and not _PLACES.match(after)
    has_door = bool(re.search(r"(?:室|房|户|\d{3,4})(?: ?\d{6})?\)?$", anchor + tail))
    if head.areas >= 2:
        return units >= 1
    if not _COMMUNITY.search(kept.rstrip(" ")):
        return (head.is_led or bool(head.areas)) and (units >= 2 or has_door)
    return (units >= 2 or has_door) if not (head.is_led or head.areas) else True


def _is_street(head: _Head, anchor: str, units: int, after: str) -> bool:
    suffix = re.match(_ROAD, anchor)
    name = head.kept + (suffix[0] if suffix else "")
    if _NO_ROAD.search(name) or not re.search(rf"[{_H}]$", head.kept):
        return False
    if head.areas or head.is_led:
        return True
    if suffix and suffix[0] in ("道", "段", "里") and units < 2:
        return False
    return not _GOODS.match(after) and (units >= 2 or len(head.kept) <= 6)
