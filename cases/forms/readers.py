"""Naming somebody who may read a protected identity: in both authorities the same form."""

from typing import Any

from django import forms
from django.db import models

from cases import access, readers
from cases.forms.base import ReasonForm
from cases.models import Role, User

# Roles that never see a case, whatever they are named.
NO_CASES = (Role.COORDINATOR, Role.LOG_REVIEWER, Role.ADMINISTRATOR, Role.SERVICE)

ALONE = (
    "Du är ensam i enheten om att utse läsare. Utser du dig själv granskas det alltid av någon "
    "annan i logguppföljningen."
)


def asked_of(others: list[User]) -> str:
    """Whom to turn to, for somebody who needs to read: nobody names herself."""
    if not others:
        return ""
    names = " eller ".join(other.name for other in others)
    return f"Behöver du själv läsa? Be {names} utse dig."


class NameReaderForm(ReasonForm):
    """Who may read, and why just that person needs to."""

    intro = "Utse någon som får läsa ungdomens skyddade uppgifter. Utse så få som möjligt."
    paragraph = "OSL 21:3–3 a"
    consequences: tuple[str, ...] = (
        "Personen ser namn, nummer och adress i det här ärendet.",
        "Varje läsning syns i loggen.",
    )
    field_order = ("reader", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = User.objects.filter(organisation=self.case.organisation_id, is_active=True)
        others = list(readers.others_who_name(self.by))
        if others:
            there = there.exclude(pk=self.by.pk)
        else:
            self.consequences += (ALONE,)
        self.fields["reader"] = forms.ModelChoiceField(
            label="Läsare",
            help_text=asked_of(others),
            queryset=there.exclude(role__in=NO_CASES),
            empty_label="Välj",
        )
        self.order_fields(self.field_order)

    def clean_reader(self) -> User:
        chosen: User = self.cleaned_data["reader"]
        if access.is_named_reader(chosen, self.case.person):
            raise forms.ValidationError("Personen är redan utsedd.")
        return chosen

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        return [access.naming(self.cleaned_data["reader"], self.case.person)]
