"""The codebase checks itself: borders, lengths, words and what may not stand in a page."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ["cases", "notices", "kronoberg"]
TEXTS = {".py", ".html", ".css", ".js", ".svg", ".md", ".toml", ".txt", ".csv", ".po", ".sh", ""}

LONGEST_FILE = 350
# A machine is read whole, and a file of tests is read one claim at a time (docs/decisions.md).
MACHINES = {"youth_case.py", "referral.py"}
LONGEST_MACHINE = 750
LONGEST_TEMPLATE = 120
LONGEST_FUNCTION = 50

# Written so that this file does not break its own rules.
LEFT_FOR_LATER = re.compile(r"TO[D]O|FIX[M]E")
LOCAL_PATH = re.compile(r"(?<![\w.:/*-])/(?:home|root|work|tmp|opt|mnt|Users)/[a-z]")

# The youth is a youth, not what somebody may think of them.
BANNED_WORDS = re.compile(
    r"gärningsm[aä]n|fyller(?:ist|o\b)|fyllo|brottsling|förövare|missbrukare|alkoholist|ligist"
    r"|värsting|busunge|ungdomsbrottsling|klientel|delinkvent",
    re.IGNORECASE,
)

UNSAFE_IN_A_PAGE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "event attribute": re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=", re.IGNORECASE),
    "inline script": re.compile(
        r"<script\b(?![^>]*\s(?:src=|type=[\"']application/json[\"']))", re.IGNORECASE
    ),
}

# A case is fetched with its check (access.get_case) or not at all.
PAST_THE_CHECK = re.compile(
    r"\b(?:YouthCase|Referral)\s*\.\s*(?:_?objects|_default_manager|_base_manager)\b"
    r"|get_(?:object|list)_or_404\(\s*(?:\w+\.)*(?:YouthCase|Referral)\b"
)


def sources(*folders: str) -> Iterator[Path]:
    """Every Python file of the folders that a person wrote: migrations are Django's."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def templates() -> Iterator[Path]:
    yield from sorted((ROOT / "templates").rglob("*.html"))


@cache
def tree(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text())))


@cache
def texts() -> list[tuple[Path, str]]:
    """Every text of the repository, without what tools and the running product leave behind."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in inside)
        if hidden or inside[0] == "var" or "__pycache__" in inside or not path.is_file():
            continue
        if path.suffix in TEXTS:
            found.append((path, path.read_text()))
    return found


def lines_with(pattern: re.Pattern[str], path: Path, text: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
        for match in pattern.finditer(text)
    ]


def too_long(paths: Iterator[Path], limit: int) -> list[str]:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in paths}
    return [f"{path}: {length} lines" for path, length in lengths.items() if length > limit]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the name to the end, without what the docstring says."""
    first = function.body[0]
    has_docstring = ast.get_docstring(function) is not None
    said = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - said


def test_imports_flow_down():
    """In a process of its own: the linter's set-up of logging switches off every other logger."""
    linter = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]

    done = subprocess.run(linter, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_a_file_fits_in_a_sitting():
    product = (path for path in sources(*PRODUCT) if path.name not in MACHINES)

    assert too_long(product, LONGEST_FILE) == []
    assert too_long(sources(*PRODUCT, "tests"), LONGEST_MACHINE) == []


def test_a_template_fits_on_two_screens():
    assert too_long(templates(), LONGEST_TEMPLATE) == []


def test_a_function_fits_on_a_screen():
    lengths = {
        f"{path.relative_to(ROOT)}: {node.name}": length(node)
        for path in sources(*PRODUCT, "tests")
        for node in tree(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    long = {name for name, n in lengths.items() if n > LONGEST_FUNCTION}

    # One field a line: the notice is one call with every fact of domain 4.1.
    # The story is read from the top, like the tour in the README.
    assert long == {
        "notices/concern.py: notice",
        "tests/test_story.py: test_the_chain_holds_from_the_stop_until_both_records_are_closed",
    }


def test_no_drawer_for_what_has_no_name():
    drawers = {"utils", "helpers", "services", "common", "misc", "signals"}

    assert [path for path in sources(*PRODUCT, "tests") if path.stem in drawers] == []


@pytest.mark.parametrize("fault", UNSAFE_IN_A_PAGE)
def test_no_page_carries_its_own_style_or_script(fault):
    pattern = UNSAFE_IN_A_PAGE[fault]
    found = [lines_with(pattern, path, path.read_text()) for path in templates()]

    assert sum(found, []) == []


def test_the_product_speaks_of_the_youth_in_neutral_words():
    paths = [*templates(), *sources(*PRODUCT)]

    assert sum((lines_with(BANNED_WORDS, path, path.read_text()) for path in paths), []) == []


def test_nothing_is_left_for_later():
    assert sum((lines_with(LEFT_FOR_LATER, path, text) for path, text in texts()), []) == []


def test_no_text_knows_the_machine_it_was_written_on():
    assert sum((lines_with(LOCAL_PATH, path, text) for path, text in texts()), []) == []


def test_no_view_fetches_a_case_past_the_check():
    views = [
        path
        for path in sources(*PRODUCT)
        if path.stem.startswith("views") or path.parent.name == "views"
    ]

    assert sum((lines_with(PAST_THE_CHECK, path, path.read_text()) for path in views), []) == []


def test_only_the_demo_tells_of_steps_afterwards():
    told = [path.name for path in sources(*PRODUCT) if "told_afterwards()" in path.read_text()]

    assert sorted(told) == ["demo_social.py", "workflow.py"]


def test_a_save_starts_nothing_that_nobody_called():
    for path in sources(*PRODUCT):
        for node in tree(path):
            if isinstance(node, ast.ImportFrom):
                modules = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            else:
                continue
            signals = [m for m in modules if ".signals" in m or m.startswith("django.dispatch")]
            assert not signals, path.relative_to(ROOT)


def test_no_record_changes_what_saving_means():
    for path in sources(*PRODUCT):
        for node in tree(path):
            if isinstance(node, ast.ClassDef):
                names = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
                assert "save" not in names, f"{path.relative_to(ROOT)}: {node.name}"


def test_every_change_of_a_model_has_its_migration():
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    except SystemExit:
        pytest.fail("makemigrations would write a migration.")


def test_a_form_in_a_template_of_its_own_keeps_its_page_s_token():
    """`{% include … only %}` leaves the token behind, and no test client asks for one."""
    names = {path.name for path in templates() if "{% csrf_token %}" in path.read_text()}
    taken = [
        found
        for path in templates()
        for found in re.findall(r'{% include "[^"]+"[^%]* only %}', path.read_text())
        if re.findall(r'include "([^"]+)"', found)[0].split("/")[-1] in names
    ]

    assert taken
    assert [found for found in taken if "csrf_token=csrf_token" not in found] == []
