"""A posted form taken as a step: one way for the step's own page, one tap and a whole selection."""

from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from cases import access, workflow
from cases.forms import form_for
from cases.forms.base import StepForm
from cases.models import User
from cases.models.moves import AnyCase
from kronoberg.case_parts import Tap
from notices import dispatch, gates

# What stops a step without being a fault: told to the reader, and nothing has happened.
Refusal = (workflow.NotAllowedNow, workflow.MissingFacts, gates.GateClosed)


# Steps that ask for nothing but a yes: taken from the case page itself, in one tap.
ONE_TAP = ("take", "start_assessment", "give_feedback")


def tap(case: AnyCase, action: workflow.Action, *, by: User) -> Tap | None:
    """The step's form, where pressing the button is the whole of it."""
    if action.name not in ONE_TAP or not action.is_ready:
        return None
    form = form_for(case, action.name)(case=case, by=by)
    return Tap(str(form.initial["request_id"]), form.intro)


def take(form: StepForm, action: str) -> dispatch.Taken:
    """Take the step of a valid form.

    Raises:
        StepRepeated, NotAllowedNow, MissingFacts, GateClosed: as in `workflow` and `dispatch`.
    """
    return dispatch.take(
        form.case,
        action,
        by=form.by,
        at=form.moment(),
        reason=form.reason_given(),
        request_id=form.cleaned_data["request_id"],
        records=form.records(),
        **form.facts(),
    )


def take_in_one_of_many(
    request: HttpRequest, pk: UUID, action: str, *, batch: UUID, answers: dict[str, str]
) -> str:
    """Take a step in one case of a selection, by the same fetch, form and door as on its own page.

    `batch` is made with the page: the same selection sent twice is taken once.

    Returns why it was not taken, and an empty string when it was.
    """
    try:
        case = access.get_case(request, pk, action)
    except (Http404, PermissionDenied, access.ReasonNeeded):
        return "Ett ärende fick du inte ta steget i."
    typed = answers | {"request_id": str(uuid5(batch, str(pk)))}
    form = form_for(case, action)(typed, case=case, by=access.signed_in(request))
    if not form.is_valid():
        faults = [str(fault) for listed in form.errors.values() for fault in listed]
        return f"{case.reference}: {' '.join(faults)}"
    try:
        take(form, action)
    except workflow.StepRepeated:
        return ""
    except Refusal as refusal:
        return f"{case.reference}: {refusal}"
    return ""
