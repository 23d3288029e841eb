"""The post room's pages: what could not be made, what waits for a receipt, one paper at a time."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import access, workflow
from cases.models import AccessEntry, Right, User
from cases.models.moves import PAPER_EVENTS
from cases.routes import needs
from notices import outbox, postroom, receipts, tasks
from notices.catalogue import CATALOGUE
from notices.forms import PAPER_FORMS, PaperForm, RetryForm
from notices.models import Letter
from notices.posting import Posting
from notices.views import fetched_by_case

ROWS = 50


@dataclass(frozen=True)
class Unmade:
    """One letter that is not made, as the list shows it: it names nobody."""

    reference: str
    title: str
    recipient: str
    since: datetime
    state: str
    state_label: str
    reason: str
    remedy: str
    # Only for those who handle the post: an administrator sees that it is stuck, and no case.
    case_reference: str
    case_url: str
    retry_url: str
    request_id: UUID


@needs(Right.HANDLE_POST, Right.MANAGE_SETTINGS)
@require_safe
def unmade(request: HttpRequest) -> HttpResponse:
    """The unit's letters that failed or that nobody makes, each with its reason and remedy."""
    user = access.signed_in(request)
    access.log_access(request, AccessEntry.Kind.READ, None)
    found = outbox.in_trouble(user.organisation).defer("facts")
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "heading": "Brev som inte blev gjorda",
        "intro": "Inget har gått förlorat: innehållet är sparat som det var när brevet beställdes.",
        "rows": _unmade(list(page), user=user),
        "page": page,
        "handles": access.may(user, Right.HANDLE_POST),
        "back": _back(user),
    }
    return render(request, "unmade.html", context)


def _unmade(letters: list[Letter], *, user: User) -> list[Unmade]:
    handles = access.may(user, Right.HANDLE_POST)
    cases: dict[UUID, str] = {}
    if handles:
        here = access.visible_cases(user).filter(pk__in=[letter.case_id for letter in letters])
        cases = dict(here.values_list("pk", "reference"))
    rows = []
    for letter in letters:
        reason, remedy = outbox.trouble(letter)
        is_known = letter.case_id in cases
        rows.append(
            Unmade(
                reference=letter.reference,
                title=CATALOGUE[letter.code].title,
                recipient=letter.addressee,
                since=letter.made_at,
                state=letter.state,
                state_label=letter.get_state_display(),
                reason=reason,
                remedy=remedy,
                case_reference=cases.get(letter.case_id, ""),
                case_url=reverse("case", kwargs={"pk": letter.case_id}) if is_known else "",
                retry_url=reverse("letter-retry", kwargs={"pk": letter.pk}) if handles else "",
                request_id=uuid4(),
            )
        )
    return rows


def _back(user: User) -> dict[str, str] | None:
    if not access.may(user, Right.HANDLE_POST):
        return None
    return {"url": reverse("post"), "label": "Post"}


@needs(Right.HANDLE_POST)
@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try a letter again: it goes back into the queue, and the case's journal says who asked."""
    user = access.signed_in(request)
    letter = get_object_or_404(
        outbox.in_trouble(user.organisation).select_related("organisation"), pk=pk
    )
    form = RetryForm(request.POST)
    if form.is_valid():
        with suppress(workflow.StepRepeated):
            postroom.retry(letter, by=user, request_id=form.cleaned_data["request_id"])
        tasks.wake_worker()
        messages.success(request, f"Brev {letter.reference} står i kön igen.")
    return redirect("letters-unmade")


# One paper ------------------------------------------------------------------------------------


@needs(Right.HANDLE_POST)
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: UUID, action: str) -> HttpResponse:
    """Do one thing with one paper, or show its form again with everything typed kept."""
    if action not in PAPER_FORMS:
        raise Http404
    papers = Posting.objects.select_related("letter", "organisation")
    on_paper = Letter.objects.filter(pk__in=papers.values("pk"))
    letter = fetched_by_case(request, on_paper, pk)
    posting = papers.get(pk=letter.pk)
    form = PAPER_FORMS[action](request.POST or None, posting=posting)
    back = reverse("letter", kwargs={"pk": pk})
    if request.method == "POST" and form.is_valid() and _take(request, posting, action, form):
        return redirect(back)
    label = next(move.label for move in postroom.moves() if move.name == action)
    context = {
        "heading": label,
        "meaning": form.intro,
        "form": form,
        "happens_next": form.consequences,
        "submit_label": label,
        "case": {"headline": f"{letter.reference} till {letter.addressee}"},
        "back": {"url": back, "label": "Till brevet"},
    }
    return render(request, "step.html", context, status=422 if form.errors else 200)


def _take(request: HttpRequest, posting: Posting, action: str, form: PaperForm) -> bool:
    """Do it; a refusal becomes an error on the form."""
    given = form.cleaned_data
    by = access.signed_in(request)
    try:
        postroom.take(
            posting,
            action,
            by=by,
            reason=given.get("reason", ""),
            request_id=given["request_id"],
            **form.facts(),
        )
    except workflow.StepRepeated:
        return True
    except (workflow.NotAllowedNow, workflow.MissingFacts) as refusal:
        form.add_error(None, forms.ValidationError(str(refusal)))
        return False
    messages.success(request, f"Klart: du {PAPER_EVENTS[action]}.")
    return True


# Notices without a receipt --------------------------------------------------------------------


@needs(Right.NOTIFY_YOUTHCASE)
@require_safe
def unreceipted(request: HttpRequest) -> HttpResponse:
    """Notices that have left and that no municipality has said it has, the oldest first."""
    user = access.signed_in(request)
    access.log_access(request, AccessEntry.Kind.READ, None)
    waiting = receipts.awaited(access.visible_cases(user).filter(organisation=user.organisation))
    page = Paginator(waiting, ROWS).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "heading": "Anmälningar utan kvittens",
        "rows": receipts.rows(list(page), at=timezone.now()),
        "page": page,
        "back": _back(user),
    }
    return render(request, "unreceipted.html", context)
