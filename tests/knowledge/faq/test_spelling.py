"""Messages in pinyin, with characters of the same sound, with slips of the keys: read as the bank spells; all else stays."""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.contracts import Language
from knowledge.faq.normalise import exact_key
from knowledge.faq.spelling.reading import changed
from knowledge.faq.spelling.speller import LONGEST, Speller
from tests.knowledge.faq import slips

BACKGROUND = Path(__file__).parents[3] / "knowledge" / "faq"
ODD = ["", " ", "?", "我", "a", "\0", "\ud800", "怎么\udfff退祸", "😀👩‍👩‍👧", "？？？！！", "\u202eabc", "a" + "\u0301" * 50]
ODD += ["ǖǘǚǜü", "xi'an’", "'", "x" * 10_000, "退" * 10_000]
FOREIGN = ["Wo ist mein Paket", "où est mon colis", "dónde está mi pedido", "dove si trova il mio pacco", "saya mau tanya"]
FOREIGN += ["sumimasen kore wa nan desu ka", "wie lange dauert die Lieferung", "quanto tempo demora a entrega"]
FOREIGN += ["siparişim nerede", "gdzie jest moja paczka"]
QUICK = ["你们这个双肩包的电脑隔层能放下十六寸的笔记本电脑马谢谢", "qing wen kuaidi danhao zai nali", "how long does deliverry take to"]


@pytest.fixture(scope="module")
def speller() -> Speller:
    """Of the demo's texts, those aside that the cases are made of."""
    return Speller.build(slips.demo_texts(kept_out=False))


@pytest.fixture(scope="module")
def cases() -> dict[str, list[tuple[str, str]]]:
    with slips.CASES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {kind: [(row["written"], row["meant"]) for row in rows if row["kind"] == kind] for kind in ("homophone", "pinyin", "typo")}


def lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


# --- what is put right -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("qing wen kuaidi danhao zai nali kan", "请问快递单号在哪里看"),
        ("fahuo qian keyi quxiao dingdan ma", "发货前可以取消订单吗"),
        ("zenmetuihuo", "怎么退货"),
        ("wo de bao guo dao na le?", "我的包裹到哪了?"),
        ("QING WEN ZENME TUIHUO", "请问怎么退货"),
        ("qǐng wèn zěnme tuìhuò", "请问怎么退货"),
        ("sou huo dizi zenme gai", "收货地址怎么改"),
        ("nihao", "你好"),
    ],
)
def test_pinyin_is_written_out(speller: Speller, written: str, meant: str) -> None:
    reading = speller.read(written)
    assert (reading.text, reading.language, {change.kind for change in reading.changes}) == (meant, "zh", {"pinyin"})


@pytest.mark.parametrize(
    ("written", "meant"),
    [("我的dingdan在哪", "我的订单在哪"), ("退huo要多久", "退货要多久"), ("我de订单", "我的订单"), ("app登不上怎么ban", "app登不上怎么办")],
)
def test_pinyin_among_characters_is_written_out(speller: Speller, written: str, meant: str) -> None:
    assert speller.read(written).text == meant


@pytest.mark.parametrize("text", ["app打不开", "支持wifi吗", "nike有吗", "有game卖吗", "MT-102防水吗", "发到info@an.men.com行吗", "单号SF1234an呢"])
def test_names_and_words_among_characters_stay(speller: Speller, text: str) -> None:
    assert speller.read(text).changes == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("电子发飘多久能收到", "电子发票多久能收到"),
        ("音想坏了", "音箱坏了"),
        ("怎么退祸", "怎么退货"),
        ("收获地址怎么改", "收货地址怎么改"),
        ("電子發飄多久能收到", "电子发票多久能收到"),
    ],
)
def test_characters_of_the_same_sound_are_put_right(speller: Speller, written: str, meant: str) -> None:
    reading = speller.read(written)
    assert exact_key(reading.text) == exact_key(meant)
    assert {change.kind for change in reading.changes} == {"homophone"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("oridginal box", "original box"),
        ("pakage arived", "package arrived"),
        ("Refnud please", "Refund please"),
        ("waht do i ned to pay", "what do i need to pay"),
        ("WHERE IS MY PARCLE", "WHERE IS MY PARCEL"),
    ],
)
def test_slips_of_the_keys_are_put_right(speller: Speller, written: str, meant: str) -> None:
    reading = speller.read(written)
    assert (reading.text, reading.language) == (meant, "en")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("能用簡訊驗證碼登入嗎", "能用短信验证码登录吗"), ("怎麼設定兩步驗證", "怎么设置两步验证"), ("枱燈價格", "台灯价格")],
)
def test_words_of_other_regions_are_put_right(speller: Speller, written: str, meant: str) -> None:
    reading = speller.read(written)
    assert exact_key(reading.text) == exact_key(meant)
    assert {change.kind for change in reading.changes} == {"regional"}


@pytest.mark.parametrize("text", ["對話會一直存在嗎", "請問怎麼退貨", "優惠券怎麼使用", "電子發票多久能收到"])
def test_traditional_characters_alone_are_no_change(speller: Speller, text: str) -> None:
    assert speller.read(text).changes == ()


def test_a_change_says_where_and_what(speller: Speller) -> None:
    text = "请问,密玛忘了"
    reading = speller.read(text)
    assert [(change.was, change.now, change.kind) for change in reading.changes] == [("玛", "码", "homophone")]
    assert [text[change.start : change.end] for change in reading.changes] == ["玛"]


