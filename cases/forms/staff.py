"""The forms of the user administration: somebody new, and another role or unit."""

from typing import Any

from django import forms

from cases import staffing
from cases.models import Organisation, Role, User


class PlaceForm(forms.Form):
    """In which unit of the authority, and as what."""

    organisation = forms.ModelChoiceField(label="Enhet", queryset=Organisation.objects.none())
    role = forms.ChoiceField(label="Roll")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Organisation.objects.filter(authority=by.organisation.authority)
        roles = staffing.roles_in(by.organisation)
        self.fields["organisation"] = forms.ModelChoiceField(
            label="Enhet", queryset=units, initial=by.organisation
        )
        self.fields["role"] = forms.ChoiceField(
            label="Roll",
            choices=[("", "Välj"), *((role.value, role.label) for role in roles)],
            help_text="Loggranskare och administratör godkänns av en andra person.",
        )


class NewUserForm(PlaceForm):
    """Somebody new; how they get in is another page's matter."""

    username = forms.RegexField(
        label="Användarnamn",
        regex=r"^[a-z0-9._-]{3,60}$",
        help_text="Det som inloggningen på arbetsplatsen heter: små bokstäver och siffror.",
        error_messages={"invalid": "Använd minst tre små bokstäver eller siffror, inga blanksteg."},
    )
    name = forms.CharField(label="Namn", max_length=80)
    title = forms.CharField(label="Titel", max_length=60, required=False)
    phone = forms.CharField(label="Telefon i tjänsten", max_length=30, required=False)
    field_order = ("name", "username", "title", "phone", "organisation", "role")

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError("Användarnamnet är upptaget. Välj ett annat.")
        return username

    def user(self) -> User:
        """The unsaved user."""
        given = self.cleaned_data
        return User(**{name: given[name] for name in self.field_order})


class RoleForm(PlaceForm):
    """Another place for somebody who is here."""

    def __init__(self, *args: Any, by: User, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"organisation": user.organisation, "role": Role(user.role)}
        super().__init__(*args, by=by, **kwargs)
