"""A caseworker's own times ahead, and the address by which a phone can follow them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases import access, calendars, rules
from cases.models import AccessEntry, Appointment, Attendee, Right, User
from cases.routes import needs
from kronoberg import case_page
from kronoberg.views.worklist import Row


@needs(Right.SUPPORT_REFERRAL)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """What is ahead; make an address, shown this once, or withdraw the one there is."""
    user, address = access.signed_in(request), ""
    if request.method == "POST" and request.POST.get("do") == "revoke":
        calendars.revoke(user)
        messages.success(request, "Adressen är återkallad. Telefonen får inga fler tider.")
        return redirect("calendar")
    if request.method == "POST":
        secret = calendars.new_address(user)
        address = request.build_absolute_uri(f"{reverse('calendar-feed')}?nyckel={secret}")
    access.log_access(request, AccessEntry.Kind.READ, None)
    context = {
        "heading": "Kalender",
        "rows": list(_rows(user, at=timezone.now())),
        "address": address,
        "ends_at": calendars.ends_at(user),
    }
    return render(request, "calendar.html", context)


def _rows(user: User, *, at: datetime) -> Iterator[Row]:
    """The user's talks that nothing is written about yet, soonest first; a meeting is one row."""
    seen = access.visible_cases(user).values("pk")
    talks = calendars.waiting_talks(user, at=at).filter(referral__in=seen)
    related = talks.select_related("referral__person", "referral__organisation")
    together: dict[Any, list[Appointment]] = {}
    for talk in related.prefetch_related("attendees", "referral__person__custodians"):
        together.setdefault(talk.meeting_id or talk.pk, []).append(talk)
    for called in together.values():
        yield _meeting(called, at=at) if called[0].meeting_id else _talk(called[0], user, at=at)


def _meeting(talks: list[Appointment], *, at: datetime) -> Row:
    first = talks[0]
    families = "1 familj" if len(talks) == 1 else f"{len(talks)} familjer"
    return Row(
        id=str(first.pk),
        reference="Träff",
        url=reverse("meeting", kwargs={"pk": first.meeting_id}),
        headline=f"{first.get_kind_display()} · {families}",
        state_label=first.place,
        owner=_replies([one for talk in talks for one in talk.attendees.all()]),
        clock=_clock(first, at),
        action_label="Pricka av" if first.at < at else "Öppna",
    )


def _talk(talk: Appointment, user: User, *, at: datetime) -> Row:
    case, is_over = talk.referral, talk.at < at
    write = case_page.step_url(case, "record_talk", talk.pk)
    return Row(
        id=str(talk.pk),
        reference=case.reference,
        url=write if is_over else case_page.case_url(case),
        headline=f"{talk.get_kind_display()} · {case_page.headline(case)}",
        # A visit's place is somebody's home: not where it is hidden.
        state_label=talk.place if access.may_read_words(user, case) else "",
        owner=_replies(list(talk.attendees.all())),
        clock=_clock(talk, at),
        action_label="Anteckna" if is_over else "Öppna",
    )


def _clock(talk: Appointment, at: datetime) -> rules.Reading:
    return rules.Clock("talk", "", talk.at).read(at)


def _replies(called: list[Attendee]) -> str:
    """How many of those who are called have said that they come."""
    n_come = sum(one.reply == Attendee.Reply.COMING for one in called)
    return f"{n_come} av {len(called)} har sagt ja"
