"""Model fidelity municipality by municipality, for whoever may read each of them."""

from collections import defaultdict
from collections.abc import Sequence

from kronoberg.statistics import afterwards as a
from kronoberg.statistics.areas import Area
from kronoberg.statistics.crosses import chain_by
from kronoberg.statistics.findings import Finding
from kronoberg.statistics.models import FrozenTable
from kronoberg.statistics.published import Frozen
from kronoberg.statistics.tables import NotCounted, decode


def chain_by_area(frozen: Frozen, areas: Sequence[Area]) -> Finding:
    """The share of whole chains and where it broke, of each of the municipalities.

    Raises:
        NotCounted: of one occasion alone, or counted in another way in some month.
    """
    if frozen.occasion:
        raise NotCounted(a.chain.key)
    names = {area.code: area.name for area in areas}
    rows = FrozenTable.objects.filter(
        area__in=names, key=a.chain.key, first__gte=frozen.period.first,
        first__lte=frozen.period.last,
    )  # fmt: skip
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(a.chain.lines, 0))
    for row in rows:
        if row.version != a.chain.version:
            raise NotCounted(a.chain.key)
        for line, n in decode(a.chain, row.cells).items():
            found[row.area_id][line] += n
    lines = [(name, found[code]) for code, name in names.items() if code in found]
    return chain_by(lines, frozen.cells, "area", "kommun", "Hela kedjan, kommun för kommun")
