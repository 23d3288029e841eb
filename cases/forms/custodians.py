"""The custodians: one more, a correction, who may not be told, and the end of custody.

The same forms in both authorities, each about its own rows. No row is ever removed: a letter or a
call may name it. What whoever takes the step may not read is not shown, and an empty field keeps
what is on record.
"""

from copy import copy
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db import models
from django.utils import timezone

from cases import access
from cases.forms.base import ReasonForm, StepForm
from cases.forms.people import ADDRESS, CONTACT, ContactForm
from cases.models import Custodian, Protection
from cases.models.moves import AnyCase

# The steps about one custodian who is on record: a page links to them beside the name.
ABOUT_ONE = {
    "correct_custodian": "Rätta",
    "bar_custodian": "Ändra vem som får informeras",
    "end_custody": "Inte längre vårdnadshavare",
}
NOBODY_MEANT = "Välj vårdnadshavaren i ärendet, under Personer."


class CustodianForm(ContactForm):
    """One more custodian: one row each, also for one who lives elsewhere."""

    intro = "Lägg till en vårdnadshavare i taget. Kontrollera vårdnaden i folkbokföringen."
    paragraph = "FB 6 kap."
    consequences: tuple[str, ...] = (
        "Vårdnadshavaren får egna brev. Två som bor isär får aldrig se varandras uppgifter.",
        "Den som inte får informeras får inga brev och kallas inte.",
    )
    groups: ClassVar[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
        ("Vem", "", ("name", "relation", "personal_number", "protection", "is_barred")),
        (
            "Kontakt",
            "",
            ("phone", "lives_with_youth", *ADDRESS, "language", "needs_interpreter"),
        ),
    )
    written: ClassVar[tuple[str, ...]] = (*CONTACT, "relation", "lives_with_youth", "is_barred")

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

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        hidden = self.case.person.protection == Protection.PROTECTED
        if hidden and data.get("lives_with_youth") and any(data.get(name) for name in ADDRESS):
            self.add_error(
                "street",
                "Ungdomen har skyddade personuppgifter, så adressen till hemmet sparas inte. "
                "Töm adressen, eller ändra att de bor ihop.",
            )
        return data

    def records(self) -> list[models.Model]:
        return [self.fill_in(Custodian(person=self.case.person), self.written)]

    def fill_in(self, custodian: Custodian, names: tuple[str, ...]) -> Custodian:
        """The row with the answers in it; whoever lives with the youth has the youth's address."""
        self.fill(custodian, names)
        shares = custodian.lives_with_youth and custodian.protection != Protection.PROTECTED
        if shares and not custodian.street:
            for name in ADDRESS:
                setattr(custodian, name, getattr(self.case.person, name))
        return custodian


