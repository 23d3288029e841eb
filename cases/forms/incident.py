"""The form of the field: one stop, and a card for each youth.

Little is demanded at once: when, what kind of place, and for each youth the category and an age.
Everything else can come later, as steps in the case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.forms.renderers import get_default_renderer
from django.utils import timezone

from cases import passes, rules
from cases.forms.base import MomentField
from cases.forms.fields import answer, choice, line, register_number, words
from cases.forms.youth import Part, YouthForm, parts_of
from cases.models import (
    Custodian,
    Incident,
    Municipality,
    PatrolPass,
    Person,
    User,
    YouthCase,
)
from cases.models.codes import Occasion
from cases.models.incidents import FoundBy, PlaceType

MOST_YOUTHS = 8
# Older than this a date is likelier a slip than a late registration.
OLDEST = timedelta(days=31)


def night_of(moment: datetime) -> date:
    """The day a night belongs to: the one of the evening it began on."""
    return (timezone.localtime(moment) - timedelta(hours=6)).date()


def occasion_on(moment: datetime) -> Occasion:
    """The occasion that the calendar suggests; the officer knows better."""
    day = night_of(moment)
    if (day.month, day.day) == (4, 30):
        return Occasion.VALBORG
    if (day.month, day.day) in ((12, 12), (12, 13)):
        return Occasion.LUCIA
    # Midsummer Eve is the Friday between 19 and 25 June.
    if day.month == 6 and (day.weekday(), day.day) in [(4, n) for n in range(19, 26)]:
        return Occasion.MIDSUMMER
    is_free = not all(map(rules.is_weekday, (day, day + timedelta(days=1))))
    return Occasion.WEEKEND if is_free else Occasion.WEEKDAY


class SentOnce(forms.Form):
    """A form made with an id: the same page sent twice is one registration."""

    request_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, by: User | None, **kwargs: Any) -> None:
        """`by` is None only for the empty form that a phone keeps: it knows nobody and no time."""
        self.by = by
        self.suggested = self.known(by) if by else {}
        typed_before = kwargs.get("initial") or {}
        kwargs["initial"] = {"request_id": uuid4() if by else None} | self.suggested | typed_before
        super().__init__(*args, **kwargs)

    def known(self, by: User) -> dict[str, Any]:
        return {}

    def parts(self) -> list[Part]:
        return []

    def clean_request_id(self) -> UUID:
        sent: UUID = self.cleaned_data["request_id"] or uuid4()
        return sent


class IncidentForm(SentOnce):
    """When, where, and who took part."""

    started_at = MomentField(
        label="När", error_messages={"required": "Ange när det hände.",
                                     "invalid": "Skriv dag och tid, som 2026-11-23 22:40."}
    )  # fmt: skip
    place_type = choice(
        PlaceType,
        "Typ av plats",
        widget=forms.RadioSelect,
        error_messages={"required": "Välj en typ av plats."},
    )
    place = line("Var", required=False, help_text="Gata, park eller det platsen kallas.")
    patrol_pass = forms.ModelChoiceField(
        label="Insats",
        queryset=PatrolPass.objects.none(),
        required=False,
        empty_label="Ingen insats",
    )
    occasion = choice(Occasion, "Tillfälle")
    municipality = forms.ModelChoiceField(
        label="Kommun",
        queryset=Municipality.objects.all(),
        error_messages={"required": "Välj kommunen där det hände."},
    )
    found_by = choice(FoundBy, "Hur ungdomen anträffades", initial=FoundBy.PATROL)
    call_sign = register_number("Anropssignal", most=20, like="32-4210", required=False)
    participants = line(
        "Vilka som deltog", most=400, required=False, help_text="Polislagen 27 §: alla som var med."
    )
    guards_present = answer("Ordningsvakter var på plats")
    field_workers_present = answer("Fältare var på plats")
    circumstances = words(
        "Vad som hände",
        required=False,
        help_text="Gemensamt för alla ungdomar i händelsen och står i varje anmälan: skriv inga "
        "namn och inget om en enskild familj. Det hör till ungdomens eget ärende.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.by:
            unit, now = self.by.organisation, timezone.now()
            nearby = passes.choosable(unit, at=now)
            if self.is_bound:
                # What lay on a phone for a day or two belongs to the night that it tells of.
                nearby |= passes.choosable(unit, at=self._sent_moment() or now)
            self.fields["patrol_pass"].queryset = nearby  # type: ignore[attr-defined]
        self.fields["place"].widget.attrs["list"] = "platser"

    def known(self, by: User) -> dict[str, Any]:
        """Now, the pass that the officer is out on, and where it was last."""
        now, unit = timezone.now(), by.organisation
        self.out_on = passes.current(by, at=now)
        last = self.last = passes.last_stop(by, self.out_on, at=now)
        return {
            "started_at": now,
            "patrol_pass": self.out_on.pk if self.out_on else None,
            "place_type": last.place_type if last else None,
            "place": last.place if last else "",
            "call_sign": last.call_sign if last and last.author_id == by.pk else "",
            "occasion": self.out_on.occasion if self.out_on else occasion_on(now),
            "municipality": self.out_on.municipality_id if self.out_on else unit.municipality_id,
            "participants": by.name,
        }

    def _sent_moment(self) -> datetime | None:
        """When the stop was, read before the form is judged; None when it cannot have been then."""
        try:
            moment: datetime | None = self.fields["started_at"].clean(self.data.get("started_at"))
        except forms.ValidationError:
            return None
        is_near = moment is not None and abs(timezone.now() - moment) <= OLDEST
        return moment if is_near else None

    def places(self) -> list[str]:
        """Suggestions for where it was: the places of the pass."""
        return passes.places(self.out_on) if self.by else []

    def parts(self) -> list[Part]:
        return parts_of(
            self,
            ("", ("place_type", "place", "started_at")),
            (
                "Mer om händelsen",
                (
                    "patrol_pass",
                    "occasion",
                    "municipality",
                    "found_by",
                    "call_sign",
                    "participants",
                    "guards_present",
                    "field_workers_present",
                    "circumstances",
                ),
            ),
        )

    def clean_started_at(self) -> datetime:
        started: datetime = self.cleaned_data["started_at"]
        if started < timezone.now() - OLDEST:
            raise forms.ValidationError(
                "Tiden ligger mer än en månad tillbaka. Kontrollera datumet."
            )
        return started

    def day(self) -> date:
        """The Swedish day of the stop; today as long as the time is not right."""
        started = getattr(self, "cleaned_data", {}).get("started_at")
        return timezone.localdate(started)

    def incident(self) -> Incident:
        """The unsaved stop. The page's own id is its key, so it can be stored once only."""
        data = dict(self.cleaned_data)
        return Incident(id=data.pop("request_id"), **data)


