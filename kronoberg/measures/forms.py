"""The forms of measures and promises. Nothing about anybody is asked for."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from cases.forms.fields import choice, line, words
from cases.models import Municipality, User
from kronoberg.measures.models import CitizenPromise, Measure, Who
from kronoberg.statistics import police
from kronoberg.statistics.areas import remit

NOBODY = "Ingenting om någon enskild: polisen och kommunen i området läser det."
MOST_ACTIVITIES = 9999


def day(label: str, **settings: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **settings)


def municipalities(user: User) -> "QuerySet[Municipality]":
    """The municipalities, one by one, whose figures the reader may see."""
    codes = [area.code for area in remit(user) if area.municipalities == (area.code,)]
    return Municipality.objects.filter(pk__in=codes).order_by("name")


class InOrder(forms.Form):
    """Something with a first and perhaps a last day."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and first > last:
            self.add_error("ends_on", "Sista dagen ligger före den första.")
        return given


class MeasureForm(InOrder):
    """What is done, where and when, by whom, and what it is compared with."""

    title = line("Vad åtgärden heter", most=80)
    words = words("Vad som görs och varför", help_text=NOBODY)
    kind = choice(Measure.Kind, "Slag")
    term = choice(Measure.Term, "På kort eller lång sikt")
    who = choice(Who, "Vem som ansvarar")
    area = forms.ModelChoiceField(
        label="Kommun", queryset=Municipality.objects.none(), empty_label="Välj"
    )
    place_type = forms.ChoiceField(
        label="Plats", required=False, choices=[("", "Alla platser"), *police.PLACES.items()],
        help_text="Plats, dag och tid säger var i talen åtgärden ska märkas.",
    )  # fmt: skip
    weekday = forms.ChoiceField(
        label="Veckodag",
        required=False,
        choices=[
            ("", "Alla dagar"),
            *zip(police.weekdays.codes, police.weekdays.lines, strict=True),
        ],
    )
    hours = forms.ChoiceField(
        label="Klockslag",
        required=False,
        choices=[("", "Alla tider"), *((each, each) for each in police.HOURS)],
    )
    starts_on = day("Börjar")
    ends_on = day("Slutar", required=False, help_text="Tomt: tills vidare.")
    comparison = forms.ModelChoiceField(
        label="Jämförs med",
        queryset=Municipality.objects.none(),
        required=False,
        empty_label="Övriga kommuner i länet",
        help_text="Ett område där åtgärden inte görs. Plats, tid, början och jämförelse går inte "
        "att ändra när åtgärden har börjat.",
    )
    promise = forms.ModelChoiceField(
        label="Del av ett medborgarlöfte",
        queryset=CitizenPromise.objects.none(),
        required=False,
        empty_label="Nej",
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside = municipalities(by)
        self.fields["area"].queryset = inside  # type: ignore[attr-defined]
        self.fields["comparison"].queryset = inside  # type: ignore[attr-defined]
        promises = CitizenPromise.objects.filter(organisation=by.organisation)
        self.fields["promise"].queryset = promises  # type: ignore[attr-defined]
        if len(inside) == 1:
            self.fields["area"].initial = inside[0].pk

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("place_type") and given.get("weekday"):
            self.add_error(
                "weekday", "Talen finns inte för plats och veckodag på en gång. Välj en av dem."
            )
        if given.get("comparison") and given.get("comparison") == given.get("area"):
            self.add_error("comparison", "Välj ett annat område än åtgärdens eget.")
        promise = given.get("promise")
        if promise and given.get("area") and promise.area_id != given["area"].pk:
            self.add_error("promise", "Löftet gäller en annan kommun.")
        return given


# What may change when the measure has begun: not where it is to be seen, nor with what compared.
FREE = ("title", "words", "who", "ends_on", "promise")


class BegunMeasureForm(MeasureForm):
    """The same, once it has begun: the comparison is set."""

    outcome = words(
        "Vad som blev gjort", required=False, help_text=f"Behövs när den är slut. {NOBODY}"
    )

    def __init__(self, *args: Any, since: date, **kwargs: Any) -> None:
        self.since = since
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {*FREE, "outcome"}:
            del self.fields[name]

    def clean_ends_on(self) -> date | None:
        last: date | None = self.cleaned_data["ends_on"]
        if last and last < self.since:
            raise forms.ValidationError("Sista dagen ligger före den första.")
        return last


class PromiseForm(InOrder):
    """What is promised, to answer what, and when it is kept."""

    title = line("Löftet", most=120, help_text="Som det står i överenskommelsen.")
    problem = words("Vad de boende har berättat", help_text=NOBODY)
    target = words(
        "Målet",
        rows=3,
        help_text="Vad ni har lovat, så att det går att pricka av. "
        "Mål och dagar går inte att ändra när löftet gäller.",
    )
    target_number = forms.IntegerField(
        label="Målet i antal", required=False, min_value=1, max_value=MOST_ACTIVITIES,
        help_text="Till exempel 80 träningspass. Tomt: målet är bara ord.",
    )  # fmt: skip
    area = forms.ModelChoiceField(
        label="Kommun", queryset=Municipality.objects.none(), empty_label="Välj"
    )
    starts_on = day("Gäller från")
    ends_on = day("Gäller till")

    def __init__(self, *args: Any, by: User, holds: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if holds:
            # A target that can be lowered afterwards is always kept.
            for name in SET_WHEN_IT_HOLDS:
                del self.fields[name]
            return
        inside = municipalities(by)
        self.fields["area"].queryset = inside  # type: ignore[attr-defined]
        if len(inside) == 1:
            self.fields["area"].initial = inside[0].pk


SET_WHEN_IT_HOLDS = ("target", "target_number", "area", "starts_on", "ends_on")


class ActivityForm(forms.Form):
    """One thing to do for the promise."""

    words = line("Vad som ska göras", most=160)
    who = choice(Who, "Vem som gör det")
    due_on = day("Senast")
    n_times = forms.IntegerField(
        label="Räknas som", initial=1, min_value=1, max_value=MOST_ACTIVITIES,
        help_text="Fyra träningspass är 4.",
    )  # fmt: skip


class TickForm(forms.Form):
    """When the activity was done."""

    done_on = day("Gjord")

    def clean_done_on(self) -> date:
        on: date = self.cleaned_data["done_on"]
        if on > timezone.localdate():
            raise forms.ValidationError("Dagen har inte varit än.")
        return on


class CommentForm(forms.Form):
    """What the follow-up of the quarter says in words."""

    words = words(
        "Kommentar till lokala Brå",
        help_text=f"Vad som gick bra, vad som inte blev av, vad ni ändrar. {NOBODY}",
    )
