"""A Word document's text as Markdown, headings by their styles, by mammoth. Pictures are left out. Runs in the converting process."""

from __future__ import annotations

import io
from typing import Any

from bs4 import BeautifulSoup

from knowledge.articles.html import markdown

# Word's Chinese editions name their styles in Chinese.
_TITLES = ("Title", "标题")
_STYLES = "\n".join([
    *(f"p[style-name='标题 {level}'] => h{level}:fresh" for level in range(1, 5)),
    *(f"p[style-name='{title}'] => h1:fresh" for title in _TITLES),
])


def markdown_of(data: bytes) -> str:
    import mammoth

    drop: Any = mammoth.images.img_element(lambda _image: {})
    found = mammoth.convert_to_html(io.BytesIO(data), style_map=_STYLES, convert_image=drop)
    return markdown(BeautifulSoup(found.value, "html.parser"))
