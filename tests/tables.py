"""Small tables of text in the tests, read: a head of columns, then a name and its cells a row."""

from collections.abc import Iterable

Table = dict[str, dict[str, str]]


def read(text: str, *, names: Iterable[str] = ()) -> Table:
    """Row name -> column name -> cell; a row has as many cells as the head.

    `names` may be shortened in the text, in the head and in cells: "ackn" is "acknowledged".
    """
    names = list(names)
    head, *rows = (line.split() for line in text.strip().splitlines() if line.strip())
    columns = [_whole(word, names) for word in head]
    return {
        name: dict(zip(columns, (_whole(cell, names) for cell in cells), strict=True))
        for name, *cells in rows
    }


def differences(text: Table, code: Table) -> list[str]:
    """What the table says and the code does not, and the other way about."""
    wanted = {(row, column, cell) for row, cells in text.items() for column, cell in cells.items()}
    found = {(row, column, cell) for row, cells in code.items() for column, cell in cells.items()}
    return [f"only in the table: {cell}" for cell in sorted(wanted - found)] + [
        f"only in the code: {cell}" for cell in sorted(found - wanted)
    ]


def _whole(word: str, names: list[str]) -> str:
    meant = [name for name in names if name.startswith(word)]
    assert len(meant) < 2, f"{word} could be any of {meant}"
    return meant[0] if meant else word
