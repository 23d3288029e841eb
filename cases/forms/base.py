"""What the form of every step has in common: who takes it, on what, and what comes out of it.

A form turns text into typed facts and unsaved rows. It never saves and never moves a state.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.db import models
from django.utils import timezone

from cases import access
from cases.forms.changes import ASKED, Changes
from cases.models import Referral, User, YouthCase
from cases.models.moves import demanded_later


class StepForm(forms.Form):
    """The form of one step in one case.

    `facts()` gives the columns that the step fills, `records()` the unsaved rows that belong to
    it; both are meaningful after `is_valid()`.
    """

    # Made with the page: the same form sent twice is one step.
    request_id = forms.UUIDField(widget=forms.HiddenInput)
    # What the case said when the page was drawn (cases/forms/changes.py).
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    # Is it filled in where there may be no net? Then the phone keeps it until it is received.
    on_the_spot: ClassVar[bool] = False
    # Names of fields that are no column of the case.
    not_facts: ClassVar[frozenset[str]] = frozenset({"request_id", "seen", "reason", "at"})
    # A template that is drawn inside the form, above the fields, and may ask the form.
    drawn_above: ClassVar[str] = ""
    # The heading that the fields are folded under, where the page above them is enough.
    folds: ClassVar[str] = ""
    # Whole answers to press: (value, label); the form reads `one_tap` and no field need be filled.
    taps: tuple[tuple[str, str], ...] = ()
    # Fields under one heading, in order: (heading, hint, names). Empty: one group.
    groups: ClassVar[tuple[tuple[str, str, tuple[str, ...]], ...]] = ()
    # Is what is written judged here? Then it stands on the page, and nobody answers from memory.
    judges: ClassVar[bool] = False
    # The step to take instead, where the answer is none of the form's.
    instead: ClassVar[str] = ""
    # Has the step nothing to be about? Then the page says so by `intro`, and shows no fields.
    is_void: bool = False
    # One sentence at the top of the page; the law stands beside it. A form may say it of the case.
    intro: str = ""
    paragraph: str = ""
    # What happens when the button is pressed, as a list on the page.
    consequences: tuple[str, ...] = ()

    def __init__(
        self,
        *args: Any,
        case: YouthCase | Referral,
        by: User,
        about: UUID | None = None,
        **kwargs: Any,
    ) -> None:
        """`about` is the row of the case that the page's address names, where a step has one."""
        self.case, self.by, self.about = case, by, about
        known = self.known()
        # Whoever may not read what was written finds the fields empty; left so they keep it.
        self.kept = {} if not self.hides_words() else self._texts(known)
        known = {name: value for name, value in known.items() if name not in self.kept}
        kwargs["initial"] = {"request_id": uuid4()} | known | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.changes = Changes(self, case.pk, self.standing())
        self.initial["seen"] = self.changes.seen()
        if not self.changes.columns:
            del self.fields["seen"]

    def press(self, **answers: str) -> None:
        """Fill in what a tap means, over what was typed; judged like anything typed."""
        data: Any = self.data
        self.data = data = data.copy()
        for name, text in answers.items():
            data[name] = text

    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields under their headings, in order: (heading, hint, fields)."""
        if not self.groups:
            return [("", "", self.visible_fields())]
        grouped = [
            (heading, hint, [self[name] for name in self._asked(names)])
            for heading, hint, names in self.groups
        ]
        placed = {name for _, _, names in self.groups for name in self._asked(names)}
        rest = [field for field in self.visible_fields() if field.name not in placed]
        return [section for section in [*grouped, ("", "", rest)] if section[2]]

    def _asked(self, names: tuple[str, ...]) -> list[str]:
        """The fields of a group, each with the question which of two answers holds."""
        with_questions = (each for name in names for each in (name, ASKED + name))
        return [name for name in with_questions if name in self.fields]

    def tell_what_waits(self, action: str) -> None:
        """Mark the fields that may be left empty now and are demanded by a later step."""
        for name, demand in demanded_later(type(self.case), action).items():
            if name in self.fields:
                step = demand.label[0].lower() + demand.label[1:]
                asked = bool(self.initial.get(name)) or not demand.condition(self.case)
                may = "kan vänta, behövs" if asked else "kan behövas"
                self.fields[name].waits = f"{may} för att {step}"  # type: ignore[attr-defined]

    def known(self) -> dict[str, Any]:
        """What the case says already, so that nothing is asked twice."""
        return {
            name: getattr(self.case, name)
            for name in self.base_fields
            if name not in self.not_facts and hasattr(self.case, name)
        }

    def standing(self) -> dict[str, Any]:
        """The columns that the form writes, as they stand in the case now."""
        return {
            name: getattr(self.case, name)
            for name in self.fields
            if name not in self.not_facts and hasattr(self.case, name)
        }

    def hides_words(self) -> bool:
        """Is what stands in the case's free text not for whoever takes the step?"""
        return not access.may_read_words(self.by, self.case)

    def _texts(self, known: dict[str, Any]) -> dict[str, str]:
        fields = self.base_fields
        texts = (name for name in known if isinstance(fields.get(name), forms.CharField))
        return {name: known[name] for name in texts if known[name]}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, text in self.kept.items():
            if name in self.fields:
                data[name] = data.get(name) or text
        return data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.changes.settle(tells=self.tells())

    def tells(self) -> bool:
        """May whoever takes the step be told what somebody else has written meanwhile?"""
        return not self.hides_words()

    def reason_given(self) -> str:
        """Why, in the words of whoever takes the step; and what was chosen away by it."""
        return "\n".join(
            filter(None, [self.cleaned_data.get("reason", ""), *self.changes.set_aside])
        )

    def moment(self) -> datetime | None:
        """When it happened, where the form asks; None means now."""
        if isinstance(self.fields.get("at"), MomentField):
            moment: datetime | None = self.cleaned_data.get("at")
            return moment
        return None

    def facts(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in self.not_facts and not name.startswith(ASKED)
        }

    def records(self) -> list[models.Model]:
        return []

    def then(self, case: Any) -> str:
        """The step whose page comes after this one; empty: the case."""
        return ""


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
