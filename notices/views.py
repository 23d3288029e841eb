"""A letter's page and its PDF: the preview is the very file that is sent."""

from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import access
from cases.models import AccessEntry, Protection, User
from cases.models.moves import AnyCase
from cases.routes import needs
from notices import outbox, postroom
from notices.catalogue import CATALOGUE
from notices.models import HeldLetter, Letter, Posting
from notices.posting import State

OfCase = TypeVar("OfCase", Letter, HeldLetter)

# A letter takes under a second; one that has waited this long has no worker.
NO_WORKER_AFTER = timedelta(minutes=2)


@needs.signed_in
@require_safe
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far a letter has come, and the letter itself when it is ready."""
    found = get_letter(request, pk)
    case_url = reverse("case", kwargs={"pk": found.case_id})
    context = {
        "letter": _shown(found),
        "paper": _paper(found, by=access.signed_in(request)),
        "back": {"url": case_url, "label": "Till ärendet"},
    }
    return render(request, "letter.html", context)


@needs.signed_in
@require_safe
def pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The PDF, byte for byte as it was made."""
    ready = Letter.objects.filter(state=Letter.State.READY)
    whole = ready.exclude(pk__in=Posting.objects.filter(state=State.WITHDRAWN).values("pk"))
    found = fetched_by_case(request, whole, pk, kind=AccessEntry.Kind.PRINT)
    response = HttpResponse(bytes(found.document.content), content_type="application/pdf")
    # The file's name says nothing of whom it is about.
    response["Content-Disposition"] = f'inline; filename="{found.code}-{found.reference}.pdf"'
    return response


def _posting(found: Letter) -> Posting | None:
    related = Posting.objects.select_related("letter", "organisation")
    return related.filter(pk=found.pk).first()


def _paper(found: Letter, *, by: User) -> dict[str, Any] | None:
    """How far the paper has come and what can be done with it; None when it is no paper."""
    posting = _posting(found)
    if posting is None:
        return None
    return {
        "state": posting.state,
        "words": posting.in_words(),
        "is_withdrawn": posting.state == State.WITHDRAWN,
        "moves": [
            (move.label, reverse("letter-step", kwargs={"pk": found.pk, "action": move.name}))
            for move in postroom.moves_now(posting, by=by)
        ],
    }


def get_letter(request: HttpRequest, pk: UUID) -> Letter:
    """The letter, fetched through its case: whoever may not see the case sees no letter of it."""
    return fetched_by_case(request, Letter.objects.all(), pk)


def fetched_by_case(
    request: HttpRequest,
    rows: "QuerySet[OfCase]",
    pk: UUID,
    *,
    kind: str = AccessEntry.Kind.READ,
) -> OfCase:
    """A row of the own unit that names its case, fetched through the case, and logged as `kind`.

    Raises:
        Http404: there is none, or the reader may not know of it or of whom it is about.
        ReasonNeeded: as in `access.get_case`.
    """
    user = access.signed_in(request)
    found = rows.filter(pk=pk, organisation=user.organisation).first()
    if found is None:
        access.log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise Http404
    access.get_case(request, found.case_id, kind=kind, opens=partial(_is_open, found))
    return found


def _is_open(found: Letter | HeldLetter, user: User, case: AnyCase) -> bool:
    """May `user` see whom the letter names? Somebody can have become hidden since it was made."""
    if access.is_named_reader(user, case.person):
        return True
    closed = (
        custodian.is_protected
        if custodian.pk == found.custodian_id
        # The youth may live with them; an authority is told of all.
        else found.custodian_id is None and custodian.protection == Protection.PROTECTED
        for custodian in case.person.custodians.all()
    )
    return not case.person.is_protected and not any(closed)


def _no_worker(found: Letter) -> bool:
    """Has this letter waited while no other was made either?"""
    since = timezone.now() - NO_WORKER_AFTER
    return found.queued_at < since and not outbox.has_made_any(since=since)


def _shown(found: Letter) -> dict[str, Any]:
    reason = found.failure
    if found.state == Letter.State.QUEUED and not reason and _no_worker(found):
        reason = outbox.STANDSTILL
    return {
        "code": found.code,
        "title": CATALOGUE[found.code].title,
        "recipient": found.addressee,
        "state": found.state,
        "state_label": found.get_state_display(),
        "reason": reason,
        "remedy": "Inget har gått förlorat: brevets innehåll är sparat.",
        "created_at": found.made_at,
        "rendered_at": found.rendered_at,
        "template_version": found.template_version,
        "layout": found.layout,
        "sha256": found.pdf_sha256,
        "pdf_url": reverse("letter-pdf", kwargs={"pk": found.pk}),
    }
