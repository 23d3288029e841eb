"""Who the young person is and who the custodians are: the same two forms in both authorities.

A protected identity is not shown back to whoever may not read it: the fields come empty, and an
empty field keeps what is on record.
"""

from copy import copy
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils import timezone

from cases import access, identity, rules
from cases.forms.base import StepForm
from cases.models import Custodian, Municipality, Person, PostalCode, Protection

# The languages a family's letter can be asked for in (ISO 639); Swedish is the legal text.
LANGUAGES = (
    ("sv", "Svenska"),
    ("en", "Engelska"),
    ("ar", "Arabiska"),
    ("prs", "Dari"),
    ("fi", "Finska"),
    ("kmr", "Kurmandji"),
    ("fa", "Persiska"),
    ("pl", "Polska"),
    ("so", "Somaliska"),
    ("ckb", "Sorani"),
    ("ti", "Tigrinska"),
    ("uk", "Ukrainska"),
)
# What whoever may not read a protected identity may still see of it.
OPEN_FIELDS = ("language", "needs_interpreter", "protection", "municipality")
ADDRESS = ("street", "postal_code", "locality")


class PersonalNumberField(forms.CharField):
    """A personnummer or samordningsnummer however it was typed; gives twelve digits or ""."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return identity.parse_personal_number(text, on=timezone.localdate()).digits
        except identity.InvalidNumber as fault:
            raise forms.ValidationError(str(fault)) from None


class PhoneField(forms.CharField):
    """A phone number that reaches a person; gives E.164 or ""."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return identity.normal_phone(text) if text else ""
        except identity.InvalidNumber as fault:
            raise forms.ValidationError(str(fault)) from None


