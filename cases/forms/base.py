"""What the form of every step has in common: who takes it, on what, and what comes out of it.

A form turns text into typed facts and unsaved rows. It never saves and never moves a state.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.db import models
from django.utils import timezone

from cases.models import Referral, User, YouthCase


class StepForm(forms.Form):
    """The form of one step in one case.

    `facts()` gives the columns that the step fills, `records()` the unsaved rows that belong to
    it; both are meaningful after `is_valid()`.
    """

    # Made with the page: the same form sent twice is one step.
    request_id = forms.UUIDField(widget=forms.HiddenInput)

    # Names of fields that are no column of the case.
    not_facts: ClassVar[frozenset[str]] = frozenset({"request_id", "reason", "at"})
    # Fields under one heading, in order: (heading, hint, names). Empty: one group.
    groups: ClassVar[tuple[tuple[str, str, tuple[str, ...]], ...]] = ()
    # One sentence at the top of the page; the law stands beside it. A form may say it of the case.
    intro: str = ""
    paragraph: str = ""
    # What happens when the button is pressed, as a list on the page.
    consequences: tuple[str, ...] = ()

    def __init__(self, *args: Any, case: YouthCase | Referral, by: User, **kwargs: Any) -> None:
        self.case, self.by = case, by
        kwargs["initial"] = {"request_id": uuid4()} | self.known() | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields under their headings, in order: (heading, hint, fields)."""
        if not self.groups:
            return [("", "", self.visible_fields())]
        grouped = [
            (heading, hint, [self[name] for name in names if name in self.fields])
            for heading, hint, names in self.groups
        ]
        placed = {name for _, _, names in self.groups for name in names}
        rest = [field for field in self.visible_fields() if field.name not in placed]
        return [section for section in [*grouped, ("", "", rest)] if section[2]]

    def known(self) -> dict[str, Any]:
        """What the case says already, so that nothing is asked twice."""
        return {
            name: getattr(self.case, name)
            for name in self.base_fields
            if name not in self.not_facts and hasattr(self.case, name)
        }

    def moment(self) -> datetime | None:
        """When it happened, where the form asks; None means now."""
        if isinstance(self.fields.get("at"), MomentField):
            moment: datetime | None = self.cleaned_data.get("at")
            return moment
        return None

    def facts(self) -> dict[str, Any]:
        return {
            name: value for name, value in self.cleaned_data.items() if name not in self.not_facts
        }

    def records(self) -> list[models.Model]:
        return []


class ReasonForm(StepForm):
    """A step that only asks why."""

    reason = forms.CharField(
        label="Skäl", widget=forms.Textarea(attrs={"rows": 4}), max_length=4000
    )


class ConfirmForm(StepForm):
    """A step that asks for nothing but a deliberate yes."""

    not_facts = StepForm.not_facts | {"confirm"}
    # What is vouched for, as the label of the box.
    says: ClassVar[str] = "Det stämmer"

    confirm = forms.BooleanField(
        error_messages={"required": "Kryssa i rutan när du har kontrollerat att det stämmer."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirm"].label = self.says


class MomentField(forms.DateTimeField):
    """When it happened: a local date and time, now unless said otherwise, never in the future."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        # A phone's clock may run a little ahead of the server's.
        if moment and moment > timezone.now() + timedelta(minutes=2):
            raise forms.ValidationError("Tiden ligger i framtiden. Ange när det hände.")
        return moment
