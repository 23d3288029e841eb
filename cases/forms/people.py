"""Who the young person is: the same form in both authorities. The custodians: `custodians`.

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
from cases.models import Custodian, LegalSex, Municipality, Person, PostalCode, Protection

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

    # May the reader not read who it is; or not where the home is, since somebody hidden is there?
    is_masked = hides_home = False
    # What may still be seen of whoever may not be read.
    open_fields: ClassVar[tuple[str, ...]] = ()

    # A name and a number are typed in the street as often as at a desk.
    on_the_spot = True

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

    def hides_words(self) -> bool:
        """No: who may see what of a person is said by the form itself."""
        return False

    def shown(self, row: Person | Custodian, names: tuple[str, ...]) -> dict[str, Any]:
        """The row's columns as this reader may see them, numbers as people write them."""
        # The address of one is that of all who live there.
        hidden = ADDRESS if self.hides_home else ()
        names = self.open_fields if self.is_masked else names
        known = {name: getattr(row, name) for name in names if name not in hidden}
        if known.get("personal_number"):
            known["personal_number"] = identity.shown(known["personal_number"])
        if known.get("phone"):
            known["phone"] = identity.shown_phone(known["phone"])
        return known

    def tells(self) -> bool:
        return not (self.is_masked or self.hides_home)

    def keep_hidden(self, row: models.Model, data: dict[str, Any], names: tuple[str, ...]) -> None:
        """What whoever may not read it left empty stays, where a hidden identity may have it."""
        if not self.is_masked:
            names = ADDRESS if self.hides_home else ()
        is_hidden = data.get("protection") == Protection.PROTECTED
        erased = (*ADDRESS, "school") if is_hidden else ()
        for name in names:
            if name not in erased and data.get(name) in ("", None):
                data[name] = getattr(row, name)

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
            (
                "name",
                "personal_number",
                "birth_date",
                "estimated_age",
                "legal_sex",
                "identified_by",
            ),
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
    legal_sex = forms.ChoiceField(
        label="Juridiskt kön",
        choices=LegalSex.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text="Framgår av numret när det är känt.",
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

    open_fields = ("language", "needs_interpreter", "protection", "municipality")
    corrected: ClassVar[tuple[str, ...]] = (
        *CONTACT,
        *("birth_date", "estimated_age", "legal_sex", "identified_by", "municipality", "school"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        by, case = kwargs["by"], kwargs["case"]
        self.is_masked = not access.may_read_identity(by, case)
        is_named = access.is_named_reader(by, case.person)
        self.hides_home = case.person.home_is_secret and not is_named
        super().__init__(*args, **kwargs)

    def known(self) -> dict[str, Any]:
        return self.shown(self.case.person, self.corrected)

    def standing(self) -> dict[str, Any]:
        """The step writes the person's row, not the case's."""
        return {name: getattr(self.case.person, name) for name in self.corrected}

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
            data["birth_date"], data["legal_sex"] = born.isoformat(), ""
        if data.get("protection") == Protection.PROTECTED:
            data["school"] = ""
        if data.get("postal_code") and not data.get("municipality"):
            data["municipality"] = _only_municipality(data["postal_code"])
        self.keep_hidden(self.case.person, data, self.corrected)
        return data

    def facts(self) -> dict[str, Any]:
        day = self.case.day
        return {"age_class": rules.age_class_of(self._corrected(), on=day)}

    def records(self) -> list[models.Model]:
        rows: list[models.Model] = [self._corrected()]
        if self.cleaned_data["protection"] == Protection.PROTECTED:
            rows += _without_address(self.case.person)
        return rows

    def _corrected(self) -> Person:
        person = copy(self.case.person)
        self.fill(person, self.corrected)
        return person


def _without_address(person: Person) -> list[Custodian]:
    """Whoever lives with the youth has the youth's address: it goes with it."""
    rows = [row for row in person.custodians.all() if row.lives_with_youth and row.street]
    for row in rows:
        row.street = row.postal_code = row.locality = ""
    return rows


def _only_municipality(postal_code: str) -> Municipality | None:
    """The municipality of a postal code; None where the code lies in several or in none."""
    places = PostalCode.objects.filter(postal_code=postal_code).select_related("municipality")
    found = {place.municipality for place in places}
    return found.pop() if len(found) == 1 else None
