"""Words imported and removed many at a time: all or nothing, and back again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from csbot.accounts.models import Company
from knowledge.models import Word, WordChange, WordList
from knowledge.word_lists import KEPT, Wanted, change_undo, list_remove, words_import, words_remove

pytestmark = pytest.mark.django_db


def content(name: str = "ours") -> dict[str, tuple[str, str]]:
    return {word.term: (word.category, word.level) for word in Word.objects.filter(word_list__name=name)}


def imported(company: Company, *words: Wanted, level: str = "block") -> WordChange:
    return words_import(company.pk, "ours", words, category="rivals", level=level, by="ed", file_name="w.txt")


def test_new_words_come_in_and_known_ones_change(company: Company) -> None:
    imported(company, Wanted("one"), Wanted("two", level="mask"))
    made = imported(company, Wanted("two"), Wanted("three", "own", "allow"), Wanted("one"))
    assert content() == {"one": ("rivals", "block"), "two": ("rivals", "block"), "three": ("own", "allow")}
    assert (made.num_added, made.num_changed, made.num_removed) == (1, 1, 0)


def test_an_import_is_undone_but_for_what_people_did_since(company: Company) -> None:
    imported(company, Wanted("kept"), Wanted("changed", level="mask"))
    made = imported(company, Wanted("changed"), Wanted("new"), Wanted("edited"), Wanted("gone"))
    Word.objects.filter(term="edited").update(level="log only")
    Word.objects.filter(term="gone").delete()
    assert change_undo(made, by="ed")
    assert content() == {"kept": ("rivals", "block"), "changed": ("rivals", "mask"), "edited": ("rivals", "log only")}
    made.refresh_from_db()
    assert (made.left, made.undone_by) == (["edited"], "ed")
    assert not change_undo(made, by="ed")


def test_removed_words_and_lists_come_back(company: Company) -> None:
    imported(company, Wanted("one"), Wanted("two"), Wanted("three"))
    before = content()
    (words,) = words_remove(Word.objects.filter(term__in=["one", "two"]), by="ed")
    assert set(content()) == {"three"}
    gone = list_remove(WordList.objects.get(), by="ed")
    assert not WordList.objects.exists()
    assert change_undo(gone, by="ed")
    assert change_undo(words, by="ed")
    assert content() == before


def test_an_import_into_a_list_that_has_another_name_now_is_undone_there(company: Company) -> None:
    made = imported(company, Wanted("one"))
    WordList.objects.update(name="renamed")
    assert change_undo(made, by="ed")
    assert (WordList.objects.get().name, content("renamed")) == ("renamed", {})


def test_a_list_that_was_switched_off_comes_back_switched_off(company: Company) -> None:
    imported(company, Wanted("one"))
    WordList.objects.update(is_live=False)
    change_undo(list_remove(WordList.objects.get(), by="ed"), by="ed")
    assert not WordList.objects.get().is_live


def test_where_it_fails_in_the_middle_nothing_has_happened(company: Company) -> None:
    imported(company, Wanted("one"))
    with pytest.raises(IntegrityError):
        imported(company, Wanted("two"), Wanted("three", level="no such"))
    assert set(content()) == {"one"}


def test_the_oldest_changes_are_forgotten(company: Company) -> None:
    for number in range(KEPT + 3):
        imported(company, Wanted(f"word {number}"))
    assert WordChange.objects.count() == KEPT


def test_the_same_file_again_and_again_pushes_no_change_out(company: Company) -> None:
    for _ in range(KEPT + 3):
        imported(company, Wanted("one"))
    assert sorted(WordChange.objects.values_list("num_added", flat=True)) == [0, 1]


def test_a_list_of_another_company_is_not_touched(company: Company) -> None:
    other = Company.objects.create(name="Other", slug="other")
    words_import(other.pk, "ours", [Wanted("one", level="mask")], category="", level="block", by="eve")
    made = imported(company, Wanted("one"))
    assert sorted(Word.objects.values_list("word_list__company__slug", "level")) == [("lantern", "block"), ("other", "mask")]
    change_undo(made, by="ed")
    assert Word.objects.get().word_list.company_id == other.pk


def test_thousands_of_words_come_in_and_go_in_few_statements(company: Company, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    words = [Wanted(f"word{number}") for number in range(15_000)]
    with django_assert_max_num_queries(300):
        made = imported(company, *words)
    with django_assert_max_num_queries(300):
        change_undo(made, by="ed")
    assert not Word.objects.exists()
