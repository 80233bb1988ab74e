"""What counts as personal data, in the forms that people type, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.personal.finding import find, mask

PHONES = [
    "13800138000",
    "138-0013-8000",
    "138 0013 8000",
    "1380 013 8000",
    "+86 13800138000",
    "(+86)138-0013-8000",
    "0086 138 0013 8000",
    "１３８００１３８０００",
    "1 3 8 0 0 1 3 8 0 0 0",
    "1\u200b3\u200b8\u200b0\u200b0\u200b1\u200b3\u200b8\u200b0\u200b0\u200b0",
    "一三八零零一三八零零零",
    "1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣",
    "010-88886666",
    "0755 26581234",
    "(021)55556666",
    "415-555-2671",
    "(415) 555-2671",
    "+1 415 555 2671",
    "020 7946 0958",
    "07911 123456",
    "+44 7911 123456",
    "+852 9123 4567",
    "8613800138000",
    "(02) 2345-6789",
    "001-415-555-2671",
]
MAILS = [
    "li.wei@example.com",
    "li@mail.example.co.uk",
    "ａ＠ｂ．ｃｏｍ",
    "a(at)b.com",
    "john [at] mail [dot] example [dot] com",
    "john.doe at gmail dot com",
    "zhang艾特qq点com",
    "12345@qq。com",
    "li.wei @ example.com",
]
CARDS = ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005", "3782 822463 10005"]
IDENTITIES = ["11010519491231002X", "11010519491231002x", "110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"]
HOSTS = ["203.0.113.77", "192.168.1.23", "2001:db8::8a2e:370:7334", "fe80::1ff:fe23:4567:890a"]
ADDRESSES = [
    "北京市海淀区中关村大街27号院3号楼502室",
    "朝阳区建国路88号",
    "广东省深圳市南山区科技园南区A栋1203",
    "阳光花园3栋2单元501",
    "河南省周口市太康县马厂镇李庄村12组",
    "海淀区清华园1号",
    "内蒙古呼和浩特市新城区兴安北路甲1号",
    "朝阳区望京SOHO T1 C座 2305",
    "新界沙田大围积福街39号",
    "四川省成都市高新区天府三街199号太平洋金融大厦A座12F",
    "221B Baker Street, London NW1 6XE",
    "123 Main St, Springfield, IL 62701",
    "742 Evergreen Terrace",
    "PO Box 1187",
    "350 Fifth Ave, 21st Floor, New York, NY 10118",
    "Unit 5, 12 George St, Sydney NSW 2000",
    "48764 Howard Forge Apt. 421\nVanessaside, VT 79393",
]
KINDS = {"phone": PHONES, "email": MAILS, "card": CARDS, "id": IDENTITIES, "ip": HOSTS, "address": ADDRESSES}
HARMLESS = [
    "400-820-8820",
    "4008208820",
    "+1 800 555 0199",
    "95588",
    "订单号 4111111111111111",
    "订单号：13800138000",
    "order no. 13800138000",
    "Tracking number: 13800138000",
    "4111111111111112",
    "110105194912310021",
    "110105194913310020",
    "¥13800138000",
    "总计13800138000元",
    "13800138000 views",
    "版本 203.0.113.7",
    "v1.2.3.4",
    "1.2.3.4",
    "Windows 10.0.19041.1",
    "nvidia-cudnn-cu13==9.20.0.48",
    "so does @app.task of celery",
    "127.0.0.1",
    "255.255.255.0",
    "12:30:45",
    "std::vector",
    "AA:BB:CC:DD:EE:FF",
    "2026-11-28 13:45:00",
    "ISBN 978-7-302-12345-6",
    "E12345678",
    "look at example.com",
    "icon@2x.png",
    "vue@3.4.0",
    "git@github.com",
    "北京市海淀区",
    "地铁2号线",
    "5号电池两节",
    "路由器3号",
    "香奈儿5号香水",
    "第3号公告",
    "1号线人民广场站3号口",
    "人民路店的5号桌",
    "朝阳区的2号仓库",
    "三室一厅的床",
    "6号楼下的快递柜",
    "P/N 415-555-2671",
    "12 Monkeys Street food festival",
    "5 Main Street Vendors",
    "the 221 Baker Street mug",
    "5 way switch",
    "500 GB drive",
    "24 hour road assistance",
    "Model 415-555-2671",
    "contact me at example dot com",
    "I walked 5 miles down the road",
    "0190b5e1-1234-4321-8765-123456789012",
]


@pytest.mark.parametrize(("kind", "written"), [(kind, one) for kind, many in KINDS.items() for one in many])
@pytest.mark.parametrize("around", ["{}", "麻烦看一下：{}，谢谢", "Please note {}, thank you", "“{}”"])
def test_what_people_type_is_found_whole(kind: str, written: str, around: str) -> None:
    text = around.format(written)
    assert [(one.kind, text[one.start : one.end]) for one in find(text)] == [(kind, written)]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(("text", "shown"), [("护照号 E12345678", "护照号 [护照号]"), ("passport no. 123456789", "passport no. [passport]")])
def test_a_passport_needs_its_word(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize(("text", "shown"), [("座机88886666", "座机[电话]"), ("phone: 5551234", "phone: [phone]"), ("88886666", "88886666")])
def test_a_number_without_its_area_needs_a_word_too(text: str, shown: str) -> None:
    assert mask(text) == shown


def test_a_chinese_text_gets_chinese_words_and_a_reader_their_own() -> None:
    assert mask("打13800138000找我") == "打[电话]找我"
    assert mask("打13800138000找我", "en") == "打[phone]找我"
    assert mask("call 13800138000 or a@b.com") == "call [phone] or [e-mail]"


def test_numbers_beside_each_other_are_each_found() -> None:
    text = "13800138000 13900139000 4111111111111111 110105 19491231 002X"
    assert [one.kind for one in find(text)] == ["phone", "phone", "card", "id"]


def test_what_is_masked_holds_nothing_more() -> None:
    text = "13800138000、a@b.com、4111 1111 1111 1111、203.0.113.77"
    assert mask(mask(text)) == mask(text)


@given(st.text(alphabet="0123456789 -.+@aé路号市()\u200b１：:/\nX三", max_size=200))
def test_any_text_is_read_and_no_two_findings_overlap(text: str) -> None:
    found = find(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))
