"""One youth on the form of the field: the card, with up to two custodians on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from cases import identity, rules
from cases.forms.fields import answer, choice, line
from cases.forms.people import (
    ADDRESS,
    LANGUAGES,
    PersonalNumberField,
    PhoneField,
    PostalCodeField,
)
from cases.identity import AgeClass
from cases.models import Custodian, Person, PostalCode, Protection, YouthCase
from cases.models.codes import Category, Intoxication

# A glance is enough to begin with; who is older does not belong to the target group.
AGE_GROUPS = (AgeClass.UNDER_15, AgeClass.FROM_15_TO_17, AgeClass.FROM_18_TO_19)

MOST_CUSTODIANS = 2
CUSTODIAN = ("name", "relation", "phone", "lives_with_youth", "street", "postal_code", "protection")


@dataclass(frozen=True)
class Part:
    """Fields that are drawn together; the first stand open, the others under their heading."""

    heading: str
    fields: list[forms.BoundField]
    is_open: bool


def parts_of(form: forms.Form, *parts: tuple[str, tuple[str, ...]]) -> list[Part]:
    """The fields of `form` in parts: (heading, names)."""
    drawn = [(heading, [form[n] for n in names if n in form.fields]) for heading, names in parts]
    return [
        Part(heading, fields, not heading or any(map(_wants_to_be_seen, fields)))
        for heading, fields in drawn
    ]


def _wants_to_be_seen(field: forms.BoundField) -> bool:
    """Is something wrong in the field, or was something typed that the page did not suggest?"""
    if not field.form.is_bound:
        return field.name in field.form.initial and _differs(field, field.form.fields[field.name])
    return bool(field.errors) or field.name in field.form.changed_data


def _differs(field: forms.BoundField, of: forms.Field) -> bool:
    suggested: dict[str, Any] = getattr(field.form, "suggested", {})
    return of.has_changed(suggested.get(field.name, of.initial), field.initial)


def custodian_fields(number: int) -> dict[str, forms.Field]:
    """The fields of one custodian on the card."""
    fields: dict[str, forms.Field] = {
        "name": line("Namn", required=False),
        "relation": choice(
            Custodian.Relation, "Relation", required=False, initial=Custodian.Relation.PARENT
        ),
        "phone": PhoneField(label="Telefon", required=False),
        "lives_with_youth": answer("Bor med ungdomen", initial=True),
        "street": line("Gatuadress", most=80, required=False, help_text="Bara om den är en annan."),
        "postal_code": PostalCodeField(label="Postnummer", required=False),
        "protection": forms.TypedChoiceField(
            label="Skyddade personuppgifter",
            choices=[("", "Som ungdomen"), *Protection.choices],
            coerce=Protection,
            empty_value="",
            required=False,
        ),
    }
    return {f"custodian_{number}_{name}": field for name, field in fields.items()}


class YouthForm(forms.Form):
    """One card: two taps, the category and the age, are needed. The rest can come later."""

    category = choice(
        Category,
        "Kategori",
        says={Category.A: "A berusad", Category.B: "B bär alkohol", Category.C: "C i sällskap"},
        help_text="C: med någon som bär alkohol, bara under 18 år.",
        error_messages={"required": "Välj kategori A, B eller C."},
    )
    age_group = choice(
        AgeClass,
        "Ålder",
        only=AGE_GROUPS,
        says={AgeClass.UNDER_15: "Under 15", AgeClass.FROM_15_TO_17: "15–17",
              AgeClass.FROM_18_TO_19: "18–19"},
        required=False,
    )  # fmt: skip
    personal_number = PersonalNumberField(
        label="Personnummer",
        required=False,
        help_text="Tio eller tolv siffror. Hitta aldrig på ett nummer.",
    )
    birth_date = forms.DateField(
        label="Födelsedatum",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    estimated_age = forms.IntegerField(
        label="Uppskattad ålder",
        required=False,
        min_value=5,
        max_value=30,
        help_text="Bara om födelsedatumet också är okänt.",
    )
    name = line("Namn", required=False)
    intoxication = choice(Intoxication, "Påverkan", required=False)
    protection = choice(
        Protection,
        "Skyddade personuppgifter",
        initial=Protection.UNKNOWN,
        error_messages={"required": "Välj om ungdomen har skyddade personuppgifter."},
    )
    phone = PhoneField(label="Ungdomens telefon", required=False)
    street = line(
        "Gatuadress",
        most=80,
        required=False,
        help_text="Sparas inte vid skyddade personuppgifter.",
    )
    postal_code = PostalCodeField(label="Postnummer", required=False)
    language = forms.ChoiceField(label="Språk", choices=LANGUAGES, initial="sv")
    needs_interpreter = answer("Behöver tolk")

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        self.on = on
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_CUSTODIANS + 1):
            self.fields |= custodian_fields(number)

    def parts(self) -> list[Part]:
        custodians = [
            (f"Vårdnadshavare {number}", tuple(custodian_fields(number)))
            for number in range(1, MOST_CUSTODIANS + 1)
        ]
        return parts_of(
            self,
            ("", ("category", "age_group", "personal_number", "name")),
            ("Numret är okänt", ("birth_date", "estimated_age")),
            *custodians,
            (
                "Påverkan, skydd, telefon och adress",
                (
                    "intoxication",
                    "protection",
                    "phone",
                    "street",
                    "postal_code",
                    "language",
                    "needs_interpreter",
                ),
            ),
            *([("Ta bort", ("DELETE",))] if "DELETE" in self.fields else []),
        )

    def clean_birth_date(self) -> date | None:
        born: date | None = self.cleaned_data["birth_date"]
        if born and born > timezone.localdate():
            raise forms.ValidationError("Födelsedatumet ligger i framtiden. Kontrollera årtalet.")
        return born

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("personal_number"):
            number = identity.parse_personal_number(
                data["personal_number"], on=timezone.localdate()
            )
            data["birth_date"] = number.birth_date
        # A field that is wrong has been told so already.
        if not {"personal_number", "birth_date", "estimated_age"} & set(self.errors):
            self._check_age(data)
        return data

    def _check_age(self, data: dict[str, Any]) -> None:
        born: date | None = data.get("birth_date")
        age = identity.age_on(born, self.on) if born else data.get("estimated_age")
        field = next(
            (n for n in ("personal_number", "birth_date", "estimated_age") if data.get(n)),
            "personal_number",
        )
        seen: AgeClass | str = data.get("age_group") or ""
        group = seen if age is None and seen else rules.age_class_on(age, on=self.on)
        if group == AgeClass.UNKNOWN:
            self.add_error("age_group", "Välj åldersgrupp, eller skriv personnummer.")
        elif group == AgeClass.FROM_20:
            self.add_error(
                field,
                f"Åldern blir {age} år. Modellen gäller den som inte har fyllt 20: "
                "kontrollera numret, annars registreras inget ärende.",
            )
        elif group == AgeClass.FROM_18_TO_19 and data.get("category") == Category.C:
            self.add_error(
                "category",
                "Kategori C gäller bara under 18 år. Välj A eller B, eller rätta åldern.",
            )

    # The rows --------------------------------------------------------------------------------

    def person(self) -> Person:
        """The unsaved person. A protected identity is stored without address."""
        data = self.cleaned_data
        born: date | None = data["birth_date"]
        names = ("name", "personal_number", "protection", "phone", "language", "needs_interpreter")
        person = Person(
            birth_date=born.isoformat() if born else "",
            estimated_age=None if born else data["estimated_age"],
            estimated_group=data["age_group"],
            **{name: data[name] for name in names},
        )
        if person.protection != Protection.PROTECTED:
            places = _places(data["postal_code"])
            person.street, person.postal_code = data["street"], data["postal_code"]
            person.locality = places[0].locality if places else ""
            homes = {place.municipality_id for place in places}
            # A code in several municipalities is for somebody to choose, not for us to guess.
            person.municipality_id = homes.pop() if len(homes) == 1 else None
        return person

    def case(self) -> YouthCase:
        return YouthCase(
            category=self.cleaned_data["category"], intoxication=self.cleaned_data["intoxication"]
        )

    def custodians(self, person: Person) -> Iterator[Custodian]:
        """The unsaved custodians that have a name or a number."""
        for number in range(1, MOST_CUSTODIANS + 1):
            data = {name: self.cleaned_data[f"custodian_{number}_{name}"] for name in CUSTODIAN}
            if data["name"] or data["phone"]:
                yield _custodian(person, data)


def _custodian(person: Person, data: dict[str, Any]) -> Custodian:
    custodian = Custodian(
        person=person,
        name=data["name"],
        relation=data["relation"] or Custodian.Relation.PARENT,
        phone=data["phone"],
        lives_with_youth=data["lives_with_youth"],
        protection=data["protection"] or person.protection,
        language=person.language,
    )
    shares = data["lives_with_youth"]
    # The address of a home is as hidden as the most hidden person in it.
    if Protection.PROTECTED in (custodian.protection, person.protection if shares else ""):
        return custodian
    if data["street"] or data["postal_code"]:
        places = _places(data["postal_code"])
        custodian.street, custodian.postal_code = data["street"], data["postal_code"]
        custodian.locality = places[0].locality if places else ""
    elif shares:
        for name in ADDRESS:
            setattr(custodian, name, getattr(person, name))
    return custodian


def _places(postal_code: str) -> list[PostalCode]:
    return list(PostalCode.objects.filter(postal_code=postal_code)) if postal_code else []
