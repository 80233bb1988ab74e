"""What the fields of a site may hold. Plain values in, problems out: field by field, each with what is wrong and what to write instead.

Knows the product's texts (which ones a site may replace). Does not know rows.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from csbot.conversations.texts import TEXTS

PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Errors are the product's own words, the same on every site.
REPLACEABLE = sorted(key for key in TEXTS["en"] if not key.startswith("error."))
HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)


def site_problems(*, languages: Any, default_language: str, time_zone: str, allowed_origins: Any, texts: Any) -> dict[str, list[str]]:
    """By field; a field without a problem is missing."""
    found = {
        "languages": _languages(languages),
        "default_language": _default_language(default_language, languages),
        "time_zone": _time_zone(time_zone),
        "allowed_origins": _origins(allowed_origins),
        "texts": _texts(texts),
    }
    return {field: problems for field, problems in found.items() if problems}


def _languages(languages: Any) -> list[str]:
    if languages in (["zh"], ["en"], ["zh", "en"], ["en", "zh"]):
        return []
    return [_('Write the languages as a list, each once: ["zh"], ["en"] or ["zh", "en"].')]


def _default_language(default: str, languages: Any) -> list[str]:
    if _languages(languages) or default in languages:
        return []
    return [_("The default language is not among the site's languages. Choose one of them, or add it there.")]


def _time_zone(name: str) -> list[str]:
    if name in available_timezones():
        return []
    return [_("%(name)s is no time zone. Write a name like Asia/Shanghai or Europe/Berlin.") % {"name": name}]


def _origins(origins: Any) -> list[str]:
    if not isinstance(origins, list):
        return [_('Write a list of origins, such as ["https://shop.example"]; an empty list allows our own pages only.')]
    remedy = _("%(origin)s is no origin. Write scheme and host, with a port where it has one, and no path: https://shop.example")
    return [remedy % {"origin": origin} for origin in origins if not _is_origin(origin)]


def _is_origin(origin: Any) -> bool:
    try:
        parts = urlsplit(origin)
        port = f":{parts.port}" if parts.port else ""
        host = parts.hostname or ""
    except (TypeError, ValueError, AttributeError):  # no text, or a port beyond 65535
        return False
    is_plain = isinstance(origin, str) and origin.lower() == f"{parts.scheme}://{host}{port}"
    return is_plain and parts.scheme in ("http", "https") and HOST.fullmatch(host) is not None


def _texts(texts: Any) -> list[str]:
    if not isinstance(texts, dict) or not all(isinstance(own, dict) for own in texts.values()):
        return [_('Write the texts of each language by their names, such as {"en": {"greeting": "Hello!"}}.')]
    problems = [_("%(language)s is no language of ours. Write zh or en.") % {"language": language} for language in texts if language not in TEXTS]
    for language in TEXTS:
        for key, text in texts.get(language, {}).items():
            problems += _text(language, key, text)
    return problems


def _text(language: str, key: str, text: Any) -> list[str]:
    if key not in REPLACEABLE:
        names = ", ".join(REPLACEABLE)
        return [_("%(key)s is no text that a site can replace. Choose from: %(names)s.") % {"key": key, "names": names}]
    if not isinstance(text, str) or not text.strip():
        return [_("%(language)s, %(key)s: write a text, or leave it out to use the product's.") % {"language": language, "key": key}]
    # Braces around a word are a placeholder that somebody expects to be filled; visitors would see them as they stand.
    unknown = sorted(set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(TEXTS[language][key])))
    remedy = _("%(language)s, %(key)s: {%(name)s} is never filled in there. Write it without the braces.")
    return [remedy % {"language": language, "key": key, "name": name} for name in unknown]