def test_the_language_that_the_caller_knows_is_kept_unless_the_message_is_pinyin(speller: Speller) -> None:
    assert speller.read("5", "zh").language == "zh"
    assert speller.read("zenme tuihuo", "en").language == "zh"
    assert speller.read("how do I return it").language == "en"


# --- what stays --------------------------------------------------------------------------------------------------------


def test_english_is_never_taken_for_pinyin(speller: Speller) -> None:
    english = [*lines(BACKGROUND / "background.en.txt"), *lines(Path(__file__).with_name("english_support.txt"))]
    assert len(english) > 600
    assert [text for text in english if any(change.kind == "pinyin" for change in speller.read(text).changes)] == []


@pytest.mark.parametrize(
    ("bank", "text"),
    [
        (("换货部收费", "zh"), "换货不收费"),
        (("期间退货", "zh"), "七间退货"),
        (("does an invoice not cost anything", "en"), "does an invoice cot cost anything"),
        (("may I return one item", "en"), "may I return onr item"),
    ],
)
def test_a_number_or_a_no_is_neither_taken_away_nor_guessed(bank: tuple[str, Language], text: str) -> None:
    assert Speller.build([bank] * 20).read(text).changes == ()


def test_right_english_stays(speller: Speller) -> None:
    english = [*lines(BACKGROUND / "background.en.txt"), *lines(Path(__file__).with_name("english_support.txt"))]
    assert sum(bool(speller.read(text).changes) for text in english) <= 0.005 * len(english)


def test_right_chinese_stays(speller: Speller) -> None:
    chinese = lines(BACKGROUND / "background.zh.txt")
    assert sum(bool(speller.read(text).changes) for text in chinese) <= 0.01 * len(chinese)


def test_the_banks_own_matters_in_other_words_stay(speller: Speller) -> None:
    asked = [text for text, _ in slips.demo_texts(kept_out=True)]
    assert sum(bool(speller.read(text).changes) for text in asked) <= 0.005 * len(asked)


@pytest.mark.parametrize("text", FOREIGN)
def test_other_languages_stay(speller: Speller, text: str) -> None:
    assert speller.read(text).changes == ()


def test_what_the_bank_writes_is_right(speller: Speller) -> None:
    own = Speller.build([("音想坏了", "zh"), ("pakage arived", "en")])
    assert own.read("音想坏了").changes == ()
    assert own.read("pakage arived").changes == ()


# --- how often it is right ---------------------------------------------------------------------------------------------


def test_the_cases_are_what_the_script_makes(cases: dict[str, list[tuple[str, str]]]) -> None:
    assert [(kind, *case) for kind, rows in cases.items() for case in rows] == list(slips.make(100, slips.SEED))


@pytest.mark.parametrize(("kind", "least", "most_harmed"), [("homophone", 0.6, 0.02), ("pinyin", 0.7, 0.3), ("typo", 0.7, 0.05)])
def test_slips_in_unseen_phrasings_are_mostly_put_right(
    speller: Speller, cases: dict[str, list[tuple[str, str]]], kind: str, least: float, most_harmed: float
) -> None:
    """Long phrasings have two slips: one that is left does no harm, a word that nobody wrote or meant does."""
    read = [(speller.read(written).text, written, meant) for written, meant in cases[kind]]
    assert sum(now == meant for now, _, meant in read) >= least * len(read)
    assert sum(is_harmed(*case) for case in read) <= most_harmed * len(read)


def is_harmed(now: str, written: str, meant: str) -> bool:
    return not set(now.split()) <= {*written.split(), *meant.split()}


# --- any input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_messages_are_read(speller: Speller, text: str) -> None:
    assert changed(text, speller.read(text).changes) == speller.read(text).text


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(st.characters(), max_size=60), st.text("abeghinouzx 退货发飘怎么'’ü1.@-", max_size=60)))
def test_any_message_is_read(text: str) -> None:
    reading = _any_speller().read(text)
    assert changed(text, reading.changes) == reading.text
    assert all(text[change.start : change.end] == change.was != change.now for change in reading.changes)


def test_without_any_text_everyday_words_are_known() -> None:
    assert Speller.build([]).read("xiexie").text == "谢谢"


def test_a_long_message_stays_and_costs_nothing(speller: Speller) -> None:
    text = "怎么退祸" * 2_500
    assert len(text) > LONGEST
    assert speller.read(text).changes == ()


@pytest.mark.parametrize("text", QUICK)
def test_a_message_is_read_in_milliseconds(speller: Speller, text: str) -> None:
    speller.read(text)
    started = time.process_time()
    for _ in range(20):
        speller.read(text)
    assert (time.process_time() - started) / 20 < 0.01


def test_importing_it_loads_no_library() -> None:
    import subprocess

    check = "import sys, knowledge.faq.spelling.speller; sys.exit(bool({'pypinyin', 'symspellpy', 'rjieba', 'opencc'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


_SPELLERS: list[Speller] = []


def _any_speller() -> Speller:
    if not _SPELLERS:
        _SPELLERS.append(Speller.build([("怎么退货", "zh"), ("发票多久能收到", "zh"), ("how do I return it", "en")]))
    return _SPELLERS[0]
