"""The municipalities and postal codes of Sweden, read from cases/data.

Only reads the files; the database is filled from here by a migration. Source and licence stand in
cases/data/README.md.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data"


class CountyRow(NamedTuple):
    """One of the 21 counties."""

    code: str
    name: str
    short_name: str


class MunicipalityRow(NamedTuple):
    """One of the 290 municipalities, by the four-digit code of SCB."""

    code: str
    name: str
    short_name: str
    county_code: str


class PostalCodeRow(NamedTuple):
    """A postal code (five digits), its locality and the municipality it points to."""

    postal_code: str
    locality: str
    municipality_code: str


def counties() -> Iterator[CountyRow]:
    """Yield the counties in the order of their codes."""
    for row in _rows("counties.csv"):
        yield CountyRow(row["county_code"], row["county_name"], row["county_name_short"])


def municipalities() -> Iterator[MunicipalityRow]:
    """Yield the municipalities in the order of their codes."""
    for row in _rows("municipalities.csv"):
        yield MunicipalityRow(
            code=row["municipality_code"],
            name=row["municipality_name"],
            short_name=row["municipality_name_short"],
            county_code=row["county_code"],
        )


def postal_codes() -> Iterator[PostalCodeRow]:
    """Yield the postal codes in order."""
    for row in _rows("postal_codes.csv"):
        yield PostalCodeRow(row["postal_code"], row["locality"], row["municipality_code"])


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
