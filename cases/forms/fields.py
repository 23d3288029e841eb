"""The fields that many forms share: a coded choice, and words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import TextChoices

from cases.models.fields import REGISTER_NUMBER

LONG = 4000
# More choices than this are a list to open instead of buttons to press.
MOST_BUTTONS = 8


def choice(
    codes: type[TextChoices],
    label: str,
    *,
    only: Iterable[TextChoices] | None = None,
    says: Mapping[Any, str] | None = None,
    **settings: Any,
) -> forms.TypedChoiceField:
    """A choice among coded answers, cleaned to the code itself.

    Args:
        only: the codes that can be chosen here; all of them when not given.
        says: other words than the code's own label, by code.
    """
    offered = list(codes) if only is None else [code for code in codes if code in set(only)]
    words: Mapping[Any, str] = says or {}
    pairs = [(code.value, words.get(code) or code.label) for code in offered]
    if "widget" not in settings:
        settings["widget"] = forms.RadioSelect if len(pairs) <= MOST_BUTTONS else forms.Select
    if settings["widget"] is forms.Select:
        pairs = [("", "Välj"), *pairs]
    return forms.TypedChoiceField(
        label=label, choices=pairs, coerce=codes, empty_value="", **settings
    )


def words(label: str, *, rows: int = 4, **settings: Any) -> forms.CharField:
    """Free text of some length."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=LONG, widget=area, **settings)


def line(label: str, *, most: int = 120, **settings: Any) -> forms.CharField:
    """One line of free text."""
    return forms.CharField(label=label, max_length=most, **settings)


def register_number(label: str, *, most: int = 40, like: str, **settings: Any) -> forms.RegexField:
    """The number of another register. It lies open in the database: no word fits in it."""
    invalid = f"Skriv bara numret, till exempel {like}. Namn och annan text får inte stå här."
    errors = {"invalid": invalid} | settings.pop("error_messages", {})
    return forms.RegexField(
        REGISTER_NUMBER, label=label, max_length=most, error_messages=errors, **settings
    )


def answer(label: str, **settings: Any) -> forms.BooleanField:
    """A box to tick; not ticked is an answer too."""
    return forms.BooleanField(label=label, required=False, **settings)
