"""What a case page shows: typed parts that the template only draws. Reads, never changes.

Names and numbers appear only for those who may read them; a protected identity is masked here,
before it reaches a template.
"""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cases import access, identity, rules, workflow
from cases.models import (
    AccessEntry,
    Custodian,
    JournalEntry,
    Person,
    Remark,
    Right,
    User,
    YouthCase,
)
from cases.models import referral as social
from cases.models import youth_case as police
from cases.models.moves import AnyCase, words_of
from kronoberg import case_facts
from kronoberg.case_parts import Button, Call, Event, Face, Link, Look, Number, Paper
from notices.catalogue import CATALOGUE
from notices.models import Letter

# The life of a case as a line of links; a state the case jumped over is shown as skipped.
POLICE_CHAIN = tuple(state for state in police.OPEN if state != police.State.DRAFT) + (
    police.State.CLOSED,
)
SOCIAL_CHAIN = (
    social.State.RECEIVED,
    social.State.PROTECTION_ASSESSED,
    social.State.PRELIMINARY,
    social.State.SUPPORT,
    social.State.FOLLOW_UP,
    social.State.CLOSED,
)
DECISIONS = (social.State.OPENED, social.State.NOT_OPENED, social.State.ONGOING)

# The step that stops a clock: what the page proposes when that clock is next.
STOPS = {
    "first_attempt": "record_contact",
    "custodian_contact": "record_contact",
    "report": "report",
    "review": "review",
    "notice": "notify",
    "letters": "send_letters",
    "police_follow_up": "record_follow_up",
    "protection_assessment": "assess_protection",
    "acknowledgement": "acknowledge",
    "talk": "record_talk",
    "feedback": "give_feedback",
    "investigation": "conclude_investigation",
    "follow_up": "record_follow_up",
}


def context(case: AnyCase, *, by: User) -> dict[str, Any]:
    """Everything that `case.html` draws for this reader."""
    at = timezone.now()
    readings = [clock.read(at) for clock in rules.clocks(case)]
    buttons = _buttons(case, readings, by=by)
    is_open_book = access.may_read_identity(by, case)
    return {
        "case": {
            "reference": case.reference,
            "headline": headline(case),
            "owner": case.owner,
            "opened_at": case.opened_at,
        },
        "steps": chain(case),
        "next_action": next((button for button in buttons if button.is_primary), None),
        "actions": buttons,
        "waiting_for": waiting_for(case),
        "clocks": readings,
        "people": list(_people(case, by=by)),
        "contacts": list(_calls(case)) if is_open_book else [],
        "facts": case_facts.sections(case, shows_names=not _hides_anybody(case, by=by)),
        "letters": _papers(case),
        "entries": _events(case),
        "readers": _looks(case) if access.may(by, Right.NAME_READERS) else [],
    }


def headline(case: AnyCase) -> str:
    """Who, when, where on one line, without a name."""
    age = case.person.age_on(case.day)
    who = f"{age} år" if age is not None else "Okänd ålder"
    when = f"{timezone.localtime(case.opened_at):%Y-%m-%d %H:%M}"
    if isinstance(case, YouthCase):
        place = case.incident.place or case.incident.get_place_type_display()
        return f"{who} · anträffad {when} · {place}"
    return f"{who} · inkommen {when} · från {case.sender}"


def chain(case: AnyCase) -> list[Link]:
    """The steps of the case's life: done, now, next – or skipped."""
    visited = set(JournalEntry.objects.filter(case_id=case.pk).values_list("to_state", flat=True))
    states: list[Any] = list(POLICE_CHAIN)
    if not isinstance(case, YouthCase):
        decided = [state for state in DECISIONS if state in visited]
        decision: list[Any] = [*decided] or [None]
        states = [*SOCIAL_CHAIN[:3], *decision, *SOCIAL_CHAIN[3:]]
    now = str(case.state)
    if now not in states:
        states.append(now)
    place = states.index(now)
    return [
        Link(_state_label(case, state), _link_status(index, place, state in visited, case))
        for index, state in enumerate(states)
    ]


def _state_label(case: AnyCase, state: Any) -> str:
    if state is None:
        return "Beslut"
    labels = police.State if isinstance(case, YouthCase) else social.State
    return str(labels(state).label)


def _link_status(index: int, place: int, was_here: bool, case: AnyCase) -> str:  # noqa: FBT001
    if index == place:
        return "now" if case.is_open else "done"
    if index > place:
        return "next"
    return "done" if was_here else "skipped"


def waiting_for(case: AnyCase) -> str:
    """Who the case waits for, when it does not wait for the reader."""
    if not case.is_open:
        return "Ärendet är avslutat"
    waits = {
        police.State.REPORTED: "Väntar på granskning",
        police.State.REVIEWED: "Väntar på att anmälan skickas",
        police.State.NOTIFIED: "Väntar på kommunens kvittens",
        police.State.ACKNOWLEDGED: "Väntar på uppföljning",
        police.State.FOLLOW_UP: "Väntar på uppföljning",
    }
    if isinstance(case, YouthCase):
        return waits.get(police.State(case.state), "")
    return "Väntar på en handläggare"


