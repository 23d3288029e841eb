"""The case page, the one page on which every step is taken, and the question why you look."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cases import access, phone, workflow
from cases.forms import form_for
from cases.forms.base import StepForm
from cases.forms.casebook import WriteEntry
from cases.models import AccessEntry, Right
from cases.models.moves import AnyCase, moves_now, moves_of, words_of
from cases.routes import needs
from kronoberg import case_page, steps
from notices import dispatch, previews, tasks
from notices.catalogue import CATALOGUE


@needs.signed_in
@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One case: where it is, what comes next, by when, and what has happened."""
    case = access.get_case(request, pk)
    by = access.signed_in(request)
    may_extract = access.may_read_identity(by, case) and any(
        access.may(by, right) for right in (Right.VIEW_YOUTHCASE, Right.VIEW_REFERRAL)
    )
    extract_url = reverse("extract", kwargs={"pk": pk}) if may_extract else ""
    context = case_page.context(case, by=by) | {"extract_url": extract_url}
    return render(request, "case.html", context)


@needs.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: UUID, action: str, about: UUID | None = None) -> HttpResponse:
    """Take one step in a case, or show its form again with everything typed kept.

    `about` names the row of the case that the step concerns, where there can be several.
    """
    case = access.get_case(request, pk, action)
    by = access.signed_in(request)
    if phone.is_sending(request) and _came_before(case, request.POST.get("request_id", "")):
        # The case may have gone on since: what was taken is not judged a second time.
        return phone.received(case.reference, case_page.case_url(case), is_new=False)
    form_class = form_for(case, action)
    form = form_class(request.POST or None, case=case, by=by, about=about)
    if isinstance(form, WriteEntry) and request.POST.get("keep"):
        return _keep(request, form)
    preview = previews.of(case, action, by=by)
    if request.method == "POST" and form.is_valid() and _is_as_seen(request, form, preview):
        moved = _take(request, action, form)
        if moved:
            url = _after(moved, form)
            if phone.is_sending(request):
                is_new = moved.version > case.version
                return phone.received(moved.reference, url, is_new=is_new)
            return redirect(url)
    status = 422 if form.errors else 200
    context = _step_context(case, action, form) | {"preview": preview}
    return render(request, "step.html", context, status=status)


def _is_as_seen(request: HttpRequest, form: StepForm, preview: previews.Preview | None) -> bool:
    """Is what would be sent what the page was drawn with? Else the form says so, and shows anew."""
    if preview is None or request.POST.get("previewed") == preview.sha256:
        return True
    form.add_error(None, forms.ValidationError(previews.CHANGED))
    return False


def _came_before(case: AnyCase, sent: str) -> bool:
    try:
        return workflow.is_repeated(case, UUID(sent))
    except ValueError:
        return False


def _after(moved: AnyCase, form: StepForm) -> str:
    """The page of the step that follows at once, else the case; an ended one is nobody's work."""
    left = getattr(moved, "merged_into", None)
    if left and access.may_take(form.by, left, "correct_person"):
        return case_page.step_url(left, "correct_person")
    if not moved.is_open:
        return reverse("worklist")
    following = form.then(moved)
    if following and access.may_take(form.by, moved, following):
        return case_page.step_url(moved, following)
    return case_page.case_url(moved)


def _keep(request: HttpRequest, form: WriteEntry) -> HttpResponse:
    """Keep what is typed as one's own working note: no part of the record yet, and no step."""
    form.keep(request.POST.get("text", ""))
    messages.success(request, "Arbetsanteckningen är sparad. Den är inte i journalen än.")
    return redirect("case", pk=form.case.pk)


def _take(request: HttpRequest, action: str, form: StepForm) -> AnyCase | None:
    """Take the step and return the case as it now is; a refusal becomes an error on the form."""
    try:
        taken = steps.take(form, action)
    except workflow.StepRepeated as repeated:
        return repeated.case
    except steps.Refusal as refusal:
        form.add_error(None, forms.ValidationError(str(refusal)))
        return None
    _tell(request, taken, action)
    return taken.case


def _tell(request: HttpRequest, taken: dispatch.Taken, action: str) -> None:
    messages.success(request, f"Klart: du {_done(taken.case, action)}.")
    for letter in taken.letters:
        title = CATALOGUE[letter.code].title
        messages.info(request, f"{title} till {letter.addressee} är i kö.")
    for label, obstacles in taken.held:
        for obstacle in obstacles:
            messages.warning(
                request, f"Inget brev till {label}. {obstacle.reason} {obstacle.other_way}"
            )
    for note in taken.notes:
        messages.warning(request, f"{note.reason} {note.other_way}")
    if taken.letters:
        tasks.wake_worker()


def _done(case: AnyCase, action: str) -> str:
    """What was done. An ended case is not on the page that comes next: also which, and to where."""
    words = words_of(case, action)
    if case.is_open:
        return words
    words = words.replace("ärendet", f"ärendet {case.reference}")
    goes_on = getattr(case, "transfer_to", None) if action == "transfer" else None
    return f"{words} till {goes_on}" if goes_on else words


def _step_context(case: AnyCase, action: str, form: StepForm) -> dict[str, Any]:
    form.tell_what_waits(action)
    move = next(move for move in moves_of(type(case)) if move.name == action)
    return {
        "heading": move.label,
        "meaning": form.intro,
        "paragraph": form.paragraph,
        "form": form,
        "missing": case_page.missing_before(case, action, by=form.by),
        "happens_next": form.consequences,
        "submit_label": move.label,
        "may_keep": isinstance(form, WriteEntry),
        "record": _judged(case, form) if form.judges else None,
        "instead": [
            (move.label, case_page.step_url(case, move.name))
            for move in moves_now(case)
            if move.name == form.instead and move.is_allowed(case, form.by)
        ],
        "case": {"reference": case.reference, "headline": case_page.headline(case)},
        "back": {"url": case_page.case_url(case), "label": "Till ärendet"},
    }


def _judged(case: AnyCase, form: StepForm) -> dict[str, Any]:
    return case_page.record(case, by=form.by, shows_words=not form.hides_words())


class ReasonForm(forms.Form):
    """Why somebody opens a case that is not their own."""

    purpose = forms.ChoiceField(
        label="Varför behöver du läsa?",
        widget=forms.RadioSelect,
        choices=[
            choice
            for choice in AccessEntry.Purpose.choices
            if choice[0] not in AccessEntry.GIVEN_BY_NOBODY
        ],
    )
    words = forms.CharField(
        label="Beskriv skälet",
        help_text="En mening räcker. Den läses av den som granskar loggen.",
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=8,
        max_length=1000,
        error_messages={"min_length": "Skriv skälet med några ord."},
    )


@needs.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask why, log it, and open the case for the rest of the working day."""
    reference = access.require_visible(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        access.give_reason(request, pk, **form.cleaned_data)
        return redirect("case", pk=pk)
    context = {
        "form": form,
        "heading": "Varför läser du ärendet?",
        "case": {"reference": reference},
    }
    return render(request, "reason.html", context)
