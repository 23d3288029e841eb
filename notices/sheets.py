"""Tables as files for a spreadsheet. No cell can become a formula, in no program."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

# What a spreadsheet takes for the beginning of a formula, also after a space and in full width.
FORMULA = tuple("=+-@\t\r\n|%＝＋－＠")
# What Excel takes in no name of a sheet, and how long one may be.
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31
Cell = str | float
Row = Sequence[Cell]
Sheet = tuple[str, Iterable[Row]]  # its name, and its rows


def as_csv(sheets: Iterable[Sheet]) -> bytes:
    """Semicolons and a byte order mark, as Swedish spreadsheets want it; the sheets in a row."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for at, (_, rows) in enumerate(sheets):
        if at:
            writer.writerow([])
        for row in rows:
            writer.writerow([_comma(cell) if isinstance(cell, float) else guarded(cell)
                             for cell in row])  # fmt: skip
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """A workbook; text stays text."""
    # Only a process that makes such a file pays for the library.
    from xlsxwriter import Workbook

    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(NOT_IN_NAMES.sub("", name)[:LONGEST_NAME].strip())
            sheet.set_column(0, 0, 46)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, float):
                        sheet.write_number(number, column, cell)
                    else:
                        sheet.write_string(number, column, guarded(cell))
    return file.getvalue()


def guarded(text: str) -> str:
    """Text that no program reads as a formula: an apostrophe before what could begin one."""
    return f"'{text}" if text.lstrip(" '\"\N{NO-BREAK SPACE}").startswith(FORMULA) else text


def _comma(value: float) -> str:
    # More digits than any count here has: fewer, and a large one would be cut short.
    return f"{value:.12g}".replace(".", ",")


@dataclass(frozen=True)
class Format:
    """One kind of file: what it is to a browser, and how it is written."""

    content_type: str
    write: Callable[[Iterable[Sheet]], bytes]


FORMATS = {
    "csv": Format("text/csv; charset=utf-8", as_csv),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


def frozen(sheets: Iterable[Sheet]) -> str:
    """The sheets as text, to be kept until a worker writes the file."""
    return json.dumps([(name, [list(row) for row in rows]) for name, rows in sheets],
                      ensure_ascii=False)  # fmt: skip


def thawed(text: str) -> list[Sheet]:
    """The sheets again."""
    return [(name, rows) for name, rows in json.loads(text)]
