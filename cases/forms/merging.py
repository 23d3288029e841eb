"""Two cases have become one: whose name, number and address is kept is chosen on the one left.

The choice is a correction of the person like any other, journaled in the case that it concerns. The
row of the merged case stays as it is, so that the merger can be taken back.
"""

from typing import Any

from django import forms

from cases import access, identity, merged
from cases.forms.people import ADDRESS
from cases.models import Protection, User, YouthCase

FROM = "from_"
# What is chosen as one: the field that the question stands at, and its columns.
COLUMNS = {
    "name": ("name",),
    "personal_number": ("personal_number", "birth_date"),
    "street": ADDRESS,
    "phone": ("phone",),
    "school": ("school",),
}
SHOWN = {"personal_number": identity.shown, "phone": identity.shown_phone}
# The number of a merged case -> its columns.
Offer = dict[str, dict[str, Any]]


def offered(case: YouthCase, *, by: User) -> dict[str, Offer]:
    """By field, what the cases that have gone into this one say otherwise, where `by` may read."""
    found: dict[str, Offer] = {}
    for other in merged.cases_in(case):
        if not access.may_read_identity(by, other):
            continue
        for name, columns in COLUMNS.items():
            theirs = {column: getattr(other.person, column) for column in columns}
            mine = {column: getattr(case.person, column) for column in columns}
            if theirs[name] and theirs != mine:
                found.setdefault(name, {})[other.reference] = theirs
    return found


def question(label: str, offer: Offer, *, name: str) -> forms.ChoiceField:
    """Which of them is kept; unanswered it is what stands in the field."""
    show = SHOWN.get(name, str)
    theirs = [(number, f"{show(columns[name])} ({number})") for number, columns in offer.items()]
    return forms.ChoiceField(
        label=f"{label}: vad ska behållas efter sammanföringen?",
        choices=[("", "Det som står i fältet"), *theirs],
        widget=forms.RadioSelect,
        required=False,
    )


def chosen(offers: dict[str, Offer], data: dict[str, Any]) -> dict[str, Any]:
    """The columns that were chosen from a merged case; a hidden identity has no address."""
    is_hidden = data.get("protection") == Protection.PROTECTED
    kept: dict[str, Any] = {}
    for name, offer in offers.items():
        number = data.get(FROM + name)
        if number and not (is_hidden and name in ("street", "school")):
            kept |= offer[number]
    return kept
