"""The post room: what waits to be printed, the piles, and what is printed but still lies there."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases import access
from cases.models import AccessEntry, Right, User
from cases.routes import needs
from notices import outbox, pile, tasks
from notices.catalogue import CATALOGUE
from notices.forms import PileForm, SentForm
from notices.models import Letter, Posting, PrintRun, RunFile, RunItem
from notices.posting import State

ROWS = 50


@dataclass(frozen=True)
class Row:
    """One paper, as the post room shows it: it names nobody."""

    reference: str
    title: str
    recipient: str
    url: str
    words: str
    withdraw_url: str
    # In a pile: its envelope and pages. Why the last pile left it out, and where to try it alone.
    envelope: int | None = None
    n_pages: int | None = None
    fault: str = ""
    alone_url: str = ""


@needs(Right.HANDLE_POST)
@require_safe
def room(request: HttpRequest) -> HttpResponse:
    """Everything of the unit that is or becomes paper and has not reached anybody yet."""
    user = access.signed_in(request)
    access.log_access(request, AccessEntry.Kind.READ, None)
    query = request.GET.get("q", "").strip()
    unit, at = user.organisation, timezone.now()
    papers = _papers(user)
    found = papers.filter(letter__reference__iexact=query) if query else papers.none()
    waiting = pile.waiting(unit)
    page = Paginator(waiting, ROWS).get_page(request.GET.get("page"))
    hidden = pile.hidden_cases(unit, [paper.letter.case_id for paper in page])
    n_later = papers.filter(state=State.WAITING, letter__state=Letter.State.QUEUED).count()
    context: dict[str, Any] = {
        "heading": "Post",
        "n_waiting": page.paginator.count,
        "n_later": n_later,
        "rows": [_row(paper) for paper in page if paper.letter.case_id not in hidden],
        "alone": [_row(paper) for paper in page if paper.letter.case_id in hidden],
        "page": page,
        "runs": _runs(user),
        "printed": _lying(papers, State.PRINTED),
        "returned": _lying(papers, State.RETURNED),
        "n_unmade": outbox.in_trouble(unit).count(),
        "form": PileForm(),
        "query": query,
        "found": [_row(paper) for paper in found],
        "handles_notices": access.may(user, Right.NOTIFY_YOUTHCASE),
        "at": at,
    }
    return render(request, "post.html", context)


def _papers(user: User) -> QuerySet[Posting]:
    return (
        Posting.objects.filter(organisation=user.organisation)
        .select_related("letter", "organisation")
        .defer("letter__facts")
    )


def _lying(papers: QuerySet[Posting], state: str) -> list[Row]:
    """Printed outside of a pile that is still open, or come back: the oldest first."""
    lying = papers.filter(state=state).exclude(
        items__run__state=PrintRun.State.PRINTED, items__fault=""
    )
    return [_row(paper) for paper in lying.order_by("letter__made_at")[:ROWS]]


def _runs(user: User) -> list[PrintRun]:
    runs = PrintRun.objects.filter(organisation=user.organisation)
    counted = runs.annotate(
        n_all=Count("items"),
        n_done=Count("items", filter=Q(items__n_pages__isnull=False) | ~Q(items__fault="")),
        n_faults=Count("items", filter=~Q(items__fault="")),
    )
    return list(counted.exclude(state=PrintRun.State.DONE).select_related("made_by"))


def _row(paper: Posting, item: RunItem | None = None) -> Row:
    letter = paper.letter
    unposted = paper.state in (State.WAITING, State.PRINTED)
    withdraw = {"pk": letter.pk, "action": "withdraw_letter"}
    fault = item.fault if item else getattr(paper, "left_out", "") or ""
    return Row(
        reference=letter.reference,
        title=CATALOGUE[letter.code].title,
        recipient=letter.addressee,
        url=reverse("letter", kwargs={"pk": letter.pk}),
        words=paper.in_words(),
        withdraw_url=reverse("letter-step", kwargs=withdraw) if unposted else "",
        envelope=item.envelope if item else None,
        n_pages=item.n_pages if item else None,
        fault=fault,
        alone_url=reverse("letter-alone", kwargs={"pk": letter.pk}) if fault else "",
    )


@needs(Right.HANDLE_POST)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin a pile of everything that waits."""
    user = access.signed_in(request)
    form = PileForm(request.POST)
    is_duplex = form.is_valid() and form.cleaned_data["is_duplex"]
    run = pile.start(user.organisation, by=user, at=timezone.now(), is_duplex=is_duplex)
    return _begun(request, run)


