"""The rows of an XLSX file, read in a process of its own (`python -m knowledge.faq_xlsx < FILE`), because a few kilobytes can unpack to
what fills the memory or never ends. Bytes in, JSON out: {row: [cells]}, rows counted from 0, empty ones left out.

Knows no columns and no Django.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MEMORY = 768 * 1024 * 1024
SECONDS = 10


class Unreadable(Exception):
    """No table could be had from the file within the limits of time and memory."""


class TooMuch(Exception):
    """The cells of the table are more than the caller wants to hold."""


def read_rows(data: bytes, *, max_rows: int, max_columns: int, max_bytes: int) -> dict[int, list[Any]]:
    """Up to the first filled row beyond `max_rows`, and one column more than `max_columns`, so that the caller sees what is too much."""
    command = [sys.executable, "-m", "knowledge.faq_xlsx", *map(str, (SECONDS, max_bytes, max_rows, max_columns))]
    with tempfile.TemporaryFile() as told:
        try:
            subprocess.run(command, input=data, stdout=told, stderr=subprocess.DEVNULL, timeout=3 * SECONDS, check=True, cwd=ROOT)
            told.seek(0)
            return {int(number): cells for number, cells in json.load(told).items()}
        except (subprocess.SubprocessError, ValueError) as error:
            if told.seek(0, io.SEEK_END) >= max_bytes:
                raise TooMuch(str(error)) from error
            raise Unreadable(str(error)) from error


def _rows(data: bytes, max_rows: int, max_columns: int) -> dict[int, list[Any]]:
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl can do without it, and it takes time and memory
    from openpyxl import load_workbook

    sheet: Any = load_workbook(io.BytesIO(data), read_only=True, data_only=True).active
    found: dict[int, list[Any]] = {}
    for number, cells in enumerate(sheet.iter_rows(max_col=max_columns + 1, values_only=True)):
        if any(str(cell).strip() for cell in cells if cell is not None):
            found[number] = list(cells)
            if number > max_rows:
                break
    return found


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seconds, max_bytes, max_rows, max_columns = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes, max_bytes))
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]
    json.dump(_rows(sys.stdin.buffer.read(), max_rows, max_columns), sys.stdout, default=str, ensure_ascii=False)
