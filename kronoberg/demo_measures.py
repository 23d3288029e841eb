"""The demo's measures and its medborgarlöfte: invented, like everything in it."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from kronoberg.demo_town import Town
from kronoberg.measures.models import CitizenPromise, Measure, PromiseActivity

AREA = "0780"
# The first month whose year before is in the demo's history too.
FIRST_COMPARED = date(2026, 7, 1)
ACTIVITIES = (
    ("Föräldravandring i centrum", "others", 8),
    ("Öppet hus i idrottshallen, fredagar", "municipality", 12),
    ("Fotbollsträning på Araby IP", "others", 16),
    ("Temakväll om langning", "school", 2),
    ("Gemensam kväll med fältare", "police", 6),
    ("Öppen träning under höstlovet", "municipality", 9),
)
LEFT_UNDONE = 4


def fill(town: Town) -> None:
    """One promise with its ticks, one measure that is part of it, and one of the police."""
    promise = _promise(town)
    Measure.objects.create(
        organisation=promise.organisation,
        area_id=AREA,
        title="Vuxna ute på fredagar och lördagar",
        words="Föräldrar och föreningar går i par, med väst och telefonnummer till fältarna.",
        who="others",
        kind="presence",
        term="long",
        starts_on=FIRST_COMPARED,
        promise=promise,
        made_by=promise.made_by,
    )
    manager = town.staff["magnus"]
    Measure.objects.create(
        organisation=manager.organisation,
        area_id=AREA,
        title="Ljus och kortare klippta buskar i parken",
        words="Parkförvaltningen byter lyktor. Patrullen passerar i början av kvällen.",
        who="municipality",
        kind="place",
        term="long",
        place_type="park",
        hours="22–24",
        starts_on=timezone.localdate() + relativedelta(months=1),
        made_by=manager,
    )


def _promise(town: Town) -> CitizenPromise:
    """The promise; all of its activities but one that have passed their day are done."""
    today, coordinator = timezone.localdate(), town.staff["klara"]
    begins = (today - relativedelta(months=10)).replace(day=1)
    promise = CitizenPromise.objects.create(
        organisation=coordinator.organisation,
        area_id=AREA,
        title="Fler vuxna och mer att göra i centrum",
        problem="Boende är oroliga runt resecentrum på fredagar och lördagar.",
        target="Åttio träningspass och kvällar med vuxna ute, till årets slut.",
        target_number=80,
        starts_on=begins,
        ends_on=begins + relativedelta(years=1) - timedelta(days=1),
        made_by=coordinator,
    )
    for number, (words, who, n_times) in enumerate(ACTIVITIES):
        due_on = begins + relativedelta(months=2 * number + 1)
        is_done = due_on < today and number != LEFT_UNDONE
        PromiseActivity.objects.create(
            promise=promise,
            words=words,
            who=who,
            n_times=n_times,
            due_on=due_on,
            done_on=due_on - timedelta(days=3) if is_done else None,
            done_by=coordinator if is_done else None,
        )
    return promise
