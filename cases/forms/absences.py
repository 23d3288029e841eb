"""The form of an absence: who, from when to when, and who has the cases meanwhile."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from cases import access
from cases.models import Absence, Right, Role, User

LONGEST = timedelta(days=400)


def day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class AbsenceForm(forms.Form):
    """One's own absence; whoever assigns cases can enter a colleague's."""

    first_day = day("Borta från och med")
    last_day = day("Till och med")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        roles = (Role.SOCIAL_WORKER, Role.HEAD_OF_UNIT)
        staff = User.objects.filter(organisation=by.organisation, role__in=roles, is_active=True)
        mine = staff if access.may(by, Right.ASSIGN_REFERRAL) else staff.filter(pk=by.pk)
        self.fields["absent"] = forms.ModelChoiceField(
            label="Vem är borta?", queryset=mine, empty_label="Välj", initial=by.pk
        )
        self.fields["substitute"] = forms.ModelChoiceField(
            label="Vem har ärendena under tiden?", queryset=staff, empty_label="Välj"
        )
        self.order_fields(["absent", "first_day", "last_day", "substitute"])

    def clean_last_day(self) -> date:
        last: date = self.cleaned_data["last_day"]
        first: date | None = self.cleaned_data.get("first_day")
        if last < timezone.localdate():
            raise forms.ValidationError("Välj en dag som inte har varit.")
        if first and not first <= last <= first + LONGEST:
            raise forms.ValidationError("Sista dagen ligger före den första, eller långt efter.")
        return last

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        absent, first, last = (data.get(name) for name in ("absent", "first_day", "last_day"))
        if absent and absent == data.get("substitute"):
            self.add_error("substitute", "Välj någon annan än den som är borta.")
        if absent and first and last and _overlaps(absent, first, last):
            self.add_error("first_day", "Det finns redan en frånvaro de dagarna.")
        return data

    def enter(self) -> Absence:
        return Absence.objects.create(made_by=self.by, made_at=timezone.now(), **self.cleaned_data)


def _overlaps(absent: User, first: date, last: date) -> bool:
    there = Absence.objects.filter(absent=absent, ended_at=None)
    return there.filter(first_day__lte=last, last_day__gte=first).exists()
