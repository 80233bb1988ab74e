"""Warns whoever saves knowledge of the listed words in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from knowledge.word_warnings import listed_words_told


def listed_words_warn(request: HttpRequest, company_id: Any, texts: Iterable[str]) -> None:
    for sentence in listed_words_told(company_id, texts):
        messages.warning(request, sentence)
