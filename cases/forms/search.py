"""The form of the search: one box, and why."""

from typing import Any

from django import forms

from cases import search
from cases.models import AccessEntry

P = AccessEntry.Purpose
PURPOSES = (P.MATCH, P.REQUEST, P.COVER, P.SUPERVISION, P.OTHER)


class SearchForm(forms.Form):
    """After `is_valid()`, `cleaned_data["what"]` is a `search.Query`."""

    what = forms.CharField(
        label="Namn, personnummer eller ärendenummer",
        help_text="Hela namnet, för- och efternamn. Bara ärenden i din egen krets visas.",
        max_length=120,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        ),
    )
    purpose = forms.ChoiceField(
        label="Varför söker du?",
        widget=forms.RadioSelect,
        choices=[(purpose.value, purpose.label) for purpose in PURPOSES],
    )
    words = forms.CharField(
        label="Beskriv skälet",
        help_text="Behövs när du inte bara ser om ungdomen är känd.",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=1000,
    )

    def clean_what(self) -> search.Query:
        try:
            return search.query(self.cleaned_data["what"])
        except search.NotSearchable as fault:
            raise forms.ValidationError(str(fault)) from None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("purpose") not in (None, P.MATCH) and len(given.get("words", "")) < 8:
            self.add_error("words", "Skriv skälet med några ord.")
        return given
