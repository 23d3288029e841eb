"""When each record is erased, and why (gallring). Rules in years and ages; pure but for the dates.

Police: one year after the case ended (2018:1693 4:2); a supply tip three years after its calendar
year, five where the crime can give two years' prison (4:7). Social services: five years after the
last note where no investigation was opened; with one, not before the child is 30 (SoL 16:2). What
research needs is kept: those born on the 5th, 15th or 25th, and four areas (SoF 2025:468 13:1).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from cases import holds, identity, rules
from cases.models import JournalEntry, Organisation, Referral, SupplyTip, YouthCase
from cases.models.codes import Feedback
from cases.models.moves import AnyCase

RESEARCH_DAYS = (5, 15, 25)
# Östergötland, Gotland, Västernorrland; and the city of Göteborg.
RESEARCH_COUNTIES, RESEARCH_MUNICIPALITIES = ("05", "09", "22"), ("1480",)


@dataclass(frozen=True)
class Retention:
    """The day on which a record is to be gone; None while it runs, or when it is kept."""

    due_on: date | None
    why: str
    paragraph: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Due:
    """One record that a day finds due."""

    kind: str
    record: AnyCase | SupplyTip
    retention: Retention
    due_on: date

    @property
    def reference(self) -> str:
        return self.record.reference if not isinstance(self.record, SupplyTip) else "Tips"


RUNS = Retention(None, "Ärendet pågår. Gallringstiden räknas från att det avslutas.")


def of_case(case: AnyCase, *, last_note: date | None = None) -> Retention:
    """When the case is erased and why; `last_note` spares the query where many are asked about."""
    if case.is_open:
        return RUNS
    noted = last_note or _last_note(case)
    found = _police(noted) if isinstance(case, YouthCase) else _social(case, noted)
    if last_note is None and found.due_on:
        hold = holds.active(timezone.localdate()).get(case.pk)
        if hold and hold.ends_on >= found.due_on:
            why = f"{found.why} Bevaras dessutom till och med {hold.ends_on} efter ett beslut."
            return Retention(hold.ends_on + timedelta(days=1), why, found.paragraph, found.rule)
    return found


def of_tip(tip: SupplyTip) -> Retention:
    """A tip has a clock of its own: it outlives the youth's case, and holds no name of the youth.

    Selling to somebody under age can give two years' prison, so a tip of a seller has five years.
    """
    year = timezone.localdate(tip.registered_at).year
    rule = "retention_supply_serious" if tip.relation in SELLERS else "retention_supply"
    years = _value(rule, timezone.localdate(tip.registered_at))
    return Retention(
        date(year + years + 1, 1, 1),
        f"{years} år efter utgången av det år då tipset registrerades.",
        "2018:1693 4:7",
        rule,
    )


R = SupplyTip.Relation
SELLERS = (R.ONLINE, R.CAR, R.RESTAURANT, R.SHOP)


def due(at: date, organisation: Organisation | None = None) -> Iterator[Due]:
    """Everything that is due on `at`, in all units or in one."""
    for model, kind in ((YouthCase, "youth_case"), (Referral, "referral")):
        for case in _ended(model, at, organisation):
            if holds.keeps(case, at):
                continue
            retention = of_case(case, last_note=timezone.localdate(case.__dict__["last_note"]))
            if retention.due_on and retention.due_on <= at:
                yield Due(kind, case, retention, retention.due_on)
    tips = SupplyTip.objects.select_related("organisation")
    for tip in tips.filter(organisation=organisation) if organisation else tips:
        retention = of_tip(tip)
        if retention.due_on and retention.due_on <= at:
            yield Due("supply_tip", tip, retention, retention.due_on)


def _ended(model: type[AnyCase], at: date, organisation: Organisation | None) -> Iterator[AnyCase]:
    newest = _counts_from(model).filter(case_id=OuterRef("pk")).order_by().values("case_id")
    last = Subquery(newest.annotate(at=Max("recorded_at")).values("at"))
    before = rules.end_of(at)
    cases = model._default_manager.annotate(last_note=last).filter(last_note__lte=before)
    if organisation:
        cases = cases.filter(organisation=organisation)
    for case in cases.select_related("person", "organisation__municipality").order_by("opened_at"):
        if not case.is_open:
            yield case


def _police(noted: date) -> Retention:
    years = _value("retention_police", noted)
    return Retention(
        noted + relativedelta(years=years),
        f"{years} år efter att ärendet avslutades.",
        "2018:1693 4:2",
        "retention_police",
    )


def _social(case: Referral, noted: date) -> Retention:
    kept = _kept_for_research(case)
    if kept:
        return Retention(None, kept, "SoF 2025:468 13:1", "research")
    years = _value("retention_not_opened", noted)
    after_notes = noted + relativedelta(years=years)
    if case.decision != Feedback.OPENED:
        why = f"{years} år efter sista anteckningen: utredning inleddes inte."
        return Retention(after_notes, why, "SoL 16:1, 16:2", "retention_not_opened")
    if "retention_investigation_age" not in rules.rulebook(noted):
        why = f"{years} år efter sista anteckningen: regeln om barnets ålder kom senare."
        return Retention(after_notes, why, "SoL 16:1", "retention_not_opened")
    age = _value("retention_investigation_age", noted)
    why = f"Utredning inleddes: tidigast när barnet fyller {age} år."
    born = case.person.born_on
    turns = identity.turns_on(born, age) if born else _latest_birthday(case, age)
    if turns is None:
        return Retention(None, f"{why} Åldern är okänd: avgörs för hand.", "SoL 16:2")
    return Retention(max(turns, after_notes), why, "SoL 16:2", "retention_investigation_age")


def _latest_birthday(case: Referral, age: int) -> date | None:
    """With an estimate only: the last day on which somebody that old can turn `age`."""
    estimated = case.person.estimated_age
    if estimated is None:
        return None
    return case.day + relativedelta(years=age - estimated + 1)


def _kept_for_research(case: Referral) -> str:
    born, home = case.person.born_on, case.organisation.municipality
    if born and born.day in RESEARCH_DAYS:
        return "Bevaras för forskning: född den 5, 15 eller 25."
    if home and (home.county_code in RESEARCH_COUNTIES or home.code in RESEARCH_MUNICIPALITIES):
        return "Bevaras för forskning: kommunens handlingar gallras inte."
    return ""


def _last_note(case: AnyCase) -> date:
    last = _counts_from(type(case)).filter(case_id=case.pk).aggregate(at=Max("recorded_at"))["at"]
    return timezone.localdate(last or case.opened_at)


def _counts_from(model: type[AnyCase]) -> QuerySet[JournalEntry]:
    """The rows that the years count from: any note of a referral (SoL 16:1), but only the step that
    ended a police case (4:2). A letter that comes back later puts off nothing.
    """
    rows = JournalEntry.objects.all()
    return rows.exclude(from_state=F("to_state")) if model is YouthCase else rows


def _value(key: str, on: date) -> int:
    return rules.rule(key, on=on).value
