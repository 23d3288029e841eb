"""By when: the rules in force on a day, and the clocks of a case computed from them.

Times in, times out: aware datetimes; "days" end at midnight, Swedish time. Nothing here reads
the clock on the wall: the moment is passed in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property

import holidays
from dateutil.relativedelta import relativedelta
from django.db.models import Q
from django.utils import timezone

from cases import duty
from cases.identity import AgeClass, age_class
from cases.models import AlcoholSeizure, Person, Referral, Rule, YouthCase
from cases.models.codes import Custody, Decision, Feedback
from cases.models.referral_record import SupportAnswer

# Lag 1989:253, and the three eves that lag 1930:173 puts beside the red days.
RED_DAYS = holidays.country_holidays("SE", include_sundays=False, categories=("public", "de_facto"))
SATURDAY = 5
YES = (SupportAnswer.CUSTODIANS, SupportAnswer.YOUTH)
# Days that a municipality counts otherwise: is it a weekday there?
OwnDays = Mapping[date, bool]
AS_EVERYWHERE: OwnDays = {}


@dataclass(frozen=True)
class Reading:
    """A clock as it stands at a moment: what a page draws."""

    step: str
    label: str
    due_at: datetime
    done_at: datetime | None
    paragraph: str
    note: str
    status: str


@dataclass(frozen=True)
class Clock:
    """One deadline of one case."""

    step: str
    label: str
    due_at: datetime
    done_at: datetime | None = None
    paragraph: str = ""
    note: str = ""

    def status(self, at: datetime) -> str:
        """overdue, today, soon (three days), later – or done, however late."""
        if self.done_at is not None:
            return "done"
        if at > self.due_at:
            return "overdue"
        days = (timezone.localdate(self.due_at) - timezone.localdate(at)).days
        return "today" if days == 0 else "soon" if days <= 3 else "later"

    def read(self, at: datetime) -> Reading:
        return Reading(
            self.step,
            self.label,
            self.due_at,
            self.done_at,
            self.paragraph,
            "" if self.done_at else self.note,
            self.status(at),
        )


class NoRule(LookupError):
    """No rule with this key is in force on that day: the rulebook has a gap."""


class Rulebook(dict[str, Rule]):
    """The rules in force on one day, by key. A rule that is missing is an error, not a default."""

    def __missing__(self, key: str) -> Rule:
        raise NoRule(key)

    @cached_property
    def own_days(self) -> dict[str | None, dict[date, bool]]:
        """`duty.own_days`, as they are when this book is first asked."""
        return duty.own_days()


def rulebook(on: date) -> Rulebook:
    """Every rule in force on `on`. One query."""
    in_force = Rule.objects.filter(valid_from__lte=on).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    )
    return Rulebook((rule.key, rule) for rule in in_force.order_by("valid_from"))


def rule(key: str, *, on: date) -> Rule:
    """The rule in force on `on`.

    Raises:
        NoRule: nothing is in force. A missing limit is an error, never a default.
    """
    return rulebook(on)[key]


def age_class_on(age: int | None, *, on: date, book: Rulebook | None = None) -> AgeClass:
    """The age class by the limits of that day (15, 18 and 20 in what is in force).

    `book` is that day's, where it has been read already.
    """
    book = rulebook(on) if book is None else book
    limits = (
        book["age_criminal_responsibility"].value,
        book["age_majority"].value,
        book["age_target_group"].value,
    )
    return age_class(age, limits=limits)


def age_class_of(person: Person, *, on: date, book: Rulebook | None = None) -> AgeClass:
    """The age class of `person` on a day: by the age, else by what the officer saw at a glance."""
    age = person.age_on(on)
    if age is None and person.estimated_group:
        return AgeClass(person.estimated_group)
    return age_class_on(age, on=on, book=book)


def deadline(rule: Rule, *, since: datetime, own: OwnDays = AS_EVERYWHERE) -> datetime:
    """The last moment of `rule`, counted from `since` (aware); `own` days move weekdays alone."""
    match rule.unit:
        # In UTC: on the night of the change of clocks six hours of custody are six hours.
        case Rule.Unit.MINUTES:
            return since.astimezone(UTC) + timedelta(minutes=rule.value)
        case Rule.Unit.HOURS:
            return since.astimezone(UTC) + timedelta(hours=rule.value)
        case Rule.Unit.WEEKDAYS:
            return end_of(weekdays_after(timezone.localdate(since), rule.value, own))
        case Rule.Unit.MONTHS:
            return end_of(timezone.localdate(since) + relativedelta(months=rule.value))
        case Rule.Unit.YEARS:
            return end_of(timezone.localdate(since) + relativedelta(years=rule.value))
        case _:
            return end_of(timezone.localdate(since) + timedelta(days=rule.value))


def objection_until(seizure: AlcoholSeizure, *, on: date) -> datetime | None:
    """The last moment to object to a forfeiture that was served; `on` says whose rules hold."""
    if seizure.served_at is None:
        return None
    return deadline(rule("forfeiture_objection", on=on), since=seizure.served_at)


def end_of(day: date) -> datetime:
    """The last second of a Swedish calendar day."""
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def start_of(day: date) -> datetime:
    """The first moment of a Swedish calendar day."""
    return timezone.make_aware(datetime.combine(day, time.min))


@cache
def is_weekday(day: date) -> bool:
    """Neither Saturday, Sunday, a red day nor one of the three eves."""
    return day.weekday() < SATURDAY and day not in RED_DAYS


def weekdays_after(day: date, count: int, own: OwnDays = AS_EVERYWHERE) -> date:
    """The `count`-th weekday after `day`, where the days of `own` are what it says."""
    while count:
        day += timedelta(days=1)
        count -= own.get(day, is_weekday(day))
    return day


def late(key: str, *, since: str, at: datetime, place: str = "") -> Q:
    """The cases, as a condition, in which the deadline `key` counted from `since` has passed.

    The same answer as the clocks give: each case by the rule of its own day, and by the days of
    the municipality in the column `place`.
    """
    elsewhere = duty.own_days() if place else {}
    found = Q(pk__in=())
    for each in Rule.objects.filter(key=key):
        days = Q(opened_at__gte=start_of(each.valid_from))
        if each.valid_to:
            days &= Q(opened_at__lte=end_of(each.valid_to))
        usual = _latest_overdue(each, at=at)
        passed = Q(**{f"{since}__lt": usual})
        for municipality, own in elsewhere.items():
            limit = _latest_overdue(each, at=at, own=own)
            if limit != usual:
                here = Q(**{place: municipality})
                passed = (passed & ~here) | (here & Q(**{f"{since}__lt": limit}))
        found |= days & passed
    return found


def _latest_overdue(rule: Rule, *, at: datetime, own: OwnDays = AS_EVERYWHERE) -> datetime:
    """What began before this moment is overdue `at`. For deadlines in days, weekdays or hours."""
    if rule.unit in (Rule.Unit.MINUTES, Rule.Unit.HOURS):
        return at - (deadline(rule, since=at) - at)
    # The day whose deadline is the last to have passed lies close before the plain difference.
    day = timezone.localdate(at)
    while deadline(rule, since=start_of(day), own=own) >= at:
        day -= timedelta(days=1)
    return start_of(day + timedelta(days=1))


def clocks(case: YouthCase | Referral, *, book: dict[str, Rule] | None = None) -> list[Clock]:
    """Every clock that runs or ran in the case, by the rules of its day; soonest first.

    `book` spares the query where many cases of one day are shown.
    """
    book = rulebook(case.day) if book is None else book
    make = _police_clocks if isinstance(case, YouthCase) else _social_clocks
    return sorted(make(case, book), key=lambda clock: clock.due_at)  # type: ignore[arg-type]


def next_clock(case: YouthCase | Referral, *, book: Rulebook | None = None) -> Clock | None:
    """The clock that is due next: what the work list is sorted by. None when nothing runs."""
    if not case.is_open:
        return None
    return next((clock for clock in clocks(case, book=book) if clock.done_at is None), None)


def _clock(
    rule: Rule, *, since: datetime, done: datetime | None, own: OwnDays = AS_EVERYWHERE
) -> Clock:
    return Clock(
        rule.key,
        rule.label,
        deadline(rule, since=since, own=own),
        done,
        rule.paragraph,
        rule.note,
    )


def _police_clocks(case: YouthCase, book: dict[str, Rule]) -> Iterator[Clock]:
    if case.is_minor:
        yield from _contact_clocks(case, book)
    if case.custody != Custody.NONE:
        since = case.custody_at or case.opened_at
        yield _clock(book[f"custody_{case.custody}"], since=since, done=case.custody_end)
    # Only of somebody whose identity is established is a copy asked for.
    if case.custody == Custody.LOB and case.person.personal_number:
        copied = case.custody_copied_at
        yield _clock(book["custody_copy"], since=case.custody_at or case.opened_at, done=copied)
    # What is sent back waits for whoever reported it, not for the reviewer.
    reported_at = None if case.is_sent_back else case.reported_at
    yield _clock(book["report"], since=case.opened_at, done=reported_at)
    if reported_at:
        yield _clock(book["review"], since=reported_at, done=case.reviewed_at)
    if case.decision == Decision.NOTIFY or (case.is_minor and not case.decision):
        yield _clock(book["notice"], since=case.opened_at, done=case.notified_at)
    if case.reviewed_at and case.is_minor:
        yield _clock(book["letters"], since=case.opened_at, done=case.letters_settled_at)
        yield _clock(book["police_follow_up"], since=case.opened_at, done=case.followed_up_at)
    if case.notified_at:
        # The municipality that is to answer says which days its office is open.
        own = _days_of(case.person.municipality_id, book)
        yield _clock(book["receipt"], since=case.notified_at, done=case.acknowledged_at, own=own)
        answered = end_of(case.feedback_on) if case.feedback_on else None
        yield _clock(book["expected_feedback"], since=case.notified_at, done=answered)


def _days_of(municipality: str | None, book: dict[str, Rule]) -> OwnDays:
    days = book.own_days if isinstance(book, Rulebook) else duty.own_days()
    return days.get(municipality, AS_EVERYWHERE)


def _contact_clocks(case: YouthCase, book: dict[str, Rule]) -> Iterator[Clock]:
    contacts = sorted(case.contacts.all(), key=lambda contact: contact.at)
    first = contacts[0].at if contacts else None
    reached = next((contact.at for contact in contacts if contact.reached), None)
    # Once the youth is handed over nobody waits for the call any longer.
    settled = case.handed_over_at
    yield _clock(book["first_attempt"], since=case.opened_at, done=first or settled)
    yield _clock(book["custodian_contact"], since=case.opened_at, done=reached or settled)


def protection_due(received_at: datetime, book: dict[str, Rule]) -> datetime:
    """Same day, or the next when the notice comes late (SoL 20:1 and its preparatory works)."""
    came = timezone.localtime(received_at)
    late = came.hour >= book["late_arrival_hour"].value
    days = book["protection_assessment"].value + late
    return end_of(came.date() + timedelta(days=days))


def feedback_rule(decision: str, book: dict[str, Rule]) -> Rule:
    """By when the notifier is answered: a week, but at once where an investigation is ongoing
    already (SoL 19:6, from the fifteenth of January 2026).
    """
    at_once = book.get("feedback_ongoing") if decision == Feedback.ONGOING else None
    return at_once or book["feedback"]


def _first_talk(case: Referral, began_at: datetime, rule: Rule) -> Clock:
    """The first talk of the support; what follows or ends the support ends the waiting too."""
    held = (talk.at for talk in case.appointments.all() if talk.result == "held")
    first = min((at for at in held if at >= began_at), default=None)
    return _clock(rule, since=began_at, done=first or case.follow_up_started_at or case.closed_at)


def _social_clocks(case: Referral, book: dict[str, Rule]) -> Iterator[Clock]:
    protection = book["protection_assessment"]
    yield Clock(
        protection.key,
        protection.label,
        protection_due(case.opened_at, book),
        case.protection_assessed_at,
        protection.paragraph,
        protection.note,
    )
    here = case.organisation.municipality_id if hasattr(case, "organisation") else None
    own, done = _days_of(here, book), case.acknowledged_at
    yield _clock(book["acknowledgement"], since=case.opened_at, done=done, own=own)
    yield _clock(book["preliminary_assessment"], since=case.opened_at, done=case.decided_at)
    if case.needs_protection and (since := case.protection_assessed_at):
        yield _clock(book["open_at_once"], since=since, done=case.decided_at)
    if case.decided_at:
        rule = feedback_rule(case.decision, book)
        yield _clock(rule, since=case.decided_at, done=case.feedback_at)
    if case.decided_at and case.decision == Feedback.OPENED:
        clock = _clock(book["investigation"], since=case.decided_at, done=case.concluded_at)
        if case.investigation_due_on:
            due = end_of(case.investigation_due_on)
            clock = Clock(clock.step, clock.label, due, clock.done_at, clock.paragraph, "Förlängd")
        yield clock
    for talk in case.appointments.all():
        yield Clock("talk", "Samtal", talk.at, talk.at if talk.result else None)
    if case.support_answered_at and case.support_answer in YES:
        yield _first_talk(case, case.support_answered_at, book["first_talk"])
    limit = book["follow_up"]
    if case.follow_up_started_at and (until := case.follow_up_until(limit.value)):
        # The law limits the end, not the first contact.
        due = end_of(until)
        yield Clock(limit.key, limit.label, due, case.closed_at, limit.paragraph, limit.note)
    for check in case.checks.all():
        settled = check.skipped_at or (check.done_by.at if check.done_by else None)
        yield Clock("follow_up_check", str(check), end_of(check.due_on), settled)
    if case.transfer_requested_at:
        done = case.transfer_refused_at or case.brought_to_ivo_at
        yield _clock(book["transfer_silence"], since=case.transfer_requested_at, done=done)
