"""What the basis for the local lägesbild says of the measures under way (lag 2023:196 4–6 §§)."""

from django.db.models import Q

from kronoberg.measures.effects import before_after
from kronoberg.measures.models import Measure
from kronoberg.statistics.comparisons import Earlier
from kronoberg.statistics.findings import Entry, Finding
from kronoberg.statistics.published import Frozen

MOST = 20
TITLE = "Åtgärder i perioden"
NO_MEASURES = "Ingen åtgärd är antecknad i området under perioden."
ONE_MUNICIPALITY = "Åtgärder visas för en kommun i taget: välj kommunen som område."


def measures_under_way(frozen: Frozen, _earlier: Earlier) -> Finding:
    """Each measure of the municipality that touches the period, with what the figures say of it."""
    rows, sentence = [], ONE_MUNICIPALITY
    if len(frozen.area.municipalities) <= 1:
        begun = Q(starts_on__lte=frozen.period.last)
        lasts = Q(ends_on__isnull=True) | Q(ends_on__gte=frozen.period.first)
        found = Measure.objects.filter(begun & lasts, area__in=frozen.area.municipalities)
        rows = [_row(each) for each in found.select_related("area", "comparison")[:MOST]]
        sentence = f"Antal åtgärder i perioden: {found.count()}." if rows else NO_MEASURES
    return Finding(
        key="measures-under-way",
        number=0,
        title=TITLE,
        sentence=sentence,
        columns=("Åtgärd", "Vem", "Från", "Till", "Vad talen säger"),
        rows=tuple(rows),
        definition=(
            "Åtgärder som polisen eller kommunen har lagt in och som pågick någon dag i perioden, "
            "de senast påbörjade först, högst tjugo."
        ),
        notes=(),
    )


def _row(measure: Measure) -> tuple[Entry, ...]:
    return (
        Entry(f"{measure.title} ({measure.spot})"),
        Entry(measure.get_who_display()),
        Entry(f"{measure.starts_on:%Y-%m-%d}"),
        Entry(f"{measure.ends_on:%Y-%m-%d}" if measure.ends_on else "tills vidare"),
        Entry(before_after(measure).sentence),
    )