class PostalCodeField(forms.CharField):
    """A Swedish postal code; gives five digits or ""."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return identity.normal_postal_code(text) if text else ""
        except identity.InvalidNumber as fault:
            raise forms.ValidationError(str(fault)) from None


class ContactForm(StepForm):
    """What a young person and a custodian have in common."""

    name = forms.CharField(label="Namn", max_length=120, required=False)
    personal_number = PersonalNumberField(
        label="Personnummer eller samordningsnummer",
        required=False,
        help_text="Lämna tomt om det är okänt. Hitta aldrig på ett nummer.",
    )
    protection = forms.TypedChoiceField(
        label="Skyddade personuppgifter",
        choices=Protection.choices,
        coerce=Protection,
        widget=forms.RadioSelect,
        help_text="Vid skyddade personuppgifter sparas ingen adress.",
    )
    phone = PhoneField(label="Telefon", required=False)
    street = forms.CharField(label="Gatuadress", max_length=80, required=False)
    postal_code = PostalCodeField(label="Postnummer", required=False)
    locality = forms.CharField(
        label="Postort",
        max_length=60,
        required=False,
        help_text="Fylls i från postnumret om fältet är tomt.",
    )
    language = forms.ChoiceField(label="Språk", choices=LANGUAGES, initial="sv")
    needs_interpreter = forms.BooleanField(label="Behöver tolk", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("protection") == Protection.PROTECTED:
            data |= dict.fromkeys(ADDRESS, "")
        if data.get("postal_code") and not data.get("locality"):
            places = PostalCode.objects.filter(postal_code=data["postal_code"])
            data["locality"] = next((place.locality for place in places), "")
        return data

    def facts(self) -> dict[str, Any]:
        return {}

    def fill(self, row: models.Model, names: tuple[str, ...]) -> None:
        for name in names:
            setattr(row, name, self.cleaned_data[name])


CONTACT = (
    *("name", "personal_number", "protection", "phone"),
    *ADDRESS,
    *("language", "needs_interpreter"),
)


class PersonForm(ContactForm):
    """Correct who the young person is. A number gives the birth date; else an estimate will do."""

    intro = "Rätta det som är fel. Händelserna visar vem som rättade och när."
    paragraph = "SoL 14:6; dataskyddsförordningen artikel 16"
    consequences = ("Åldersgruppen räknas om efter den dag som ärendet gäller.",)
    groups = (
        (
            "Vem",
            "Utan nummer räcker födelsedatum eller uppskattad ålder.",
            ("name", "personal_number", "birth_date", "estimated_age", "identified_by"),
        ),
        ("Skydd", "", ("protection",)),
        (
            "Kontakt",
            "",
            ("phone", *ADDRESS, "municipality", "school", "language", "needs_interpreter"),
        ),
    )

    birth_date = forms.DateField(
        label="Födelsedatum",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    estimated_age = forms.IntegerField(
        label="Uppskattad ålder", required=False, min_value=5, max_value=30
    )
    identified_by = forms.CharField(
        label="Hur identiteten är kontrollerad", max_length=120, required=False
    )
    municipality = forms.ModelChoiceField(
        label="Hemkommun",
        queryset=Municipality.objects.all(),
        required=False,
        help_text="Är den okänd: kommunen där ungdomen vistas (SoL 29:4).",
    )
    school = forms.CharField(label="Skola", max_length=80, required=False)

    corrected: ClassVar[tuple[str, ...]] = (
        *CONTACT,
        *("birth_date", "estimated_age", "identified_by", "municipality", "school"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.is_masked = not access.may_read_identity(kwargs["by"], kwargs["case"])
        super().__init__(*args, **kwargs)

    def known(self) -> dict[str, Any]:
        person = self.case.person
        names = OPEN_FIELDS if self.is_masked else self.corrected
        known = {name: getattr(person, name) for name in names}
        if known.get("personal_number"):
            known["personal_number"] = identity.shown(known["personal_number"])
        if known.get("phone"):
            known["phone"] = identity.shown_phone(known["phone"])
        return known

    def clean_birth_date(self) -> str:
        born = self.cleaned_data["birth_date"]
        if born and born > timezone.localdate():
            raise forms.ValidationError("Födelsedatumet ligger i framtiden. Kontrollera årtalet.")
        return born.isoformat() if born else ""

    def clean_protection(self) -> Protection:
        chosen: Protection = self.cleaned_data["protection"]
        now = self.case.person.protection
        if self.is_masked and now == Protection.PROTECTED and chosen != now:
            raise forms.ValidationError("Bara en namngiven läsare kan ta bort skyddet.")
        return chosen

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("personal_number"):
            born = identity.parse_personal_number(
                data["personal_number"], on=timezone.localdate()
            ).birth_date
            data["birth_date"] = born.isoformat()
        if data.get("protection") == Protection.PROTECTED:
            data["school"] = ""
        if data.get("postal_code") and not data.get("municipality"):
            data["municipality"] = _only_municipality(data["postal_code"])
        return data

    def facts(self) -> dict[str, Any]:
        day = self.case.day
        return {"age_class": rules.age_class_on(self._corrected().age_on(day), on=day)}

    def records(self) -> list[models.Model]:
        return [self._corrected()]

    def _corrected(self) -> Person:
        person = copy(self.case.person)
        erased = () if self.cleaned_data["protection"] != Protection.PROTECTED else (
            *ADDRESS, "school",
        )  # fmt: skip
        kept = {
            name
            for name in self.corrected
            if self.is_masked and name not in erased and self.cleaned_data[name] in ("", None)
        }
        self.fill(person, tuple(name for name in self.corrected if name not in kept))
        return person


def _only_municipality(postal_code: str) -> Municipality | None:
    """The municipality of a postal code; None where the code lies in several or in none."""
    places = PostalCode.objects.filter(postal_code=postal_code).select_related("municipality")
    found = {place.municipality for place in places}
    return found.pop() if len(found) == 1 else None


class CustodianForm(ContactForm):
    """One more custodian: one row each, also for one who lives elsewhere."""

    intro = "Lägg till en vårdnadshavare i taget. Kontrollera vårdnaden i folkbokföringen."
    paragraph = "FB 6 kap."
    consequences = (
        "Vårdnadshavaren får egna brev. Två som bor isär får aldrig se varandras uppgifter.",
        "Den som inte får informeras får inga brev och kallas inte.",
    )
    groups = (
        ("Vem", "", ("name", "relation", "personal_number", "protection", "is_barred")),
        (
            "Kontakt",
            "",
            ("phone", "lives_with_youth", *ADDRESS, "language", "needs_interpreter"),
        ),
    )

    name = forms.CharField(label="Namn", max_length=120)
    relation = forms.TypedChoiceField(
        label="Relation till ungdomen",
        choices=Custodian.Relation.choices,
        coerce=Custodian.Relation,
        widget=forms.RadioSelect,
    )
    lives_with_youth = forms.BooleanField(
        label="Bor med ungdomen",
        required=False,
        initial=True,
        help_text="Ungdomens adress används om ingen annan skrivs.",
    )
    is_barred = forms.BooleanField(
        label="Får inte informeras",
        required=False,
        help_text="Kontaktförbud eller annat skydd (OSL 12:3).",
    )

    def known(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        custodian = Custodian(person=self.case.person)
        self.fill(custodian, (*CONTACT, "relation", "lives_with_youth", "is_barred"))
        if self._shares_address():
            for name in ADDRESS:
                setattr(custodian, name, getattr(self.case.person, name))
        return [custodian]

    def _shares_address(self) -> bool:
        data = self.cleaned_data
        return (
            data["lives_with_youth"]
            and not data["street"]
            and data["protection"] != Protection.PROTECTED
        )
