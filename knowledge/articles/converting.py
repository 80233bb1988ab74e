"""PDF, DOCX and HTML as Markdown, by well-kept converters, in a process of its own (`python -m knowledge.articles.converting pdf 90 < FILE`):
a few kilobytes can unpack to what fills the memory, or make a reader loop. Bytes in, Markdown out, with `<!-- page 3 -->` where a page begins.

Knows file formats and limits; no articles, no Django.
"""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Literal

from knowledge.articles.unconvertible import Problem, Unconvertible

Kind = Literal["pdf", "docx", "html"]

ROOT = Path(__file__).resolve().parent.parent.parent
MEMORY = 1024 * 1024 * 1024
SECONDS = 90  # of a processor; 300 pages full of text take 20 on a fast one
LONGEST = 1024 * 1024  # characters of Markdown
EXIT: dict[Problem, int] = {"locked": 3, "no_text": 4, "long": 5}
DEPTH = 20_000  # calls: the converter of HTML makes some for each element around a text, and saved pages nest hundreds
AT_ONCE = 2  # in one process: each may take MEMORY
_MAGIC: dict[Kind, bytes] = {"pdf": b"%PDF-", "docx": b"PK\x03\x04"}

_OLE, _OF_LOCKED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")  # Word puts a document with a password into its old format
_places = threading.BoundedSemaphore(AT_ONCE)


def to_markdown(kind: Kind, data: bytes) -> str:
    """Raises `Unconvertible`. Takes at most SECONDS of processor time and MEMORY bytes."""
    if (magic := _MAGIC.get(kind)) and magic not in data[:1024]:
        raise Unconvertible("locked" if data.startswith(_OLE) and _OF_LOCKED in data else "damaged")
    command = [sys.executable, "-m", "knowledge.articles.converting", kind, str(SECONDS)]
    try:
        with _places:
            done = subprocess.run(command, input=data, capture_output=True, timeout=2 * SECONDS, check=False, cwd=ROOT)
    except subprocess.TimeoutExpired as error:
        raise Unconvertible("long") from error
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Unconvertible("long")
    if done.returncode:
        raise Unconvertible(next((problem for problem, code in EXIT.items() if code == done.returncode), "damaged"))
    return done.stdout.decode()


def _convert(kind: Kind, data: bytes) -> str:
    """In the child: raises whatever the converters raise, and `Unconvertible`."""
    if kind == "pdf":
        from knowledge.articles.pdf import markdown_of
    elif kind == "docx":
        from knowledge.articles.docx import markdown_of
    else:
        from knowledge.articles.html import markdown_of
    found = markdown_of(data).replace("\x00", "").strip()
    if not found:
        raise Unconvertible("no_text")
    if len(found) > LONGEST:
        raise Unconvertible("long")
    return found


def _main(kind: Kind, seconds: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    sys.setrecursionlimit(DEPTH)
    try:
        text = _convert(kind, sys.stdin.buffer.read())
    except Unconvertible as problem:
        return EXIT.get(problem.code, 1)
    except Exception as error:  # noqa: BLE001 - whatever a reader cannot take, the file is damaged for us
        sys.stderr.write(f"{type(error).__name__}: {error}\n"[:500])
        return 1
    sys.stdout.buffer.write(text.encode("utf-8", "ignore"))
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], int(sys.argv[2])))  # type: ignore[arg-type]
