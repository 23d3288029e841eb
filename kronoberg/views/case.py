"""The case page, the one page on which every step is taken, and the question why you look."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods
from kombu.exceptions import OperationalError

from cases import access, workflow
from cases.forms import form_for
from cases.forms.base import StepForm
from cases.models import AccessEntry
from cases.models.moves import AnyCase, moves_of, words_of
from cases.routes import needs
from kronoberg import case_page
from notices import dispatch, gates, tasks


@needs.signed_in
@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One case: where it is, what comes next, by when, and what has happened."""
    case = access.get_case(request, pk)
    by = access.signed_in(request)
    return render(request, "case.html", case_page.context(case, by=by))


@needs.signed_in
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: UUID, action: str) -> HttpResponse:
    """Take one step in a case, or show its form again with everything typed kept."""
    case = access.get_case(request, pk, action)
    by = access.signed_in(request)
    form_class = form_for(case, action)
    form = form_class(request.POST or None, case=case, by=by)
    if request.method == "POST" and form.is_valid():
        moved = _take(request, case, action, form)
        if moved:
            # An ended case is nobody's work any more: back to what waits.
            return redirect("case", pk=case.pk) if moved.is_open else redirect("worklist")
    status = 422 if form.errors else 200
    return render(request, "step.html", _step_context(case, action, form), status=status)


def _take(request: HttpRequest, case: AnyCase, action: str, form: StepForm) -> AnyCase | None:
    """Take the step and return the case as it now is; a refusal becomes an error on the form."""
    by = access.signed_in(request)
    try:
        taken = dispatch.take(
            case,
            action,
            by=by,
            at=form.moment(),
            reason=form.cleaned_data.get("reason", ""),
            request_id=form.cleaned_data["request_id"],
            records=form.records(),
            **form.facts(),
        )
    except workflow.StepRepeated as repeated:
        return repeated.case
    except (workflow.NotAllowedNow, workflow.MissingFacts, gates.GateClosed) as refusal:
        form.add_error(None, forms.ValidationError(str(refusal)))
        return None
    _tell(request, taken, action)
    return taken.case


def _tell(request: HttpRequest, taken: dispatch.Taken, action: str) -> None:
    words = words_of(taken.case, action)
    messages.success(request, f"Klart: du {words}.")
    for letter in taken.letters:
        messages.info(request, f"{letter.code} till {letter.addressee} är i kö.")
    for label, obstacles in taken.held:
        for obstacle in obstacles:
            messages.warning(
                request, f"Inget brev till {label}. {obstacle.reason} {obstacle.other_way}"
            )
    if taken.letters:
        wake_worker()


def wake_worker() -> None:
    """Tell a worker that letters wait. Without a broker the sweep finds them: nothing is lost."""
    with suppress(OperationalError, OSError):
        tasks.render_waiting_letters.delay()


def _step_context(case: AnyCase, action: str, form: StepForm) -> dict[str, Any]:
    move = next(move for move in moves_of(type(case)) if move.name == action)
    return {
        "heading": move.label,
        "meaning": form.intro,
        "paragraph": form.paragraph,
        "form": form,
        "happens_next": form.consequences,
        "calls": case_page.numbers_to_call(case, action, by=form.by),
        "submit_label": move.label,
        "case": {"reference": case.reference, "headline": case_page.headline(case)},
        "back": {"url": case_page.case_url(case), "label": "Till ärendet"},
    }


class ReasonForm(forms.Form):
    """Why somebody opens a case that is not their own."""

    purpose = forms.ChoiceField(
        label="Varför behöver du läsa?",
        widget=forms.RadioSelect,
        choices=[
            choice
            for choice in AccessEntry.Purpose.choices
            if choice[0] not in (AccessEntry.Purpose.DUTY, AccessEntry.Purpose.OWN)
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
@require_http_methods(["GET", "POST"])
def reason(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask why, log it, and open the case for the rest of the working day."""
    access.require_visible(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        access.give_reason(request, pk, **form.cleaned_data)
        return redirect("case", pk=pk)
    return render(request, "reason.html", {"form": form, "heading": "Varför läser du ärendet?"})
