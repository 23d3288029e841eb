"""What the unit itself says about how it is reached: every letter's head, and the weekly mail."""

from typing import Any, ClassVar

from django import forms

from cases.models import Organisation


class UnitForm(forms.ModelForm[Organisation]):
    """The own unit's address. Letters that are already made keep theirs."""

    class Meta:
        model = Organisation
        fields = ("street", "postal_line", "phone", "email", "website", "org_number")
        labels: ClassVar = {
            "street": "Gata eller box",
            "postal_line": "Postnummer och ort",
            "phone": "Telefon",
            "email": "E-post",
            "website": "Webbplats",
            "org_number": "Organisationsnummer",
        }
        help_texts: ClassVar = {
            "email": "Hit går veckobrevet om ärenden som väntar. Det innehåller inga uppgifter "
            "om någon.",
        }
        error_messages: ClassVar = {
            "email": {"invalid": "Skriv adressen så här: mottagning@kommun.se."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("street", "postal_line", "phone", "email"):
            self.fields[name].required = True