# What belongs to one stop and not to the evening.
OF_THE_STOP = frozenset({"started_at", "place_type", "place"})


def suggestions(by: User) -> dict[str, Any]:
    """What the empty form suggests for `by` at the next stops, for a phone to fill in by itself.

    `values` by name as a browser would send them, the `places` and the `passes` to choose from, and
    the `last` stop of the shift with its time: the phone may know of a later one.
    """
    form = IncidentForm(by=by)
    lasting = form.suggested.keys() - OF_THE_STOP
    if not form.out_on:
        lasting -= {"occasion"}
    values = {name: form[name].value() for name in lasting}
    nearby = form.fields["patrol_pass"].queryset  # type: ignore[attr-defined]
    return {
        "values": {name: str(value) for name, value in values.items() if value not in (None, "")},
        "places": form.places(),
        "last": _stop_for_a_phone(form.last),
        "passes": [[str(each.pk), str(each)] for each in nearby],
    }


def _stop_for_a_phone(stop: Incident | None) -> dict[str, Any] | None:
    if stop is None:
        return None
    # Milliseconds, as a browser counts.
    at = round(stop.started_at.timestamp() * 1000)
    return {"place": stop.place, "place_type": stop.place_type, "at": at}


def occasions_ahead(now: datetime, *, nights: int) -> dict[str, str]:
    """The occasion that the calendar suggests for this night and the next, by the day it began."""
    evenings = (now + timedelta(days=day) for day in range(nights))
    return {f"{night_of(evening)}": str(occasion_on(evening)) for evening in evenings}


@dataclass(frozen=True)
class Youth:
    """The unsaved rows of one card."""

    person: Person
    case: YouthCase
    custodians: list[Custodian]


class YouthFormSet(forms.BaseFormSet[YouthForm]):
    """The cards. An empty one, added by mistake, counts for nothing."""

    form = YouthForm
    min_num, max_num = 1, MOST_YOUTHS
    absolute_max = MOST_YOUTHS
    validate_min = validate_max = True
    can_delete = can_delete_extra = True
    can_order = edit_only = False

    default_error_messages = {"too_few_forms": "Fyll i minst en ungdom."}

    def __init__(
        self,
        data: Any = None,
        *,
        on: date,
        number: int = 1,
        initial: list[dict[str, Any]] | None = None,
    ) -> None:
        """As many cards as were sent; else `number` of them, on a stop of the day `on`."""
        self.extra = number - self.min_num
        self.renderer = get_default_renderer()
        super().__init__(data, initial=initial, form_kwargs={"on": on})

    @classmethod
    def get_default_prefix(cls) -> str:
        return "youth"

    def initial_form_count(self) -> int:
        """None: what was typed before is no more than a start."""
        return 0

    def add_fields(self, form: YouthForm, index: int | None) -> None:
        super().add_fields(form, index)
        # The blank that more cards are copied from (no index) is never the only one.
        if self.total_form_count() == 1 and index is not None:
            del form.fields["DELETE"]
        else:
            form.fields["DELETE"].label = "Ta bort den här ungdomen"

    def filled(self) -> list[YouthForm]:
        """The cards that somebody has written on and not thrown away."""
        gone = self.deleted_forms
        return [form for form in self.forms if form.has_changed() and form not in gone]

    def clean(self) -> None:
        numbers = [form.cleaned_data.get("personal_number") for form in self.filled()]
        known = [number for number in numbers if number]
        if len(known) > len(set(known)):
            raise forms.ValidationError("Två ungdomar har samma personnummer. Rätta den ena.")

    def youths(self) -> Iterator[Youth]:
        for form in self.filled():
            person = form.person()
            yield Youth(person, form.case(), list(form.custodians(person)))


def typed(form: forms.BaseForm) -> dict[str, Any]:
    """What a form was sent, unjudged: the starting values of the same form drawn again."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }


def one_more(youths: YouthFormSet, *, on: date) -> YouthFormSet:
    """The same cards with everything typed kept and nothing judged, and an empty one."""
    kept = [values for values in map(typed, youths.forms) if not values.pop("DELETE", False)]
    number = min(len(kept) + 1, MOST_YOUTHS)
    return YouthFormSet(initial=[*kept, {}], on=on, number=number)
