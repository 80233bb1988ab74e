"""PDF and DOCX files made by hand, as small as they can be."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

Row = tuple[float, str]  # size of the letters, text


def pdf_of(*pages: Sequence[Row], is_chinese: bool = False) -> bytes:
    """Each row a line of its own; a row without text is an empty line."""
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType0"
        b"/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>]>>"
        if is_chinese
        else b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    )
    streams = [_stream(rows, is_chinese=is_chinese) for rows in pages]
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(pages)))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids), font]
    for number, stream in enumerate(streams):
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>" % (5 + 2 * number))
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    return _file(objects)


def _stream(rows: Sequence[Row], *, is_chinese: bool) -> bytes:
    height, lines = 800.0, []
    for size, text in rows:
        height -= 1.2 * size
        coded = b"<%s>" % text.encode("utf-16-be").hex().encode() if is_chinese else b"(%s)" % text.encode("latin-1")
        if text:
            lines.append(b"BT /F %.1f Tf 50 %.1f Td %s Tj ET" % (size, height, coded))
    return b"\n".join(lines)


def _file(objects: Sequence[bytes]) -> bytes:
    out, places = io.BytesIO(b""), []
    out.write(b"%PDF-1.4\n")
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx_of(*paragraphs: tuple[str, str], table: Sequence[Sequence[str]] = ()) -> bytes:
    """Paragraphs as (style, text), then a table."""
    names = {name for name, _ in paragraphs} | {"Normal"}
    styles = "".join(f'<w:style w:type="paragraph" w:styleId="{_id(name)}"><w:name w:val="{name}"/></w:style>' for name in names)
    body = "".join(_paragraph(*one) for one in paragraphs) + _table(table)
    return zipped({
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
        "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
    })


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = ["".join(f"<w:tc>{_paragraph('Normal', cell)}</w:tc>" for cell in row) for row in rows]
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>" if lines else ""


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _id(style: str) -> str:
    return style.encode().hex()


def _paragraph(style: str, text: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{_id(style)}"/></w:pPr><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
