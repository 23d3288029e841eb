"""What a referral's page shows of the caseworker's own work: contacts, talks, entries, checks.

Everybody is named by relation alone; names stand under "Personer", for those who may read them.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.known import Known as KnownHere
from cases.known import known_here
from cases.models import Appointment, Attendee, Custodian, RecordEntry, Referral, User, WorkingNote
from kronoberg.case_facts import MASK

LinkTo = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """One row: when, what, and what can be done about it."""

    at: datetime
    title: str
    details: tuple[str, ...] = ()
    who: str = ""
    links: tuple[LinkTo, ...] = ()


@dataclass(frozen=True)
class Known:
    reference: str
    url: str
    text: str


@dataclass(frozen=True)
class Casebook:
    known: tuple[Known, ...]
    known_note: str
    contacts: tuple[Line, ...]
    talks: tuple[Line, ...]
    entries: tuple[Line, ...]
    # The reader's own working note, which nobody else sees: where it is written into the record.
    note_url: str
    checks: tuple[tuple[date, str, str], ...]


def of(case: Referral, *, by: User) -> Casebook:
    """The casebook as `by` may see it; of a hidden custodian only that there was a contact."""
    relations = _relations(case)
    custodians = _custodians(case)
    hidden = {one.pk for one in custodians if not access.may_read_custodian(by, case, one)}
    shows_words = access.may_read_words(by, case)
    found = known_here(case, by=by)
    return Casebook(
        known=tuple(_known(case, found)),
        known_note=_known_note(found),
        contacts=tuple(_contacts(case, relations, shows_words=shows_words, hidden=hidden)),
        talks=tuple(_talks(case, relations, by=by, shows_words=shows_words, hidden=hidden)),
        entries=tuple(_entries(case, by=by, shows_words=shows_words)),
        note_url=_note_url(case, by=by),
        checks=tuple(
            (check.due_on, str(check), _standing(check.is_open, skipped=bool(check.skipped_at)))
            for check in case.checks.all()
        ),
    )


def _known(case: Referral, found: KnownHere) -> Iterator[Known]:
    twice, ongoing = found.same_evening_as(case), found.ongoing
    for each in found.earlier:
        words = [f"{each.get_state_display()}, inkommen {each.day}"]
        if each in ongoing:
            words.append("utredning pågår: anmälan kan föras dit")
        if each in twice:
            words.append("samma dygn: kan vara samma händelse")
        url = reverse("case", kwargs={"pk": each.pk})
        yield Known(each.reference, url, " · ".join(words))


def _known_note(found: KnownHere) -> str:
    if found.is_hidden:
        return "Skyddade uppgifter: bara en utsedd läsare ser om ungdomen är känd hos er."
    if not found.can_be_asked:
        return (
            "Personnummer saknas, så det går inte att se om ungdomen är känd hos er. "
            "Bara samma namn inom samma dygn visas."
        )
    return "" if found.earlier else "Inget annat ärende hos er gäller samma ungdom."


def _relations(case: Referral) -> dict[UUID | int | None, str]:
    """Custodians in words that name nobody, as on the letters."""
    named: dict[UUID | int | None, str] = {None: "ungdomen"}
    for number, custodian in enumerate(_custodians(case), start=1):
        named[custodian.pk] = f"vårdnadshavare {number}"
    return named


def _custodians(case: Referral) -> list[Custodian]:
    return list(case.person.custodians.all())


def _contacts(
    case: Referral,
    relations: dict[UUID | int | None, str],
    *,
    shows_words: bool,
    hidden: Collection[UUID],
) -> Iterator[Line]:
    for made in case.contacts_made.select_related("made_by"):
        if made.custodian_id in hidden:
            yield Line(made.at, "Vårdnadshavare", (MASK,), made.made_by.name)
            continue
        who = relations.get(made.custodian_id) if made.custodian_id else made.get_who_display()
        title = f"{str(who).capitalize()}: {made.get_kind_display().lower()}"
        result = made.get_result_display()
        words = [title, result.lower()]
        if made.consent:
            by = made.get_consented_by_display()
            words.append(f"{made.get_consent_display().lower()}: {by[0].lower()}{by[1:]}")
        if made.interpreter:
            words.append(f"tolk: {made.interpreter}")
        yield Line(
            made.at,
            ", ".join(words),
            _texts(made.note, shows_words=shows_words),
            made.made_by.name,
        )


def _talks(
    case: Referral,
    relations: dict[UUID | int | None, str],
    *,
    by: User,
    shows_words: bool,
    hidden: Collection[UUID],
) -> Iterator[Line]:
    talks = case.appointments.select_related("superseded_by", "caseworker")
    may = access.may_take(by, case, "reschedule_talk")
    for talk in talks.prefetch_related("attendees"):
        no_answer = "inget svar" if talk.result else "inget svar än"
        called = talk.attendees.all()
        seen = [each for each in called if each.custodian_id not in hidden]
        people = [_came(each, relations, no_answer) for each in seen]
        # Also the language of the talk can be theirs.
        language = talk.interpreter if len(people) == len(called) else ""
        if len(people) < len(called):
            people.append(f"Vårdnadshavare: {MASK.lower()}")
        where = _texts(talk.place, shows_words=shows_words)
        links = (
            (("Anteckna svar", _about(case, "record_reply", talk.pk)),
             ("Flytta", _about(case, "reschedule_talk", talk.pk)),
             ("Anteckna", _about(case, "record_talk", talk.pk)))
            if may and not talk.result
            else ()
        )  # fmt: skip
        yield Line(
            talk.at, _talk_title(talk, language), (*where, *people), talk.caseworker.name, links
        )


def _talk_title(talk: Appointment, language: str) -> str:
    words = [talk.get_kind_display(), talk.get_result_display().lower() or "planerat"]
    if talk.not_held_because:
        words.append(talk.get_not_held_because_display().lower())
    if talk.superseded_by:
        words.append(f"till {timezone.localtime(talk.superseded_by.at):%Y-%m-%d %H:%M}")
    if language:
        words.append(f"tolk: {language}")
    return ", ".join(words)


def _came(attendee: Attendee, relations: dict[UUID | int | None, str], no_answer: str) -> str:
    who = relations.get(attendee.custodian_id, "någon annan").capitalize()
    said = attendee.get_attendance_display() or attendee.get_reply_display() or no_answer
    return f"{who}: {said[0].lower()}{said[1:]}"


def _entries(case: Referral, *, by: User, shows_words: bool) -> Iterator[Line]:
    entries = list(case.entries.select_related("author"))
    may = access.may_take(by, case, "correct_entry")
    for entry in entries:
        if entry.about_id:
            continue
        added = [
            _addition(each, shows_words=shows_words)
            for each in entries
            if each.about_id == entry.pk
        ]
        links = (
            (("Rätta", _about(case, "correct_entry", entry.pk)),
             ("Anteckna invändning", _about(case, "note_dispute", entry.pk)))
            if may and not entry.about_what
            else ()
        )  # fmt: skip
        written = f"{timezone.localtime(entry.written_at):%Y-%m-%d %H:%M}"
        what = f" mot: {entry.get_about_what_display().lower()}" if entry.about_what else ""
        title = f"{entry.get_kind_display()}{what}, skriven {written}"
        texts = _texts(entry.text, shows_words=shows_words)
        yield Line(entry.happened_at, title, (*texts, *added), entry.author.name, links)


def _addition(entry: RecordEntry, *, shows_words: bool) -> str:
    when = f"{timezone.localtime(entry.written_at):%Y-%m-%d %H:%M}"
    [text] = _texts(entry.text, shows_words=shows_words)
    return f"{entry.get_kind_display()} {when}, {entry.author.name}: {text}"


def _about(case: Referral, action: str, about: object) -> str:
    return reverse("step-about", kwargs={"pk": case.pk, "action": action, "about": about})


def _note_url(case: Referral, *, by: User) -> str:
    """Where the reader's own note is written into the record, while that can be done."""
    if not case.is_open or not access.may_take(by, case, "write_entry"):
        return ""
    # The text is sealed: an emptied note is told by reading it, not by asking the database.
    note = WorkingNote.objects.filter(referral=case, author=by).first()
    if note is None or not note.text:
        return ""
    return reverse("step", kwargs={"pk": case.pk, "action": "write_entry"})


def _texts(text: str, *, shows_words: bool) -> tuple[str, ...]:
    if not text:
        return ()
    return (text if shows_words else MASK,)


def _standing(is_open: bool, *, skipped: bool) -> str:  # noqa: FBT001
    if is_open:
        return "planerad"
    return "behövdes inte" if skipped else "klar"
