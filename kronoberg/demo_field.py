"""The demo's passes with their hours, the municipal calendars, and tips that belong together."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from cases import passes
from cases.forms.incident import occasion_on
from cases.models import (
    DutyHours,
    Incident,
    Kind,
    Organisation,
    PatrolPass,
    ResponsibleFunction,
    SpecialDay,
    SupplyTip,
)
from kronoberg.demo_town import Town

CALENDAR_BEGINS = date(2025, 7, 1)
SEASON_BEGINS = date(2025, 9, 1)
# Weekday, opens, closes: weekends into the night, on Sundays the evening.
HOURS = ((4, 16, 2), (5, 15, 2), (6, 15, 22))
TEAMS = {
    "0780": ("Socialjouren i Växjö", "070-174 06 08"),
    "0764": ("Socialjouren i Alvesta", "070-174 06 09"),
}
# Municipality, function, street, postal line, and the authority of the office here.
INTAKE = "Mottagning barn och unga"
FUNCTIONS = (
    ("0780", INTAKE, "Västra Esplanaden 18", "351 12 VÄXJÖ", "Växjö kommun"),
    ("0764", INTAKE, "Centralplan 1", "342 30 ALVESTA", "Alvesta kommun"),
    ("0760", "Socialkontoret", "Box 43", "360 73 LENHOVDA", ""),
)
BOTTLES = (("Svart kombi", "ABC123", ""), ("", "", "snabbdricka"), ("Svart kombi", "ABC123", ""))


def fill(town: Town) -> None:
    """What stands around the demo's cases; their lives have been lived before."""
    _open_duty_teams()
    _mark_days()
    _name_functions()
    _go_out(town)
    _leave_clues(town)


def _open_duty_teams() -> None:
    for municipality, (team, phone) in TEAMS.items():
        for weekday, opens, closes in HOURS:
            DutyHours.objects.create(
                municipality_id=municipality,
                weekday=weekday,
                opens=time(opens),
                closes=time(closes),
                team=team,
                phone=phone,
                valid_from=CALENDAR_BEGINS,
            )
    # In its first autumn Alvesta's team closed earlier: the calendar keeps both.
    first = DutyHours.objects.filter(municipality_id="0764", weekday=4)
    first.update(valid_from=SEASON_BEGINS)
    DutyHours.objects.create(
        municipality_id="0764", weekday=4, opens=time(18), closes=time(23), team=TEAMS["0764"][0],
        phone=TEAMS["0764"][1], valid_from=CALENDAR_BEGINS,
        valid_to=SEASON_BEGINS - timedelta(days=1),
    )  # fmt: skip


def _mark_days() -> None:
    """Christmas Eve, when the team is on from noon; and a day between two red ones, closed."""
    today = timezone.localdate()
    christmas = date(today.year, 12, 24)
    SpecialDay.objects.create(
        municipality_id="0780", day=christmas, label="Julafton", office="usual", duty="hours",
        opens=time(12), closes=time(6), team=TEAMS["0780"][0], phone=TEAMS["0780"][1],
    )  # fmt: skip
    SpecialDay.objects.create(
        municipality_id="0780", day=date(today.year + 1, 1, 5), label="Trettondagsafton",
        office="closed", duty="usual",
    )  # fmt: skip


def _name_functions() -> None:
    for municipality, name, street, postal_line, authority in FUNCTIONS:
        offices = Organisation.objects.filter(kind=Kind.SOCIAL, authority=authority)
        ResponsibleFunction.objects.create(
            municipality_id=municipality, task="children", name=name, street=street,
            postal_line=postal_line, office=offices.first(), is_default=True,
            valid_from=CALENDAR_BEGINS,
        )  # fmt: skip


def _go_out(town: Town) -> None:
    """A pass for most evenings on which somebody was met, one that met nobody now and then."""
    evenings: dict[date, list[UUID]] = defaultdict(list)
    unit = town.staff["karin"].organisation
    stops_here = Incident.objects.filter(organisation=unit, patrol_pass=None)
    stops_here = stops_here.order_by("started_at", "reference")
    for stop, began_at in stops_here.values_list("pk", "started_at"):
        # A night belongs to the evening it began on.
        evenings[timezone.localdate(began_at - timedelta(hours=6))].append(stop)
    for day, stops in sorted(evenings.items()):
        _pass(town, day, stops)
        if town.random.random() < 0.2 and day - timedelta(days=1) not in evenings:
            _pass(town, day - timedelta(days=1), [])


def _pass(town: Town, day: date, stops: list[UUID]) -> None:
    karin, omar = town.staff["karin"], town.staff["omar"]
    begins = timezone.make_aware(datetime.combine(day, time(16, 30)))
    ends = begins + timedelta(hours=town.random.choice((6, 8, 9)))
    if ends > timezone.now():
        return
    patrol_pass = PatrolPass.objects.create(
        organisation=karin.organisation,
        municipality_id="0780",
        occasion=occasion_on(begins),
        planned_from=begins,
        planned_to=ends,
        places="Stortorget\nLinnéparken\nSystembolaget, Storgatan",
        n_people=town.random.choice((2, 2, 4)),
        planned_by=omar,
        started_at=begins,
    )
    patrol_pass.team.set((karin, omar))
    patrol_pass.ended_at = ends
    patrol_pass.effort_minutes = patrol_pass.minutes_until(ends)
    patrol_pass.n_talks = town.random.randint(3, 40)
    patrol_pass.n_parents_called = town.random.randint(0, 6)
    passes.close(patrol_pass, by=karin)
    Incident.objects.filter(pk__in=stops).update(patrol_pass=patrol_pass)


def _leave_clues(town: Town) -> None:
    """Three tips share a car or a nick with another: the list suggests them as one source."""
    tips = SupplyTip.objects.filter(organisation=town.staff["karin"].organisation)
    tips.exclude(crime_report="").update(status=SupplyTip.Status.REPORTED)
    for tip, (vehicle, plate, nick) in zip(tips[: len(BOTTLES)], BOTTLES, strict=False):
        tip.vehicle, tip.plate, tip.nick = vehicle, plate, nick
        tip.registered_by = town.staff["karin"]
        tip.save()
