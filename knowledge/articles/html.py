"""A web page's own text as Markdown: without its scripts, menus and forms, its tables row by row. Runs in the converting process."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from markdownify import MarkdownConverter

_ASIDE = ("script", "style", "template", "noscript", "svg", "iframe", "object", "nav", "footer", "aside", "form", "button", "head")


def markdown_of(data: bytes) -> str:
    page = BeautifulSoup(data, "html.parser")
    title = page.title.get_text(" ", strip=True) if page.title else ""
    for part in page.find_all(_ASIDE):
        part.decompose()
    for part in page.find_all(lambda tag: tag.has_attr("hidden") or tag.get("aria-hidden") == "true"):
        part.decompose()
    body = page.find("main") or page.find("article") or page.body or page
    text = markdown(body)
    return text if not title or body.find("h1") else f"# {title}\n\n{text}"


def markdown(body: Any) -> str:
    for table in body.find_all("table"):
        _as_lines(table)
    options: dict[str, Any] = {"heading_style": "ATX", "escape_asterisks": False, "escape_underscores": False, "escape_misc": False}
    converter: Any = MarkdownConverter(strip=["img"], **options)
    return str(converter.convert_soup(body))


def _as_lines(table: Any) -> None:
    """Each row as a line that can be read by itself: "Silver card – discount: 3 %, points: double"."""
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
    rows = [row for row in rows if any(row)]
    has_head = len(rows) > 1 and (table.find("thead") is not None or table.find("tr").find("td") is None)
    head, rows = (rows[0], rows[1:]) if has_head else ([], rows)
    table.clear()
    table.name = "div"
    soup = BeautifulSoup("", "html.parser")
    for row in rows:
        line = soup.new_tag("p")
        line.string = _line(head, row)
        table.append(line)


def _line(head: list[str], row: list[str]) -> str:
    if len(head) != len(row) or len(row) < 2:
        return " – ".join(cell for cell in row if cell)
    told = ", ".join(f"{name}: {cell}" if name else cell for name, cell in zip(head[1:], row[1:], strict=True) if cell)
    return f"{row[0]} – {told}" if row[0] else told
