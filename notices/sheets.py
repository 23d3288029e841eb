"""Tables as files for a spreadsheet. No cell can become a formula, in no program."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import groupby
from textwrap import wrap

# What a spreadsheet takes for the beginning of a formula, also after a space and in full width.
FORMULA = tuple("=+-@\t\r\n|%＝＋－＠")
# What Excel takes in no name of a sheet, and how long one may be.
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31
# Words are wrapped to so many characters, the width of the first column.
WORDS_WIDTH = 60
# The height of a line, in points; and how many characters of a full line are not to be counted on.
LINE, SPARE = 16, 8
A4, UPRIGHT_COLUMNS = 9, 5
# What stands where a number would, when it is small, a bound, or none: "0–4", "minst 97 %", "..".
# A date is read from the left.
LIKE_A_NUMBER = re.compile(r"^(?!\d{4}-).*[\d%–]$|^\.\.$")
WRAPPED: dict[str, object] = {"text_wrap": True}
HEAD: dict[str, object] = {"bold": True, "bottom": 1, "valign": "bottom", **WRAPPED}
LOOKS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 16},
    "heading": {"bold": True, "font_size": 13, **WRAPPED},
    "words": WRAPPED,
    "head": HEAD,
    "head-right": {**HEAD, "align": "right"},
    "left": WRAPPED,
    # Words beside a number that keeps right: not so near that they are read as one.
    "head-beside": {**HEAD, "align": "left", "indent": 1},
    "beside": {**WRAPPED, "align": "left", "indent": 1},
    "right": {"align": "right"},
    "number": {"num_format": "#,##0.0"},
    "whole": {"num_format": "#,##0"},
}
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
        looks = {look: book.add_format({"valign": "top"} | LOOKS[look]) for look in LOOKS}
        for name, each in sheets:
            rows = list(each)
            sheet = book.add_worksheet(sheet_name(name))
            widths = _widths(rows)
            for column, width in enumerate(widths):
                sheet.set_column(column, column, width)
            # On paper: as wide as the sheet, and turned for a table that is wide.
            sheet.set_paper(A4)
            sheet.fit_to_pages(1, 0)
            if max(map(len, rows), default=0) > UPRIGHT_COLUMNS:
                sheet.set_landscape()
            sheet.set_footer("&L&A&R&P (&N)")
            for number, (row, named) in enumerate(zip(rows, _looks(rows), strict=True)):
                # Not every program makes room for wrapped words by itself.
                sheet.set_row(number, LINE * _n_lines(row, widths) + (LINE if number == 0 else 0))
                for column, (cell, look) in enumerate(zip(row, named, strict=True)):
                    if isinstance(cell, float):
                        sheet.write_number(number, column, cell, looks[look])
                    else:
                        sheet.write_string(number, column, guarded(cell), looks[look])
    return file.getvalue()


def sheet_name(name: str) -> str:
    """What Excel lets a sheet be called, cut where a word ends."""
    name = NOT_IN_NAMES.sub("", name).strip()
    if len(name) <= LONGEST_NAME:
        return name
    cut = name[: LONGEST_NAME + 1]
    return (cut.rpartition(", ")[0] or cut.rpartition(" ")[0] or cut)[:LONGEST_NAME]


def _looks(rows: Sequence[Row]) -> Iterator[list[str]]:
    """How each cell looks, by its row: read off where it stands, so that rows hold what they say.

    A line of one cell is words: what the sheet is about, a heading after an empty line, or a
    sentence. Lines of several cells are a table, the first of them its head.
    """
    for is_table, group in groupby(enumerate(rows), key=lambda each: len(each[1]) > 1):
        lines = list(group)
        if is_table:
            yield from _table([row for _, row in lines])
            continue
        for number, row in lines:
            is_heading = number > 0 and not rows[number - 1]
            yield ["title" if number == 0 else "heading" if is_heading else "words"] * len(row)


def _table(table: Sequence[Row]) -> list[list[str]]:
    """A column has as many decimals as any of its numbers; what stands for a number keeps right."""
    head, *body = table
    columns = [
        _column([row[at] for row in body if at < len(row)], is_first=at == 0)
        for at in range(len(head))
    ]
    return [
        [
            "head",
            *("head-right" if set(each) - {"beside"} else "head-beside" for each in columns[1:]),
        ],
        *([each[at] for each in columns] for at in range(len(body))),
    ]


def _column(cells: Sequence[Cell], *, is_first: bool) -> list[str]:
    numbers = [cell for cell in cells if isinstance(cell, float)]
    look = "whole" if all(n.is_integer() for n in numbers) else "number"
    words = "left" if is_first else "beside"
    return [
        look if isinstance(cell, float)
        else "right" if not is_first and LIKE_A_NUMBER.search(cell) else words
        for cell in cells
    ]  # fmt: skip


def _n_lines(row: Row, widths: Sequence[int]) -> int:
    return max((_n_wrapped(each, at) for each, at in zip(row, widths, strict=False)), default=1)


def _n_wrapped(cell: Cell, width: int) -> int:
    if isinstance(cell, float) or len(cell) <= width - 2:
        return 1
    return len(wrap(cell, max(width - SPARE, SPARE)))


def _widths(rows: Sequence[Row]) -> list[int]:
    """Of each column what its longest cell needs, within reason; words are wrapped in the first."""
    tables = [row for row in rows if len(row) > 1]
    n = max(map(len, tables), default=1)
    longest = [max((len(str(row[at])) for row in tables if at < len(row)), default=0)
               for at in range(n)]  # fmt: skip
    return [WORDS_WIDTH, *(min(max(each + 2, 9), 30) for each in longest[1:])]


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
