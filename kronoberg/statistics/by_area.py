"""Model fidelity municipality by municipality, for whoever may read each of them."""

from collections import defaultdict
from collections.abc import Sequence

from kronoberg.statistics import afterwards as a
from kronoberg.statistics import sums
from kronoberg.statistics.areas import Area
from kronoberg.statistics.crosses import chain_by
from kronoberg.statistics.findings import Finding
from kronoberg.statistics.models import FrozenTable
from kronoberg.statistics.published import Frozen
from kronoberg.statistics.tables import NotCounted, decode

# In the place of a table's key: none is kept of each municipality by occasion.
BY_AREA = "kommuner"


def chain_by_area(frozen: Frozen, areas: Sequence[Area]) -> Finding:
    """The share of whole chains and where it broke, of each of the municipalities.

    Raises:
        NotCounted: of one occasion alone, or counted in another way in some month.
    """
    if frozen.occasion:
        raise NotCounted(BY_AREA)
    names = {area.code: area.name for area in areas}
    rows = FrozenTable.objects.filter(
        area__in=names, key=a.chain.key, first__gte=frozen.period.first,
        first__lte=frozen.period.last,
    ).values_list("area_id", "version", "cells")  # fmt: skip
    # Added up by code first: a county has hundreds of rows here, and as many lines as areas.
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for code, version, cells in rows:
        if version != a.chain.version:
            raise NotCounted(a.chain.key)
        found[code] = sums.together(found[code], cells)
    lines = [(name, decode(a.chain, found[code])) for code, name in names.items() if code in found]
    return chain_by(lines, frozen.cells, "area", "kommun", "Hela kedjan, kommun för kommun")
