"""The alcohol that was typed wrong, put right on the spot."""

from typing import Any

from django import forms
from django.db import models

from cases.forms.alcohol import Ground, Measure, RecordSeizure
from cases.forms.fields import words
from cases.models import AlcoholSeizure


class CorrectSeizure(RecordSeizure):
    """Put right what was typed wrong; what the row said stays among the words of the step."""

    on_the_spot = False
    drawn_above = "_which_alcohol.html"
    intro = "Skriv raden som den ska stå. Det som stod finns kvar bland händelserna."
    paragraph = "Lagen (1958:205) 1 §; dataskyddsförordningen artikel 16"
    consequences = ("Ett beslut som redan är överlämnat ändras inte här.",)
    groups = (
        ("", "", ("drink", "size", "size_cl", "amount", "is_opened")),
        ("Åtgärd", "", ("measure", "ground")),
        ("Mer om drycken", "", ("strength", "value_sek", "origin")),
        ("", "", ("reason",)),
    )

    reason = words("Varför det rättas", rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("served_how", "at"):
            del self.fields[name]
        self.fields["seizure"] = forms.ChoiceField(
            choices=[(key, _said(row)) for key, row in self._rows().items()],
            initial=self.initial.get("seizure"),
            widget=forms.HiddenInput,
            error_messages={"invalid_choice": "Beslutet är redan överlämnat. Läs om ärendet."},
        )

    def rows(self) -> list[tuple[str, str, bool]]:
        """What can be put right, for the page: key, what it says, is it the one that is shown?"""
        shown = str(self["seizure"].value())
        return [(key, _said(row), key == shown) for key, row in self._rows().items()]

    def _rows(self) -> dict[str, AlcoholSeizure]:
        """What is not handed over yet, the latest first: that is what was just typed wrong."""
        rows = self.case.seizures.filter(served_at=None).order_by("-decided_at", "pk")
        return {str(row.pk): row for row in rows}

    def known(self) -> dict[str, Any]:
        """The row as it stands: the one that the page's address names, else the latest."""
        rows = self._rows()
        key = str(self.about) if self.about else next(iter(rows), "")
        row = rows.get(key)
        if row is None:
            return {}
        names = ("drink", "is_opened", "strength", "value_sek", "origin", "measure", "ground")
        stands = {name: getattr(row, name) for name in names}
        return stands | {"seizure": key, "size_cl": row.volume_cl, "amount": 1}

    def standing(self) -> dict[str, Any]:
        """The step writes a row of its own, not the case's."""
        return {}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        row = self._rows().get(data.get("seizure", ""))
        if row and data.get("size") and data.get("size_cl") == row.volume_cl:
            # A size was pressed, and what the row held was left standing beside it.
            data["size_cl"] = None
        if row and data.get("reason"):
            data["reason"] = f"{data['reason']}\nStod: {_said(row)}."
        return data

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        row = self._rows()[data["seizure"]]
        for name in ("drink", "is_opened", "strength", "value_sek", "origin", "measure"):
            setattr(row, name, data[name])
        row.volume_cl = data["amount"] * (data["size_cl"] or data["size"])
        row.ground = data["ground"] if data["measure"] != Measure.NONE else Ground.NONE
        return [row]


def _said(row: AlcoholSeizure) -> str:
    return f"{row}, {row.get_measure_display().lower()}"
