"""The municipality's own calendar: hours, days that are not as others, and who takes what."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from cases import duty
from cases.forms.fields import choice, line
from cases.models import (
    DutyHours,
    Kind,
    Municipality,
    Organisation,
    ResponsibleFunction,
    SpecialDay,
    User,
)

Weekday = DutyHours.Weekday
PASSED = "Det som har gällt ändras inte. Välj idag eller senare."
TO_NEXT_DAY = "Före öppningstiden: nästa dag."


def clock_time(label: str, **settings: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}), **settings)


def first_day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class MunicipalForm(forms.Form):
    """About one of the municipalities whose calendar `by` keeps."""

    municipality = forms.ModelChoiceField(
        label="Kommun", queryset=Municipality.objects.none(), empty_label="Välj"
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        self.by = by
        kwargs["initial"] = {"municipality": by.organisation.municipality_id} | kwargs.get(
            "initial", {}
        )
        super().__init__(*args, **kwargs)
        kept: Any = self.fields["municipality"]
        kept.queryset = duty.kept_by(by)

    def clean_valid_from(self) -> date:
        begins: date = self.cleaned_data["valid_from"]
        if begins < timezone.localdate():
            raise forms.ValidationError(PASSED)
        return begins


class DutyHoursForm(MunicipalForm):
    """The same hours for one or several weekdays. What holds before them is left as it was."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Veckodagar",
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Välj minst en veckodag."},
    )
    opens = clock_time("Öppnar")
    closes = clock_time("Stänger", help_text=TO_NEXT_DAY)
    team = line("Namn", most=60)
    phone = line("Telefon", most=30)
    valid_from = first_day("Gäller från")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = {"team": "Socialjouren", "valid_from": timezone.localdate()}
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        known = DutyHours.objects.filter(
            municipality=data["municipality"],
            weekday__in=data["weekdays"],
            opens=data["opens"],
            valid_from=data["valid_from"],
            withdrawn_at=None,
        )
        if known.exists():
            self.add_error("opens", "De tiderna finns redan i kalendern från den dagen.")
        return data

    def enter(self) -> None:
        """One row for each weekday."""
        data = dict(self.cleaned_data)
        weekdays = data.pop("weekdays")
        DutyHours.objects.bulk_create(
            DutyHours(weekday=day, changed_by=self.by, **data) for day in weekdays
        )


class SpecialDayForm(MunicipalForm):
    """One day: is the office open or closed, and which hours has the duty team?"""

    day = first_day("Dag")
    label = line("Vad dagen heter", most=60, help_text="Till exempel: klämdag, julafton.")
    office = choice(SpecialDay.Office, "Mottagningen")
    duty = choice(SpecialDay.Duty, "Socialjouren")
    opens = clock_time("Jouren öppnar", required=False, help_text="Bara för egna tider.")
    closes = clock_time("Jouren stänger", required=False, help_text=TO_NEXT_DAY)
    team = line("Jourens namn", most=60, required=False)
    phone = line("Jourens telefon", most=30, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        usual = {"office": SpecialDay.Office.USUAL, "duty": SpecialDay.Duty.USUAL}
        super().__init__(*args, initial=usual | {"team": "Socialjouren"}, **kwargs)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day < timezone.localdate():
            raise forms.ValidationError(PASSED)
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        if data["duty"] == SpecialDay.Duty.HOURS:
            for name in ("opens", "closes", "team", "phone"):
                if not data[name]:
                    self.add_error(name, "Fyll i det här när jouren har egna tider.")
        elif data["office"] == SpecialDay.Office.USUAL and data["duty"] == SpecialDay.Duty.USUAL:
            self.add_error("office", "Välj vad som är annorlunda: mottagningen eller jouren.")
        known = SpecialDay.objects.filter(
            municipality=data["municipality"], day=data["day"], withdrawn_at=None
        )
        if known.exists():
            self.add_error("day", "Dagen finns redan. Avsluta den först, och lägg in den på nytt.")
        return data

    def enter(self) -> None:
        data = dict(self.cleaned_data)
        if data["duty"] != SpecialDay.Duty.HOURS:
            data |= {"opens": None, "closes": None, "team": "", "phone": ""}
        SpecialDay.objects.create(changed_by=self.by, **data)


class FunctionForm(MunicipalForm):
    """The next row about who takes something; what held before ends the day before it."""

    task = choice(ResponsibleFunction.Task, "Tar emot")
    name = line("Funktionens namn", most=80)
    street = line("Gata eller box", most=80)
    postal_line = line("Postnummer och ort", most=80)
    phone = line("Telefon", most=30, required=False)
    office = forms.ModelChoiceField(
        label="Enhet här",
        queryset=Organisation.objects.none(),
        required=False,
        empty_label="Ingen: skickas på papper",
    )
    is_default = forms.BooleanField(
        label="Tar också emot det som ingen annan funktion tar emot", required=False
    )
    valid_from = first_day("Gäller från")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"valid_from": timezone.localdate()}, **kwargs)
        offices: Any = self.fields["office"]
        offices.queryset = Organisation.objects.filter(
            kind=Kind.SOCIAL, is_connected=True, municipality__in=duty.kept_by(self.by)
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        office, municipality = data.get("office"), data.get("municipality")
        if office and municipality and office.municipality_id != municipality.pk:
            self.add_error("office", f"Enheten hör inte till {municipality}. Välj en som gör det.")
        return data

    def enter(self) -> None:
        """Raises: OutOfOrder: a row that begins then, or later, is there already."""
        duty.follow(ResponsibleFunction(changed_by=self.by, **self.cleaned_data))
