"""Posting the form of a step, and taking the step with it, as the page does."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from cases import workflow
from cases.forms import form_for
from cases.forms.base import StepForm
from cases.models import Referral
from tests import cast


def form(case: Referral, action: str, by: str = "sara", **data: Any) -> StepForm:
    """The form of `action` as it is posted."""
    data = {"request_id": str(uuid4())} | data
    return form_for(case, action)(data, case=case, by=cast.person(by))


def page(case: Referral, action: str, by: str = "sara") -> Any:
    """The form of `action` as it is first shown."""
    return form_for(case, action)(case=case, by=cast.person(by))


def take(case: Referral, action: str, by: str = "sara", **data: Any) -> Referral:
    """Post the form and take its step, as the page does."""
    filled = form(case, action, by, **data)
    assert filled.is_valid(), filled.errors
    return workflow.perform(
        case,
        action,
        by=cast.person(by),
        at=filled.cleaned_data.get("at"),
        reason=filled.cleaned_data.get("reason", ""),
        request_id=filled.cleaned_data["request_id"],
        records=filled.records(),
        **filled.facts(),
    )


def local(**ahead: int) -> str:
    return f"{timezone.localtime() + timedelta(**ahead):%Y-%m-%dT%H:%M}"
