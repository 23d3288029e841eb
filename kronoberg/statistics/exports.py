"""The same findings as tables of a file, which holds what the page shows and nothing more."""

from collections.abc import Iterable, Iterator

from cases.models.codes import Occasion
from kronoberg.statistics.findings import Entry, Finding
from kronoberg.statistics.published import Frozen
from kronoberg.statistics.questions import Question
from notices.sheets import Cell, Sheet


def sheet(question: Question, findings: Iterable[Finding], frozen: Frozen) -> Sheet:
    """One question's tables, as a sheet of a file."""
    return question.title, _rows(question, findings, frozen)


def _rows(question: Question, findings: Iterable[Finding], frozen: Frozen) -> Iterator[list[Cell]]:
    """Where and when, then each finding with its table and its definition."""
    yield [question.title]
    yield [f"{frozen.area}, {frozen.period}: {frozen}"]
    if frozen.occasion:
        yield [f"Tillfälle: {Occasion(frozen.occasion).label}"]
    for found in findings:
        yield []
        yield [f"{found.number} {found.title}" if found.number else found.title]
        yield [found.sentence]
        yield [_heading(found, at) for at in range(len(found.columns))]
        for row in found.rows:
            yield [_cell(entry) for entry in row]
        yield [found.definition]
        for note in found.notes:
            yield [note]


def _heading(found: Finding, at: int) -> str:
    """A column's heading, which says that its numbers are shares: they stand without their sign."""
    shares = any(row[at].value is not None and row[at].text.endswith("%") for row in found.rows)
    return f"{found.columns[at]} (%)" if shares else found.columns[at]


def _cell(entry: Entry) -> Cell:
    return entry.text if entry.value is None else float(entry.value)
