"""One tip: what is known, where it stands, and what was judged of it."""

from typing import Any

from django import forms

from cases.forms.alcohol import plain_nick, plain_plate
from cases.forms.changes import Changes
from cases.forms.fields import choice, line, register_number, words
from cases.forms.people import PhoneField
from cases.models import SupplyTip

Status = SupplyTip.Status


class TipForm(forms.ModelForm[SupplyTip]):
    """From tip to crime report. A report has its number; what leads nowhere has a reason.

    A tip has no journal: what was chosen away, when two wrote in the same column, is added to the
    assessment.
    """

    # What the tip said when the page was drawn (cases/forms/changes.py).
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    status = choice(Status, "Läge", widget=forms.RadioSelect)
    crime_report = register_number(
        "Brottsanmälans nummer", most=20, like="5000-K123456-26", required=False
    )
    assessment = words("Bedömning", rows=3, required=False)
    relation = choice(SupplyTip.Relation, "Vem alkoholen kom från")
    price = line("Pris", most=40, required=False)
    platform = line("App eller plattform", required=False)
    nick = line("Användarnamn", most=60, required=False)
    phone = PhoneField(label="Langarens telefon", required=False)
    plate = line("Registreringsnummer", most=12, required=False)
    vehicle = line("Fordon", required=False, help_text="Märke och färg.")
    description = words("Beskrivning", rows=3, required=False)

    class Meta:
        model = SupplyTip
        fields = (
            *("status", "crime_report", "assessment", "relation", "price", "platform", "nick"),
            *("phone", "plate", "vehicle", "description"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = {name: getattr(self.instance, name) for name in self._meta.fields or ()}
        self.changes = Changes(self, self.instance.pk, columns)
        self.initial["seen"] = self.changes.seen()

    def clean_nick(self) -> str:
        return plain_nick(self.cleaned_data["nick"])

    def clean_plate(self) -> str:
        return plain_plate(self.cleaned_data["plate"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("status") == Status.REPORTED and not data.get("crime_report"):
            self.add_error("crime_report", "Skriv brottsanmälans nummer.")
        if data.get("status") == Status.DROPPED and not data.get("assessment"):
            self.add_error("assessment", "Skriv varför tipset inte leder vidare.")
        return data

    def _post_clean(self) -> None:
        self.changes.settle(tells=True)
        away = self.changes.set_aside
        if away and not self.errors:
            said = self.cleaned_data["assessment"]
            self.cleaned_data["assessment"] = "\n".join(filter(None, [said, *away]))
        super()._post_clean()  # type: ignore[misc]
