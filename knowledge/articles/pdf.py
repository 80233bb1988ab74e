"""A PDF's text as Markdown: its pages marked, its headings told by the size of their letters.

Knows pdfminer's layout; runs in the converting process.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.articles.unconvertible import Unconvertible

MAX_PAGES = 500
LARGER = 1.12  # than the running text: a heading
LONGEST_HEADING = 100
EDGE = 4  # lines at either end of a page that may be the paper's
_NUMBER = re.compile(r"(?<!\d)\d{1,6}(?!\d)")
_HAN = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
_LIST = re.compile(r"^\s*[•●▪‣·–-]\s+")


@dataclass(frozen=True, slots=True)
class Line:
    page: int
    box: int
    size: float
    is_bold: bool
    text: str


def markdown_of(data: bytes) -> str:
    from pdfminer.pdfdocument import PDFPasswordIncorrect, PDFTextExtractionNotAllowed

    try:
        lines = list(_lines(data))
    except (PDFPasswordIncorrect, PDFTextExtractionNotAllowed) as error:
        raise Unconvertible("locked") from error
    if not lines:
        raise Unconvertible("no_text")
    return "\n\n".join(_blocks(_without_running_titles(lines)))


def _lines(data: bytes) -> Iterator[Line]:
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTTextBox

    for number, page in enumerate(extract_pages(io.BytesIO(data), maxpages=MAX_PAGES + 1), 1):
        if number > MAX_PAGES:
            raise Unconvertible("long")
        for place, box in enumerate(part for part in page if isinstance(part, LTTextBox)):
            for line in box:
                if text := line.get_text().strip():
                    yield Line(number, place, *_looks(line), text)


def _looks(line: Iterable[object]) -> tuple[float, bool]:
    """The usual size of its letters, to half a point, and whether most of them are bold."""
    from pdfminer.layout import LTChar

    letters = [letter for letter in line if isinstance(letter, LTChar)]
    sizes = Counter(round(2 * letter.size) / 2 for letter in letters)
    is_bold = sum("bold" in letter.fontname.lower() for letter in letters) > len(letters) / 2
    return (sizes.most_common(1)[0][0] if sizes else 0.0), is_bold


def _without_running_titles(lines: list[Line]) -> list[Line]:
    """What stands at the edge of most pages, page numbers included, belongs to the paper and not to the text."""
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    if len(pages) < 4:
        return lines
    edge = {line for own in pages.values() for line in (*own[:EDGE], *own[-EDGE:])}
    on = Counter(mark for mark, _ in {(mark, line.page) for line in edge for mark in _marks(line)})
    running = {line for line in edge if any(on[mark] > len(pages) / 2 for mark in _marks(line))}
    return [line for line in lines if line not in running] or lines


def _marks(line: Line) -> Iterator[str]:
    """The line as it would be on other pages: the same, or with one number that counts with the pages. Rows of a table do neither."""
    yield line.text
    for number in _NUMBER.finditer(line.text):
        yield f"{line.text[: number.start()]}\0{int(number[0]) - line.page}\0{line.text[number.end() :]}"


def _blocks(lines: list[Line]) -> Iterator[str]:
    letters: Counter[float] = Counter()
    for line in lines:
        letters[line.size] += len(line.text)
    usual = letters.most_common(1)[0][0]
    sizes = sorted({line.size for line in lines if _is_larger(line, usual)}, reverse=True)
    held: list[Line] = []
    for line in lines:
        level = _level(line, usual, sizes)
        if held and (level or (held[-1].page, held[-1].box) != (line.page, line.box) or _LIST.match(line.text)):
            yield _paragraph(held)
            held = []
        if level:
            yield _paged(line.page, f"{'#' * level} {line.text}")
        else:
            held.append(line)
    if held:
        yield _paragraph(held)


def _is_larger(line: Line, usual: float) -> bool:
    return line.size >= LARGER * usual and len(line.text) <= LONGEST_HEADING


def _level(line: Line, usual: float, sizes: list[float]) -> int:
    """1 to 3 by size; a short bold line of the usual size is a heading below those; 0 is text."""
    if _is_larger(line, usual):
        return min(3, 1 + sizes.index(line.size))
    is_short = line.is_bold and len(line.text) <= LONGEST_HEADING / 2 and line.text[-1] not in "。.!?！？,，;；:："
    return min(4, 1 + len(sizes)) if is_short else 0


def _paragraph(lines: list[Line]) -> str:
    text = ""
    for line in lines:
        text = _joined(text, line.text)
    return _paged(lines[0].page, _LIST.sub("- ", text))


def _joined(text: str, more: str) -> str:
    """Lines of one paragraph: Chinese without a space, a word that was parted at the line's end whole again."""
    if not text:
        return more
    if text.endswith("-") and more[:1].islower():
        return text[:-1] + more
    return text + ("" if _HAN.match(text[-1]) and _HAN.match(more[0]) else " ") + more


def _paged(page: int, block: str) -> str:
    return f"<!-- page {page} -->\n{block}"
