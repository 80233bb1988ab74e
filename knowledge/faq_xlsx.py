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
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MEMORY = 768 * 1024 * 1024
SECONDS = 10


class Unreadable(Exception):
    """No table could be had from the file within the limits of time and memory."""


def read_rows(data: bytes, *, max_rows: int, max_columns: int) -> dict[int, list[Any]]:
    """Up to the first filled row beyond `max_rows`, and one column more than `max_columns`, so that the caller sees what is too much."""
    command = [sys.executable, "-m", "knowledge.faq_xlsx", *map(str, (SECONDS, max_rows, max_columns))]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=3 * SECONDS, check=True, cwd=ROOT)
        return {int(number): cells for number, cells in json.loads(done.stdout).items()}
    except (subprocess.SubprocessError, ValueError) as error:
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
    seconds, max_rows, max_columns = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    json.dump(_rows(sys.stdin.buffer.read(), max_rows, max_columns), sys.stdout, default=str)
