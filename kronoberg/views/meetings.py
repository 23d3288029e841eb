"""Information meetings: one evening, many families. Each family is invited and ticked off by the
steps of its own referral; the meeting itself holds only time, place and how it went.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases import access
from cases.forms.called import CAME
from cases.forms.talks import label_of, time_ahead, uuid_of
from cases.models import AccessEntry, Appointment, InformationMeeting, Referral, Right, User
from cases.models import referral as social
from cases.models.codes import Attendance
from cases.routes import needs
from kronoberg import case_page, steps

MOST_AT_ONCE = 100
INVITABLE = (*social.ASSESSABLE, *social.DECIDED)
CAME_AT_ALL = (Attendance.ATTENDED, Attendance.LATE)


class MeetingForm(forms.Form):
    """When and where the families meet."""

    starts_at = forms.DateTimeField(
        label="Dag och tid",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = forms.CharField(label="Plats", max_length=120)

    def clean_starts_at(self) -> datetime:
        return time_ahead(self.cleaned_data["starts_at"])


class OutcomeForm(forms.Form):
    outcome = forms.CharField(
        label="Hur träffen gick",
        help_text="Ingenting om någon enskild. Det skrivs i familjens eget ärende.",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@needs(Right.SUPPORT_REFERRAL)
@require_http_methods(["GET", "HEAD", "POST"])
def upcoming(request: HttpRequest) -> HttpResponse:
    """The unit's meetings, and a new one."""
    by = access.signed_in(request)
    form = MeetingForm(request.POST or None, initial={"place": by.organisation.street})
    if request.method == "POST" and form.is_valid():
        meeting = InformationMeeting.objects.create(
            organisation=by.organisation,
            at=form.cleaned_data["starts_at"],
            place=form.cleaned_data["place"],
            made_by=by,
        )
        messages.success(request, "Träffen är inlagd. Välj vilka familjer som bjuds in.")
        return redirect("meeting", pk=meeting.pk)
    found = InformationMeeting.objects.filter(organisation=by.organisation)
    context = {
        "heading": "Informationsträffar",
        "form": form,
        "meetings": found[:50],
        "now": timezone.now(),
    }
    return render(request, "meetings.html", context, status=422 if form.errors else 200)


