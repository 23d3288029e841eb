"""The forms of oversight that somebody signs: emergencies and the review of the log."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from cases.models import AccessEntry, EmergencyAccess, LogReview, ReviewedEntry

WORDS = {"min_length": "Skriv skälet med några ord."}


class EmergencyForm(forms.Form):
    """Which case, and why it cannot wait."""

    reference = forms.CharField(
        label="Ärendets nummer",
        help_text="Det som en kollega har gett dig, till exempel K-2026-000012.",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.ChoiceField(
        label="Vad är det som inte kan vänta?",
        widget=forms.RadioSelect,
        choices=EmergencyAccess.Reason.choices,
    )
    words = forms.CharField(
        label="Beskriv läget",
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=8,
        max_length=1000,
        error_messages=WORDS,
    )


class VerdictForm(forms.Form):
    """Was it an emergency?"""

    verdict = forms.ChoiceField(
        label="Var öppningen befogad?",
        widget=forms.RadioSelect,
        choices=EmergencyAccess.Verdict.choices,
    )
    words = forms.CharField(
        label="Motivera",
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=8,
        max_length=1000,
        error_messages=WORDS,
    )


class PeriodForm(forms.Form):
    """The days whose rows are drawn from: the last whole month unless said otherwise."""

    first = forms.DateField(
        label="Från och med", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label="Till och med", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        last = timezone.localdate().replace(day=1) - timedelta(days=1)
        kwargs["initial"] = {"first": last.replace(day=1), "last": last}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first: date | None = given.get("first")
        last: date | None = given.get("last")
        if first and last and first > last:
            self.add_error("last", "Sista dagen ligger före den första.")
        if last and last > timezone.localdate():
            self.add_error("last", "Dagen har inte varit än.")
        if first and last and last - first > timedelta(days=366):
            self.add_error("first", "Högst ett år i taget.")
        return given


class FindingsForm(forms.Form):
    """A finding and a note for each row of the sample; what is not judged yet stays empty."""

    def __init__(self, *args: Any, review: LogReview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(review.rows.select_related("entry__actor"))
        for row in self.rows:
            self.fields[f"finding-{row.entry_id}"] = forms.ChoiceField(
                label="Bedömning",
                required=False,
                initial=row.finding,
                choices=[("", "Inte bedömd"), *ReviewedEntry.Finding.choices],
            )
            self.fields[f"note-{row.entry_id}"] = forms.CharField(
                label="Anteckning", required=False, initial=row.note, max_length=500
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for row in self.rows:
            finding = given.get(f"finding-{row.entry_id}", "")
            if finding not in ("", "rightful") and not given.get(f"note-{row.entry_id}"):
                self.add_error(f"note-{row.entry_id}", "Skriv vad du fann.")
        return given

    def store(self) -> None:
        """Write what is judged so far."""
        for row in self.rows:
            row.finding = self.cleaned_data[f"finding-{row.entry_id}"]
            row.note = self.cleaned_data[f"note-{row.entry_id}"]
            row.save()


class OutForm(forms.Form):
    """Why something is taken out of the product as a file."""

    purpose = forms.ChoiceField(
        label="Varför tar du ut talen?",
        choices=[
            ("", "Välj"),
            *(
                (purpose.value, purpose.label)
                for purpose in (
                    AccessEntry.Purpose.REPORTING,
                    AccessEntry.Purpose.SUPERVISION,
                    AccessEntry.Purpose.OTHER,
                )
            ),
        ],
        error_messages={"required": "Välj varför du tar ut talen."},
    )
    words = forms.CharField(
        label="Beskriv skälet",
        help_text="Behövs vid annat skäl.",
        required=False,
        max_length=300,
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        is_other = given.get("purpose") == AccessEntry.Purpose.OTHER
        if is_other and len(given.get("words", "")) < 8:
            self.add_error("words", "Skriv skälet med några ord.")
        return given


class HoldForm(forms.Form):
    """Which case is kept past its day, why, and until when."""

    reference = forms.CharField(label="Ärendets nummer", max_length=20)
    ends_on = forms.DateField(
        label="Bevaras till och med", widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(
        label="Varför?",
        help_text="Till exempel en tvist, en tillsyn eller en begäran från den enskilde.",
        widget=forms.Textarea(attrs={"rows": 2}),
        min_length=8,
        max_length=1000,
        error_messages=WORDS,
    )

    def clean_ends_on(self) -> date:
        ends_on: date = self.cleaned_data["ends_on"]
        today = timezone.localdate()
        if not today < ends_on <= today + timedelta(days=366 * 2):
            raise forms.ValidationError("Välj en dag efter i dag, högst två år fram.")
        return ends_on


class SignForm(forms.Form):
    """The reviewer's conclusion, with which the review ends."""

    conclusion = forms.CharField(
        label="Slutsats",
        help_text="Vad granskningen visade och vad som görs åt det. Inga namn på enskilda.",
        widget=forms.Textarea(attrs={"rows": 4}),
        min_length=8,
        max_length=4000,
        error_messages={"min_length": "Skriv slutsatsen med några ord."},
    )