def _buttons(case: AnyCase, readings: list[rules.Reading], *, by: User) -> list[Button]:
    actions = workflow.available_actions(case, by=by)
    names = {action.name for action in actions}
    primary = _primary(case, actions, readings)
    return [
        Button(
            action.name,
            action.label,
            step_url(case, action.name),
            tuple((each.what, _remedy_url(case, each.remedy, names)) for each in action.missing),
            is_primary=action.name == primary,
            is_quiet=action.needs_reason,
        )
        for action in actions
        # A step that cannot be taken yet is shown only where it is the one to work towards.
        if action.is_ready or action.name == primary
    ]


def _primary(
    case: AnyCase, actions: list[workflow.Action], readings: list[rules.Reading]
) -> str | None:
    """The step that the next deadline asks for; else the next move in the life of the case."""
    usual = [action for action in actions if not action.needs_reason]
    for reading in readings:
        wanted = STOPS.get(reading.step)
        if reading.done_at is None and any(action.name == wanted for action in usual):
            return wanted
    moving = [action for action in usual if action.moves and action.target != case.state]
    ready = [action for action in moving if action.is_ready]
    return next((action.name for action in ready or moving), None)


def case_url(case: AnyCase) -> str:
    return reverse("case", kwargs={"pk": case.pk})


def step_url(case: AnyCase, action: str) -> str:
    return reverse("step", kwargs={"pk": case.pk, "action": action})


def _remedy_url(case: AnyCase, remedy: str, names: set[str]) -> str:
    mends = next((name for name in remedy.split() if name in names), None)
    return step_url(case, mends) if mends else ""


def _people(case: AnyCase, *, by: User) -> Iterator[Face]:
    is_named = access.is_named_reader(by, case.person)
    is_hidden = case.person.is_protected and not is_named
    yield face(case.person, "Ungdomen", is_hidden=is_hidden)
    for custodian in case.person.custodians.all():
        relation = custodian.get_relation_display()
        # Whose child it is, and where they live together, tells who the child is.
        is_hidden = case.person.is_protected or custodian.is_protected
        yield face(custodian, relation, is_hidden=is_hidden and not is_named)


def _hides_anybody(case: AnyCase, *, by: User) -> bool:
    people = (case.person, *case.person.custodians.all())
    is_protected = any(person.is_protected for person in people)
    return is_protected and not access.is_named_reader(by, case.person)


def face(person: Person | Custodian, relation: str, *, is_hidden: bool) -> Face:
    """A person in full, or masked: protected and not checked are masked for all but the named."""
    if is_hidden:
        return Face("Skyddad identitet", relation, (), is_masked=True)
    return Face(person.name or "Okänd", relation, tuple(_details(person)), is_masked=False)


def _details(person: Person | Custodian) -> Iterator[str]:
    if person.personal_number:
        yield identity.shown(person.personal_number)
    if person.phone:
        yield identity.shown_phone(person.phone)
    if person.street:
        yield f"{person.street}, {person.postal_line}"
    if person.needs_interpreter:
        yield f"Behöver tolk: {person.language}"
    if isinstance(person, Custodian):
        yield "Bor med ungdomen" if person.lives_with_youth else "Bor inte med ungdomen"
        if person.is_barred:
            yield "Får inte kontaktas"
    if person.is_protected:
        yield person.get_protection_display()


def _calls(case: AnyCase) -> Iterator[Call]:
    if not isinstance(case, YouthCase):
        return
    for contact in case.contacts.all():
        who = contact.custodian.get_relation_display() if contact.custodian else "Okänd"
        yield Call(contact.at, who, contact.get_result_display(), contact.note)


def numbers_to_call(case: AnyCase, action: str, *, by: User) -> list[Number]:
    """The custodians' numbers, on the page where calls are logged."""
    if action != "record_contact" or not access.may_read_identity(by, case):
        return []
    is_named = access.is_named_reader(by, case.person)
    return [
        Number(
            f"Ring {custodian.name or custodian.get_relation_display()}",
            f"tel:{custodian.phone}",
        )
        for custodian in case.person.custodians.all()
        if custodian.phone and not custodian.is_barred and (is_named or not custodian.is_protected)
    ]


def _papers(case: AnyCase) -> list[Paper]:
    letters = Letter.objects.filter(organisation=case.organisation, case_id=case.pk)
    return [paper(letter) for letter in letters.defer("facts")]


def paper(letter: Letter) -> Paper:
    return Paper(
        letter.code,
        CATALOGUE[letter.code].title,
        letter.addressee,
        letter.state,
        letter.get_state_display(),
        reverse("letter", kwargs={"pk": letter.pk}),
        letter.pdf_sha256,
    )


def _events(case: AnyCase) -> list[Event]:
    entries = list(
        JournalEntry.objects.filter(case_id=case.pk).select_related("actor").order_by("-id")
    )
    remarks = Remark.objects.in_bulk([entry.remark_id for entry in entries if entry.remark_id])
    return [
        Event(
            entry.happened_at,
            sentence(case, entry),
            entry.actor.name,
            remarks[entry.remark_id].text if entry.remark_id in remarks else "",
        )
        for entry in entries
    ]


def sentence(case: AnyCase, entry: JournalEntry) -> str:
    words = words_of(case, entry.action) or "öppnade ärendet"
    return words[0].upper() + words[1:]


def _looks(case: AnyCase) -> list[Look]:
    entries = AccessEntry.objects.filter(subject_id=case.pk).select_related("actor")
    return [
        Look(
            entry.recorded_at,
            entry.actor.name,
            entry.get_purpose_display() or entry.get_kind_display(),
        )
        for entry in entries.order_by("-id")[:20]
    ]
