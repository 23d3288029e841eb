"""What a case page shows: typed parts that the template only draws. Reads, never changes.

Names and numbers appear only for those who may read them; a protected identity is masked here,
before it reaches a template.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from cases import access, passes, reminders, rules, workflow
from cases.forms.custodians import ABOUT_ONE
from cases.identity import AgeClass
from cases.models import (
    JournalEntry,
    Referral,
    Right,
    User,
    YouthCase,
)
from cases.models import referral as social
from cases.models import youth_case as police
from cases.models.moves import AnyCase
from kronoberg import case_events, case_facts, case_letters, casebook, faces, known, steps
from kronoberg.case_parts import Button, Face, Link

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
    "custody_copy": "send_custody_copy",
    "receipt": "acknowledge",
    "letters": "send_letters",
    "police_follow_up": "record_follow_up",
    "protection_assessment": "assess_protection",
    "acknowledgement": "acknowledge",
    "open_at_once": "open_investigation",
    "talk": "record_talk",
    "feedback": "give_feedback",
    "feedback_ongoing": "give_feedback",
    "investigation": "conclude_investigation",
    "first_talk": "call_to_talk",
    "follow_up": "close",
    "follow_up_check": "record_follow_up",
    "transfer_silence": "apply_to_ivo",
}
ON_THE_DAY = ("talk", "follow_up_check", "receipt")
# One decision with several answers: the page leans towards none of them.
EITHER = ("open_investigation", "decide_not_to_open", "note_ongoing")
# Steps about one row of the case: they stand beside it, not among the buttons, except the one that
# is the next to take.
HIDDEN = {*ABOUT_ONE, "record_reply", "reschedule_talk", "record_talk"}


def context(case: AnyCase, *, by: User) -> dict[str, Any]:
    """Everything that `case.html` draws for this reader."""
    at = timezone.now()
    readings = [clock.read(at) for clock in rules.clocks(case)]
    labels = {reading.step: reading.label for reading in readings}
    actions = workflow.available_actions(case, by=by)
    buttons = _buttons(case, actions, readings, by=by)
    shows_words = access.may_read_words(by, case)
    names = {action.name for action in actions}
    written = record(case, by=by, shows_words=shows_words, ready=names)
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
        # What runs is read first: what has been done in time asks for nothing.
        "clocks": [reading for reading in readings if reading.done_at is None],
        "clocks_done": [reading for reading in readings if reading.done_at is not None],
        "known": known.known(case, by=by) if isinstance(case, YouthCase) else None,
        **written | {"facts": [*written["facts"], case_facts.retention_of(case)]},
        "letters": case_letters.papers(case),
        "missed": case_letters.missed(case, by=by),
        "decision_url": case_letters.decision_url(case, by=by),
        "entries": case_events.events(case, shows_words=shows_words),
        "sent_back": case_events.sent_back(case, shows_words=shows_words),
        "reminders": [
            (labels.get(each.step) or reminders.label(case, each.step), each)
            for each in reminders.of_case(case, readings)
        ],
        "one_more_url": _one_more_url(case, by=by),
        "readers": case_events.looks(case) if access.may(by, Right.NAME_READERS) else [],
    }


def record(
    case: AnyCase, *, by: User, shows_words: bool, ready: Collection[str] = ()
) -> dict[str, Any]:
    """What has been written down so far, as this reader may see it: people, calls, facts, journal.

    Beside a person stands what can be done about them, of the steps in `ready`.
    """
    is_open_book = access.may_read_identity(by, case)
    return {
        "people": list(_people(case, ready, by=by)),
        "contacts": case_facts.calls_of(case, by=by) if is_open_book else [],
        "facts": case_facts.sections(case, shows_words=shows_words),
        "book": casebook.of(case, by=by) if isinstance(case, Referral) else None,
    }


# Between the parts of a headline: a line may end with it, and never begins with it.
DOT = "\u00a0· "


def headline(case: AnyCase) -> str:
    """Who, when, where on one line, without a name."""
    age = case.person.age_on(case.day)
    who = f"{age} år" if age is not None else str(AgeClass(case.age_class).label).capitalize()
    when = f"{timezone.localtime(case.opened_at):%Y-%m-%d %H:%M}"
    if isinstance(case, YouthCase):
        place = "" if _may_be_a_home(case) else case.incident.place
        place = place or case.incident.get_place_type_display()
        return f"{who}{DOT}anträffad {when}{DOT}{place}"
    return f"{who}{DOT}inkommen {when}{DOT}från {case.sender}"


def _may_be_a_home(case: YouthCase) -> bool:
    return case.person.is_protected or case.incident.is_in_a_home


def _one_more_url(case: AnyCase, *, by: User) -> str:
    """The form for one more youth of the same stop, for those who were there."""
    if not isinstance(case, YouthCase) or not access.may(by, Right.LOG_INCIDENT):
        return ""
    if not passes.is_ours(case.incident, by):
        return ""
    return reverse("incident-add-youth", args=[case.incident_id])


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


def _buttons(
    case: AnyCase, actions: list[workflow.Action], readings: list[rules.Reading], *, by: User
) -> list[Button]:
    names = {action.name for action in actions}
    primary = _primary(case, actions, readings)
    either = [(each.label, step_url(case, each.name)) for each in actions if each.name in EITHER]
    decides = primary in EITHER and len(either) > 1
    return [
        Button(
            action.name,
            "Besluta om utredning" if decides and action.name == primary else action.label,
            step_url(case, action.name),
            tuple((each.what, _remedy_url(case, each.remedy, names)) for each in action.missing),
            is_primary=action.name == primary,
            is_quiet=action.needs_reason,
            tap=steps.tap(case, action, by=by) if action.name == primary else None,
            either=tuple(either) if decides and action.name == primary else (),
        )
        for action in actions
        # A step that cannot be taken yet is shown only where it is the one to work towards.
        if (action.is_ready or action.name == primary)
        and (action.name not in HIDDEN or action.name == primary)
        and not (decides and action.name in EITHER and action.name != primary)
    ]


def missing_before(case: AnyCase, action: str, *, by: User) -> list[tuple[str, str]]:
    """What the step's own form does not ask for and is missing still, each with where it is mended.

    For the page of the step: nobody fills in a form that is going to be refused.
    """
    actions = workflow.available_actions(case, by=by)
    names = {each.name for each in actions}
    return [
        (condition.what, _remedy_url(case, condition.remedy, names))
        for each in actions
        if each.name == action
        for condition in each.missing
        if not condition.is_settled
    ]


def _primary(
    case: AnyCase, actions: list[workflow.Action], readings: list[rules.Reading]
) -> str | None:
    """The step that the next deadline asks for; else the next move in the life of the case."""
    usual = [action for action in actions if not action.needs_reason]
    for reading in readings:
        wanted = STOPS.get(reading.step)
        # What is agreed for a later day, or is another's to do till then, is not what comes next.
        if reading.step in ON_THE_DAY and reading.status in ("soon", "later"):
            continue
        if reading.done_at is None and any(action.name == wanted for action in usual):
            return wanted
    moving = [action for action in usual if action.moves and action.target != case.state]
    ready = [action for action in moving if action.is_ready]
    return next((action.name for action in ready or moving), None)


def case_url(case: AnyCase) -> str:
    return reverse("case", kwargs={"pk": case.pk})


def step_url(case: AnyCase, action: str, about: UUID | None = None) -> str:
    where: dict[str, Any] = {"pk": case.pk, "action": action}
    return (
        reverse("step-about", kwargs=where | {"about": about})
        if about
        else reverse("step", kwargs=where)
    )


def _remedy_url(case: AnyCase, remedy: str, names: set[str]) -> str:
    mends = next((name for name in remedy.split() if name in names), None)
    return step_url(case, mends) if mends else ""


def _people(case: AnyCase, ready: Collection[str], *, by: User) -> Iterator[Face]:
    is_named = access.is_named_reader(by, case.person)
    is_hidden = case.person.is_protected and not is_named
    history = faces.history_of(case)
    hides_home = case.person.home_is_secret and not is_named
    yield faces.face(case.person, "Ungdomen", history, is_hidden=is_hidden, hides_home=hides_home)
    for custodian in case.person.custodians.all():
        relation = custodian.get_relation_display()
        # Whose child it is, and where they live together, tells who the child is.
        is_hidden = case.person.is_protected or custodian.is_protected
        links = tuple(
            (words, step_url(case, action, custodian.pk))
            for action, words in ABOUT_ONE.items()
            if action in ready
        )
        shown = faces.face(
            custodian,
            relation,
            history,
            is_hidden=is_hidden and not is_named,
            hides_home=hides_home and custodian.lives_with_youth,
        )
        yield replace(shown, links=links)