@needs(Right.HANDLE_POST)
@require_POST
def alone(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try one letter that was left out of a pile, in a pile of its own."""
    user = access.signed_in(request)
    paper = get_object_or_404(_papers(user), pk=pk)
    return _begun(request, pile.start(user.organisation, by=user, at=timezone.now(), only=paper))


def _begun(request: HttpRequest, run: PrintRun | None) -> HttpResponse:
    if run is None:
        messages.info(request, "Det finns inget brev att skriva ut just nu.")
        return redirect("post")
    tasks.wake_for_piles()
    return redirect("pile", pk=run.pk)


# One pile -------------------------------------------------------------------------------------


@needs(Right.HANDLE_POST)
@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far the pile has come, what lies in it, what was left out and why."""
    run = _get_run(request, pk)
    return render(request, "pile.html", _shown(run, SentForm(run=run)))


def _get_run(request: HttpRequest, pk: UUID) -> PrintRun:
    """The unit's own pile, its reading logged; of any other nobody learns that it exists."""
    run = _find_run(request, pk)
    access.log_access(request, AccessEntry.Kind.READ, None)
    return run


def _find_run(request: HttpRequest, pk: UUID) -> PrintRun:
    user = access.signed_in(request)
    found = PrintRun.objects.filter(pk=pk, organisation=user.organisation)
    run = found.select_related("organisation", "made_by").first()
    if run is None:
        raise Http404
    return run


def _shown(run: PrintRun, form: SentForm) -> dict[str, Any]:
    items = run.items.select_related("posting__letter", "posting__organisation")
    found = list(items.defer("posting__letter__facts"))
    rows = [_row(item.posting, item) for item in found]
    return {
        "heading": f"Dagens post {timezone.localdate(run.made_at)}",
        "run": run,
        "rows": [row for row in rows if not row.fault],
        "faults": [row for row in rows if row.fault],
        "n_all": len(rows),
        "n_done": sum(row.fault != "" or row.n_pages is not None for row in rows),
        "n_to_post": sum(item.posting.state == State.PRINTED for item in found),
        "n_envelopes": max((row.envelope or 0 for row in rows), default=0),
        "has_file": RunFile.objects.filter(run=run).exists(),
        "is_stuck": pile.in_trouble(run.organisation).filter(pk=run.pk).exists(),
        "standstill": outbox.STANDSTILL,
        "form": form,
        "back": {"url": reverse("post"), "label": "Post"},
    }


@needs(Right.HANDLE_POST)
@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try a pile again that could not be made."""
    run = _get_run(request, pk)
    pile.retry(run)
    tasks.wake_for_piles()
    return redirect("pile", pk=run.pk)


@needs(Right.HANDLE_POST)
@require_POST
def print_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark the pile as printed; only then does its PDF open."""
    run = _get_run(request, pk)
    try:
        pile.print_all(run, by=access.signed_in(request), at=timezone.now())
    except pile.Changed:
        words = "Högen har ändrats och görs om. Inget är utskrivet. Läs vad som hände nedan."
        messages.warning(request, words)
        tasks.wake_for_piles()
    else:
        messages.success(request, "Antecknat som utskrivet. Öppna PDF:en och skriv ut den.")
    return redirect("pile", pk=run.pk)


@needs(Right.HANDLE_POST)
@require_safe
def pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The pile's PDF, while it is printed and not posted; each letter's case logs the print."""
    run = _find_run(request, pk)
    file = RunFile.objects.filter(run=run, run__state=PrintRun.State.PRINTED).first()
    cases = list(run.items.filter(fault="").values_list("posting__letter__case_id", flat=True))
    # Somebody may have become hidden since it was printed.
    if file is None or pile.hidden_cases(run.organisation, cases):
        raise Http404
    for case_id in cases:
        access.log_access(request, AccessEntry.Kind.PRINT, case_id)
    response = HttpResponse(bytes(file.content), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="post-{run.made_at:%Y-%m-%d}.pdf"'
    return response


@needs(Right.HANDLE_POST)
@require_POST
def posted(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark everything printed in the pile as posted, with day and way."""
    run = _get_run(request, pk)
    form = SentForm(request.POST, run=run)
    if not form.is_valid():
        return render(request, "pile.html", _shown(run, form), status=422)
    given, by = form.cleaned_data, access.signed_in(request)
    day, how = given["posted_on"], given["posted_how"]
    n_posted = pile.post_all(run, by=by, on=day, how=how, at=timezone.now())
    if n_posted:
        words = "Ett brev är postat." if n_posted == 1 else f"{n_posted} brev är postade."
        messages.success(request, words)
    return redirect("post")
