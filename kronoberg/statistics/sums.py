"""The county's sums of frozen cells, kept beside them: whoever reads a county reads no area."""

from collections.abc import Collection, Mapping

from kronoberg.statistics.models import CountySum, FrozenTable

MIXED = 0


def add(county_code: str, tables: Collection[FrozenTable]) -> None:
    """Add newly frozen tables of one area and month to the county's sums.

    To be called in the transaction that stores them, with the county locked.
    """
    firsts = {table.first for table in tables}
    kept = {
        (row.first, row.key): row
        for row in CountySum.objects.filter(county_code=county_code, first__in=firsts)
    }
    CountySum.objects.bulk_create(
        (_added(kept.get((table.first, table.key)), county_code, table) for table in tables),
        update_conflicts=True,
        unique_fields=["county_code", "first", "key"],
        update_fields=["version", "n_areas", "cells", "made_at"],
        batch_size=200,
    )


def _added(row: CountySum | None, county_code: str, table: FrozenTable) -> CountySum:
    return CountySum(
        county_code=county_code,
        first=table.first,
        key=table.key,
        version=table.version if row is None or row.version == table.version else MIXED,
        n_areas=1 if row is None else row.n_areas + 1,
        cells=table.cells if row is None else together(row.cells, table.cells),
        made_at=table.made_at if row is None else max(row.made_at, table.made_at),
    )


def together(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """The sum of stored cells, by the codes of their lines."""
    return {code: one.get(code, 0) + other.get(code, 0) for code in {**one, **other}}