class AboutCustodian(StepForm):
    """A step about one custodian who is on record: `about` says which, in the page's address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.custodian = custodian_of(kwargs["case"], kwargs.get("about"))
        super().__init__(*args, **kwargs)
        if self.custodian is None:
            self.fields = {"request_id": self.fields["request_id"]}
            self.intro = NOBODY_MEANT
        else:
            self.intro = f"{who_is(self.custodian, self.case, by=self.by)}. {self.intro}"

    def known(self) -> dict[str, Any]:
        return {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.custodian is None:
            raise forms.ValidationError(NOBODY_MEANT)
        return data

    def facts(self) -> dict[str, Any]:
        return {}

    def changed(self) -> Custodian:
        """An unsaved copy of the row, to write the answers in."""
        if self.custodian is None:
            raise ValueError(NOBODY_MEANT)
        return copy(self.custodian)


def custodian_of(case: AnyCase, about: UUID | None) -> Custodian | None:
    """The custodian in this case that is asked for; else the only one there is."""
    rows = list(case.person.custodians.all())
    if about is None:
        return rows[0] if len(rows) == 1 else None
    return next((row for row in rows if row.pk == about), None)


def who_is(custodian: Custodian, case: AnyCase, *, by: Any) -> str:
    """Relation and name; the relation alone for whoever may not read the rest."""
    relation = custodian.get_relation_display()
    if not custodian.name or not access.may_read_custodian(by, case, custodian):
        return relation
    return f"{relation}: {custodian.name}"


class CorrectCustodian(AboutCustodian, CustodianForm):
    """Correct what is on record about a custodian, also with whom the youth lives."""

    intro = "Rätta det som är fel. Händelserna visar vem som rättade och när."
    paragraph = "FB 6 kap.; dataskyddsförordningen artikel 16"
    consequences = (
        "Brev som redan är gjorda ändras inte.",
        "Två som bor isär får aldrig se varandras uppgifter.",
    )
    open_fields = ("language", "needs_interpreter", "protection", "relation", "lives_with_youth")
    written: ClassVar[tuple[str, ...]] = (*CONTACT, "relation", "lives_with_youth")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("is_barred", None)
        if self.is_masked:
            self.fields["name"].required = False

    def known(self) -> dict[str, Any]:
        if self.custodian is None:
            return {}
        self.is_masked = not access.may_read_custodian(self.by, self.case, self.custodian)
        is_named = access.is_named_reader(self.by, self.case.person)
        is_secret = self.custodian.lives_with_youth and self.case.person.home_is_secret
        self.hides_home = is_secret and not is_named
        return self.shown(self.custodian, self.written)

    def standing(self) -> dict[str, Any]:
        """The step writes the custodian's row, not the case's."""
        if self.custodian is None:
            return {}
        return {name: getattr(self.custodian, name) for name in self.written}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.custodian:
            self.keep_hidden(self.custodian, data, self.written)
        return data

    def clean_protection(self) -> Protection:
        chosen: Protection = self.cleaned_data["protection"]
        now = self.custodian.protection if self.custodian else chosen
        if self.is_masked and now == Protection.PROTECTED and chosen != now:
            raise forms.ValidationError("Bara en namngiven läsare kan ta bort skyddet.")
        return chosen

    def records(self) -> list[models.Model]:
        custodian, answers = self.changed(), self.cleaned_data
        untouched = (custodian.street, custodian.postal_code)
        moves = custodian.lives_with_youth != answers["lives_with_youth"]
        hidden = answers["protection"] == Protection.PROTECTED
        # An address that nobody touched belongs to the home that was left.
        typed = (answers["street"], answers["postal_code"])
        if hidden or (moves and typed in (untouched, ("", ""))):
            for name in ADDRESS:
                setattr(custodian, name, "")
                answers[name] = ""
        return [self.fill_in(custodian, self.written)]


class BarCustodian(AboutCustodian, ReasonForm):
    """Say that a custodian may not be told anything, or may be again; always with the reason."""

    intro = "Vid kontaktförbud, våld eller annat skydd får vårdnadshavaren inte veta något."
    paragraph = "OSL 12:3"
    consequences = (
        "Den som inte får informeras får inga brev, rings inte och kallas inte.",
        "Brev som redan är gjorda ändras inte.",
    )
    field_order = ("is_barred", "reason")

    is_barred = forms.TypedChoiceField(
        label="Får vårdnadshavaren informeras?",
        choices=[("True", "Nej, får inte informeras"), ("False", "Ja, får informeras")],
        coerce=lambda answer: answer == "True",
        widget=forms.RadioSelect,
    )

    def known(self) -> dict[str, Any]:
        return {"is_barred": str(self.custodian.is_barred)} if self.custodian else {}

    def standing(self) -> dict[str, Any]:
        return {"is_barred": self.custodian.is_barred} if self.custodian else {}

    def records(self) -> list[models.Model]:
        custodian = self.changed()
        custodian.is_barred = self.cleaned_data["is_barred"]
        return [custodian]


class EndCustody(AboutCustodian, ReasonForm):
    """Somebody is a custodian no longer, or never was: from a day, with the reason."""

    intro = "Kontrollera vårdnaden i folkbokföringen eller i domen innan du antecknar."
    paragraph = "FB 6 kap."
    consequences = (
        "Från den dagen går inga brev och inga kallelser till den personen.",
        "Uppgiften tas inte bort: tidigare samtal och brev står kvar.",
    )
    field_order = ("custody_ended_on", "reason")

    custody_ended_on = forms.DateField(
        label="Inte vårdnadshavare från och med",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Blev fel person registrerad: ange dagen för ingripandet.",
    )

    def known(self) -> dict[str, Any]:
        ended = self.custodian.custody_ended_on if self.custodian else None
        return {"custody_ended_on": ended or timezone.localdate()}

    def standing(self) -> dict[str, Any]:
        return {"custody_ended_on": self.custodian.custody_ended_on} if self.custodian else {}

    def clean_custody_ended_on(self) -> date:
        day: date = self.cleaned_data["custody_ended_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Dagen ligger i framtiden. Anteckna det när den har varit.")
        return day

    def records(self) -> list[models.Model]:
        custodian = self.changed()
        custodian.custody_ended_on = self.cleaned_data["custody_ended_on"]
        return [custodian]


CUSTODIAN_FORMS: dict[str, type[StepForm]] = {
    "add_custodian": CustodianForm,
    "correct_custodian": CorrectCustodian,
    "bar_custodian": BarCustodian,
    "end_custody": EndCustody,
}
