"""The forms of a pass: the plan, and the joint closing report."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone

from cases.forms.base import MomentField
from cases.forms.fields import choice, line, words
from cases.forms.incident import occasion_on
from cases.forms.youth import Part, parts_of
from cases.models import Municipality, PatrolPass, User
from cases.models.codes import Occasion

USUAL_LENGTH = timedelta(hours=6)
LONGEST = timedelta(hours=24)
MOST_MINUTES = 60_000


def _planned(label: str, **settings: Any) -> forms.DateTimeField:
    """A moment that may lie ahead."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **settings)


class PassForm(forms.Form):
    """Occasion, hours, places and team. Everything is suggested; nothing has to be typed."""

    # Made with the page, and the key of the pass: the same page sent twice is one pass.
    request_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    occasion = choice(Occasion, "Tillfälle", widget=forms.RadioSelect)
    planned_from = _planned("Från")
    planned_to = _planned("Till")
    places = words(
        "Platser",
        rows=3,
        required=False,
        help_text="En plats på varje rad, gärna med tid: Stortorget 18–21.",
    )
    title = line("Namn på insatsen", most=60, required=False, help_text="Som Valborg 2026.")
    team = forms.ModelMultipleChoiceField(
        label="Vilka som arbetar",
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kryssa i minst en som arbetar."},
    )
    n_others = forms.IntegerField(
        label="Fler som följer med",
        min_value=0,
        max_value=200,
        required=False,
        help_text="Ordningsvakter, fältare och kollegor som inte finns i listan.",
    )
    municipality = forms.ModelChoiceField(label="Kommun", queryset=Municipality.objects.all())

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        self.by = by
        self.suggested = self.known()
        typed_before = kwargs.get("initial") or {}
        kwargs["initial"] = {"request_id": uuid4()} | self.suggested | typed_before
        super().__init__(*args, **kwargs)
        colleagues = User.objects.filter(
            organisation=by.organisation, is_active=True, role__in=OUT
        ).order_by("name")
        self.fields["team"].queryset = colleagues  # type: ignore[attr-defined]

    def known(self) -> dict[str, Any]:
        now = timezone.localtime().replace(second=0, microsecond=0)
        return {
            "occasion": occasion_on(now),
            "planned_from": now,
            "planned_to": now + USUAL_LENGTH,
            "team": [self.by.pk],
            "municipality": self.by.organisation.municipality_id,
        }

    def parts(self) -> list[Part]:
        return parts_of(
            self,
            ("", ("occasion", "planned_from", "planned_to", "team")),
            ("Platser, namn och kommun", ("places", "title", "n_others", "municipality")),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begins: datetime | None = data.get("planned_from")
        ends: datetime | None = data.get("planned_to")
        if begins and ends and not begins < ends <= begins + LONGEST:
            self.add_error("planned_to", "Ange ett slut efter starten, högst ett dygn senare.")
        return data

    def patrol_pass(self) -> PatrolPass:
        """The unsaved pass; its team is set once it has a row."""
        data = dict(self.cleaned_data)
        others, team = data.pop("n_others") or 0, data.pop("team")
        return PatrolPass(
            id=data.pop("request_id") or uuid4(),
            organisation=self.by.organisation,
            planned_by=self.by,
            n_people=len(team) + others,
            **data,
        )


# Who goes out.
OUT = ("patrol_officer", "youth_officer", "superior")


class CloseForm(forms.Form):
    """The joint closing report: hours first, they are what every count is held against."""

    request_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    ended_at = MomentField(label="När insatsen slutade")
    effort_minutes = forms.IntegerField(
        label="Minuter tillsammans",
        required=False,
        min_value=1,
        max_value=MOST_MINUTES,
        help_text="Tomt: tiden från start till slut, för alla som arbetade.",
    )
    n_talks = forms.IntegerField(
        label="Samtal utan ingripande",
        min_value=0,
        max_value=5000,
        initial=0,
        help_text="Ungdomar och föräldrar ni pratade med, till exempel vid Systembolaget.",
    )
    n_parents_called = forms.IntegerField(
        label="Föräldrar ni ringde i förväg", min_value=0, max_value=5000, initial=0
    )
    summary = words("Hur det gick", rows=3, required=False, help_text="Inga namn på ungdomar.")
    next_time = words("Att ta med till nästa gång", rows=3, required=False)

    def __init__(self, *args: Any, patrol_pass: PatrolPass, **kwargs: Any) -> None:
        self.patrol_pass = patrol_pass
        made = {"request_id": uuid4(), "ended_at": timezone.now()}
        kwargs["initial"] = made | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean_ended_at(self) -> datetime:
        ended: datetime = self.cleaned_data["ended_at"]
        began = self.patrol_pass.started_at
        # The page shows whole minutes.
        if began and ended < began.replace(second=0, microsecond=0):
            raise forms.ValidationError(
                f"Insatsen började {timezone.localtime(began):%Y-%m-%d %H:%M}. "
                "Ange en tid efter det."
            )
        return max(ended, began) if began else ended

    def report(self) -> dict[str, Any]:
        """The columns of the closing report, as they were answered."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "request_id"}

    def is_on_record(self) -> bool:
        """Is this the report that closed the pass? Then it has arrived already."""
        stored, data = self.patrol_pass, self.report()
        minutes = data.pop("effort_minutes") or stored.minutes_until(data["ended_at"])
        same = all(getattr(stored, name) == value for name, value in data.items())
        return stored.is_closed and same and stored.effort_minutes == minutes

    def filled(self) -> PatrolPass:
        """The pass with its closing report, unsaved."""
        data = self.report()
        for name, value in data.items():
            setattr(self.patrol_pass, name, value)
        if not data["effort_minutes"]:
            minutes = self.patrol_pass.minutes_until(data["ended_at"])
            self.patrol_pass.effort_minutes = minutes
        return self.patrol_pass
