"""Rules of the design that a machine can check: who may import what, what the web process loads, how big code may get."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from csbot.env import BASE_DIR, Environment
from csbot.operations.env_docs import READMES, env_example, with_table

PACKAGES = ("csbot", "knowledge", "inference")
SOURCES = [path for package in PACKAGES for path in (BASE_DIR / package).rglob("*.py") if "migrations" not in path.parts]
TOP_LEVEL = {"manage.py", "csbot", "knowledge", "inference", "templates", "tests", "docker", "requirements.txt"}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

FETCH_PAGES = """
import django
django.setup()
from django.test import Client
from csbot.asgi import application
client = Client(headers={"host": "localhost"})
for address in ("/", "/account/login/", "/api/schema/"):
    assert client.get(address).status_code == 200, address
import sys
heavy = [name for name in ("torch", "transformers", "sentence_transformers", "faiss", "bm25s", "sklearn", "scipy") if name in sys.modules]
assert not heavy, heavy
"""


def test_the_layers_hold() -> None:
    done = subprocess.run([str(Path(sys.executable).parent / "lint-imports")], cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_web_process_loads_no_model_library(migrated: str) -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "csbot.settings", "CSBOT_DATA_DIR": migrated, "PATH": ""}
    done = subprocess.run([sys.executable, "-c", FETCH_PAGES], cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("data"))
    environment = {"CSBOT_DATA_DIR": folder, "PATH": ""}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=BASE_DIR, env=environment, check=True)
    return folder


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(BASE_DIR)))
def test_a_file_says_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if not text.strip():
        return
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module says what it is, knows and does not know"
    assert len(text.splitlines()) <= MAX_FILE_LINES
    long = [function.name for function in functions(tree) if length(function) > MAX_FUNCTION_LINES]
    assert not long


def test_functions_are_short_as_a_rule() -> None:
    lengths = [length(function) for path in SOURCES for function in functions(ast.parse(path.read_text(encoding="utf-8")))]
    assert statistics.median(lengths) <= 8
    assert statistics.quantiles(lengths, n=10)[-1] <= 28


def test_files_are_short_as_a_rule() -> None:
    lengths = [len(text.splitlines()) for path in SOURCES if (text := path.read_text(encoding="utf-8")).strip()]
    assert statistics.median(lengths) <= 80
    assert statistics.quantiles(lengths, n=10)[-1] <= 200


def test_the_top_level_is_the_architecture() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=BASE_DIR, capture_output=True, text=True, check=False).stdout.split()
    folders = {name.split("/")[0] for name in listed if "/" in name}
    assert folders <= TOP_LEVEL | {".ci"}


def test_there_is_one_word_for_each_thing() -> None:
    """Names that would be a second word for something that has one."""
    second_words = ("chatbot", "customer_id", "end_user", "ticket", "utils", "helpers", "common")
    named = {path.stem for path in SOURCES} | {path.parent.name for path in SOURCES}
    assert not named & set(second_words)


def test_the_settings_documents_are_what_the_code_says() -> None:
    assert (BASE_DIR / ".env.example").read_text(encoding="utf-8") == env_example()
    for name, language in READMES.items():
        document = (BASE_DIR / name).read_text(encoding="utf-8")
        assert document == with_table(document, language)
    assert all(field.description for field in Environment.model_fields.values())


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1
