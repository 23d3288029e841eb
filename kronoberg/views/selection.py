"""What is posted from the work list: a step in many cases at once, and a view to keep."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases import access
from cases.models import Right, SavedView
from cases.routes import needs
from kronoberg import steps, worklists
from kronoberg.views.worklist import READERS

MOST_AT_ONCE = 100
MOST_SAVED = 12


@needs(Right.ASSIGN_REFERRAL, Right.ASSESS_REFERRAL)
@require_POST
def take_many(request: HttpRequest) -> HttpResponse:
    """Take, hand on or assign every case that is ticked: each through its own door."""
    action = request.POST.get("action", "")
    batch, chosen = _uuid(request.POST.get("batch")), request.POST.getlist("case")
    pks = [pk for pk in map(_uuid, chosen[:MOST_AT_ONCE]) if pk]
    asked = worklists.question(access.signed_in(request), request.POST)
    back = redirect(f"{reverse('worklist')}?{asked.query}")
    if action not in ("take", "assign", "hand_on") or batch is None:
        messages.error(request, "Välj vad som ska göras med de markerade ärendena.")
        return back
    if not pks:
        messages.error(request, "Markera minst ett ärende.")
        return back
    answers = {"owner": request.POST.get("owner", "")}
    refusals = [
        refusal
        for pk in dict.fromkeys(pks)
        if (refusal := steps.take_in_one_of_many(request, pk, action, batch=batch, answers=answers))
    ]
    n_done = len(set(pks)) - len(refusals)
    if n_done:
        noun = "ärende" if n_done == 1 else "ärenden"
        done = {"take": "Du tog", "assign": "Du fördelade", "hand_on": "Du lämnade över"}[action]
        messages.success(request, f"{done} {n_done} {noun}.")
    for refusal in dict.fromkeys(refusals):
        messages.warning(request, refusal)
    return back


@needs(*READERS)
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filter of the list under a word of one's own, or let one go."""
    user = access.signed_in(request)
    asked = worklists.question(user, request.POST)
    label = request.POST.get("label", "").strip()[:40]
    gone = _number(request.POST.get("forget"))
    if gone:
        SavedView.objects.filter(owner=user, pk=gone).delete()
    elif not label:
        messages.error(request, "Skriv vad vyn ska heta.")
    elif user.saved_views.exclude(label=label).count() >= MOST_SAVED:
        messages.error(request, f"Du har redan {MOST_SAVED} vyer. Ta bort en först.")
    else:
        SavedView.objects.update_or_create(owner=user, label=label, defaults={"query": asked.query})
        messages.success(request, f"Vyn {label} är sparad.")
    return redirect(f"{reverse('worklist')}?{asked.query}")


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