@needs(Right.SUPPORT_REFERRAL)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One meeting: whom to invite, who is invited, who came, and how it went."""
    by = access.signed_in(request)
    meeting = InformationMeeting.objects.filter(organisation=by.organisation, pk=pk).first()
    if meeting is None:
        access.log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise Http404
    do = request.POST.get("do", "")
    if do == "invite":
        _invite(request, meeting)
    elif do == "attendance":
        _record_attendance(request, meeting)
    form = OutcomeForm(request.POST if do == "close" else None)
    if do == "close" and form.is_valid() and _all_are_ticked(meeting, form):
        _close(request, meeting, form.cleaned_data["outcome"])
    if request.method == "POST" and not form.errors:
        return redirect("meeting", pk=pk)
    context = _context(request, meeting, by=by) | {"form": form}
    return render(request, "meeting.html", context, status=422 if form.errors else 200)


def _invite(request: HttpRequest, meeting: InformationMeeting) -> None:
    """A call to each family that is ticked, each by its own step and with its own letters."""
    batch = uuid_of(request.POST.get("batch")) or uuid4()
    chosen = [key for key in map(uuid_of, request.POST.getlist("case")[:MOST_AT_ONCE]) if key]
    answers = {"meeting": str(meeting.pk)}
    refusals = [
        refusal
        for key in dict.fromkeys(chosen)
        if (
            refusal := steps.take_in_one_of_many(
                request, key, "call_to_talk", batch=batch, answers=answers
            )
        )
    ]
    _tell(request, len(set(chosen)) - len(refusals), "inbjudna", refusals)


def _record_attendance(request: HttpRequest, meeting: InformationMeeting) -> None:
    """Who came, of each family that something is said about; the others are left as they are."""
    batch = uuid_of(request.POST.get("batch")) or uuid4()
    done, refusals = 0, []
    for talk in meeting.invitations.filter(result="").prefetch_related("attendees"):
        said = {
            f"came_{one.pk}": request.POST.get(f"came_{one.pk}", "") for one in talk.attendees.all()
        }
        if not any(said.values()):
            continue
        # Of a family where somebody is ticked, whoever is not ticked did not come.
        came = {name: answer or Attendance.ABSENT.value for name, answer in said.items()}
        was_there = any(answer in CAME_AT_ALL for answer in came.values())
        answers = came | {
            "appointment": str(talk.pk),
            "result": "held" if was_there else "not_held",
        }
        if not was_there:
            answers["not_held_because"] = Appointment.NotHeld.NOBODY_CAME.value
        refusal = steps.take_in_one_of_many(
            request, talk.referral_id, "record_talk", batch=batch, answers=answers
        )
        done += not refusal
        refusals += [refusal] if refusal else []
    _tell(request, done, "avprickade", refusals)


def _all_are_ticked(meeting: InformationMeeting, form: OutcomeForm) -> bool:
    """Is it said of every family whether they came? Else the form says so, and keeps its words."""
    left = meeting.invitations.filter(result="").count()
    if left:
        families = "1 familj" if left == 1 else f"{left} familjer"
        form.add_error(None, f"Saknas: närvaro för {families}. Pricka av dem först.")
    return not left


def _close(request: HttpRequest, meeting: InformationMeeting, outcome: str) -> None:
    meeting.outcome, meeting.closed_at = outcome, timezone.now()
    meeting.save(update_fields=["outcome", "closed_at"])
    messages.success(request, "Träffen är avslutad.")


def _tell(request: HttpRequest, n_done: int, what: str, refusals: list[str]) -> None:
    if n_done:
        noun = "familj" if n_done == 1 else "familjer"
        messages.success(request, f"{n_done} {noun} {what}.")
    elif not refusals:
        messages.error(request, "Markera minst en familj.")
    for refusal in dict.fromkeys(refusals):
        messages.warning(request, refusal)


def _context(request: HttpRequest, meeting: InformationMeeting, *, by: User) -> dict[str, Any]:
    # Whom to invite is a list of the unit's cases; each family that is invited has its own row.
    access.log_access(request, AccessEntry.Kind.READ, None)
    families = [_family(request, talk, by=by) for talk in _invited(meeting, by=by)]
    return {
        "heading": "Informationsträff",
        "meeting": meeting,
        "is_ahead": meeting.at > timezone.now(),
        "batch": uuid4(),
        "families": families,
        "n_left": sum(not family["result"] for family in families),
        "n_came": sum(family["came"] for family in families),
        "invitable": [] if meeting.closed_at else _invitable(meeting, by=by),
        "back": {"url": reverse("meetings"), "label": "Informationsträffar"},
    }


def _invited(meeting: InformationMeeting, *, by: User) -> list[Appointment]:
    seen = access.visible_cases(by).values("pk")
    found = meeting.invitations.filter(referral__in=seen).order_by("referral__reference")
    related = found.select_related("referral__person", "referral__organisation")
    return list(related.prefetch_related("attendees__custodian", "referral__person__custodians"))


def _family(request: HttpRequest, talk: Appointment, *, by: User) -> dict[str, Any]:
    """One family's row. Its names are read here, so the reading is logged."""
    case: Referral = talk.referral
    access.log_access(request, AccessEntry.Kind.READ, case.pk, purpose=AccessEntry.Purpose.DUTY)
    hides = not access.may_read_identity(by, case)
    people = [
        {
            "name": f"came_{each.pk}",
            "label": label_of(each.custodian, case, by=by)
            if each.custodian
            else ("Ungdomen (skyddade uppgifter)" if hides else f"{case.person.name} (ungdomen)"),
            "came": each.get_attendance_display(),
            "reply": each.get_reply_display(),
        }
        for each in talk.attendees.all()
    ]
    return {
        "reference": case.reference,
        "url": case_page.case_url(case),
        "people": people,
        "result": talk.get_result_display(),
        "is_hidden": hides,
        "came": any(each.attendance in CAME_AT_ALL for each in talk.attendees.all()),
        "choices": CAME,
    }


def _invitable(meeting: InformationMeeting, *, by: User) -> list[dict[str, str]]:
    invited = meeting.invitations.values("referral")
    found = access.visible_cases(by).filter(state__in=INVITABLE).exclude(pk__in=invited)
    ordered = found.select_related("person", "organisation").order_by("-opened_at")
    return [
        {"id": str(case.pk), "reference": case.reference, "headline": case_page.headline(case)}
        for case in ordered[:MOST_AT_ONCE]
    ]
