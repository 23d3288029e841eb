"""Notices that no municipality has acknowledged: by which way each left, and how far it has come.

A notice to an office outside the installation leaves as paper; it has not left before it is posted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from cases import rules
from cases.models import YouthCase
from notices.models import Message
from notices.posting import UNPOSTED, Posting, State


@dataclass(frozen=True)
class Row:
    """One notice, as the list shows it: it names nobody."""

    reference: str
    url: str
    municipality: str
    sent_at: datetime
    way: str
    # What to do next: post it, find a new address, or ask the municipality.
    is_unposted: bool
    advice: str
    clock: rules.Reading | None
    step_url: str
    step_label: str


def awaited(cases: "QuerySet[Any]") -> "QuerySet[Any]":
    """Those of the police cases whose notice has left without a receipt, the oldest first."""
    found = cases.filter(state="notified", acknowledged_at__isnull=True)
    return found.select_related("person__municipality").order_by("notified_at", "reference")


def rows(cases: Sequence[YouthCase], *, at: datetime) -> list[Row]:
    """The notices in words; four queries however many."""
    ids = [case.pk for case in cases]
    papers = {
        posting.letter.case_id: posting
        for posting in Posting.objects.filter(letter__case_id__in=ids, letter__code="L4")
        .select_related("letter")
        .defer("letter__facts")
    }
    sent = Message.objects.filter(
        case_id__in=ids, kind=Message.Kind.NOTICE, direction=Message.Direction.OUT
    )
    offices = {
        message.case_id: message.counterpart.authority
        for message in sent.select_related("counterpart").defer("payload")
    }
    books = {day: rules.rulebook(day) for day in {case.day for case in cases}}
    return [
        _row(
            case,
            offices.get(case.pk, ""),
            papers.get(case.pk),
            _clock(case, books[case.day], at=at),
        )
        for case in cases
    ]


def _clock(case: YouthCase, book: rules.Rulebook, *, at: datetime) -> rules.Reading:
    rule = book["receipt"]
    own = book.own_days.get(case.person.municipality_id, rules.AS_EVERYWHERE)
    due = rules.deadline(rule, since=case.notified_at or case.opened_at, own=own)
    return rules.Clock(rule.key, rule.label, due, None, rule.paragraph).read(at)


def _row(case: YouthCase, office: str, paper: Posting | None, clock: rules.Reading) -> Row:
    is_unposted = paper is not None and paper.state in UNPOSTED
    if is_unposted and paper is not None:
        advice = (
            "Anmälan har inte lämnat huset. Skriv ut den och skicka den, och ring mottagningen."
        )
        step_url = reverse("letter", kwargs={"pk": paper.pk})
        step_label = "Till anmälan"
    else:
        advice = "Ring mottagningen och fråga om anmälan har kommit."
        if paper is not None and paper.state in (State.RETURNED, State.WITHDRAWN):
            advice = "Anmälan har inte nått fram. Ring mottagningen och lämna den på annat sätt."
        step_url = reverse("step", kwargs={"pk": case.pk, "action": "acknowledge"})
        step_label = "Anteckna kvittens"
    return Row(
        reference=case.reference,
        url=reverse("case", kwargs={"pk": case.pk}),
        municipality=office,
        sent_at=case.notified_at or case.opened_at,
        way=f"På papper: {paper.in_words().lower()}" if paper else "Överlämnad i systemet",
        is_unposted=is_unposted,
        advice=advice,
        clock=clock,
        step_url=step_url,
        step_label=step_label,
    )
