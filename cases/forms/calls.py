"""The calls from the spot: to the custodians, one tap an attempt, and to the duty team."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone

from cases import duty, identity, ladder
from cases.forms.base import MomentField
from cases.forms.fields import answer, choice, line, words
from cases.forms.people import LANGUAGES, PhoneField
from cases.forms.spot import SpotForm
from cases.models import Custodian, CustodianContact, DutyContact, YouthCase

Result = CustodianContact.Result
SOMEBODY_ELSE = "other"
# What is said in nearly every call, as one tap: the result, and in how many minutes.
TAPS = (
    ("will_collect:15", "Hämtar inom 15 min"),
    ("will_collect:30", "Hämtar inom 30 min"),
    ("will_collect:60", "Hämtar inom en timme"),
    ("no_answer", "Svarade inte"),
    ("cannot_collect", "Kan inte hämta"),
    ("refuses", "Vill inte hämta"),
    ("wrong_number", "Fel nummer"),
)
LONGEST_WAIT = 12 * 60


@dataclass(frozen=True)
class Step:
    """One custodian on the ladder as the page draws it."""

    who: str
    relation: str
    phone: str
    shown_phone: str
    calls: tuple[CustodianContact, ...]
    taps: tuple[tuple[str, str], ...]
    is_next: bool


class RecordContact(SpotForm):
    """One attempt to reach one custodian, also the one that nobody answered."""

    intro = "Ett tryck loggar försöket, också när ingen svarar. Be vårdnadshavaren hämta."
    paragraph = "Polislagen 12 §; för den som fyllt 18 bara med samtycke (OSL 12:2)"
    consequences = (
        "Klockan för kontakt stannar när någon har svarat.",
        "Nästa försök föreslås här tills någon hämtar.",
        "Tre försök eller två nummer utan svar öppnar vägen till socialjouren.",
    )

    phone = PhoneField(
        label="Annat nummer",
        required=False,
        help_text="Bara om du ringde ett annat nummer än det som står ovan.",
    )
    at = MomentField(label="När du ringde")
    result = choice(Result, "Resultat")
    expected_at = forms.DateTimeField(
        label="Hämtar klockan",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    leave_for_other_adult = line(
        "Får någon annan vuxen hämta?",
        required=False,
        help_text="Skriv vem vårdnadshavaren har sagt ja till.",
    )
    language = forms.ChoiceField(label="Språk", choices=LANGUAGES, required=False)
    by_interpreter = answer("Genom tolk")
    note = words("Anteckning", rows=2, required=False)
    drawn_above = "_ladder.html"
    folds = "Annat nummer, medgivande eller anteckning"
    field_order = ("custodian", "phone", "at", "result")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ladder = ladder.ladder(self.case, at=timezone.now())
        family = self.case.person.custodians_on(timezone.localdate())
        self.custodians = {str(each.pk): each for each in family if not each.is_barred}
        choices = [(key, self._label(each)) for key, each in self.custodians.items()]
        self.fields["custodian"] = forms.ChoiceField(
            label="Vem du ringde",
            choices=[*choices, (SOMEBODY_ELSE, "Någon som inte är registrerad än")],
            initial=self._next_to_call(),
            widget=forms.RadioSelect,
            error_messages={"required": "Välj vem du ringde."},
        )
        self.order_fields(self.field_order)
        if not self.custodians:
            self.fields["phone"].label, self.fields["phone"].help_text = "Nummer", ""
        if self.is_bound and self.data.get("one_tap"):
            self._press(self.data["one_tap"])

    def _press(self, tap: str) -> None:
        """A tap says who and what; now is when. Judged like anything typed."""
        custodian, _, said = tap.partition(":")
        result, _, minutes = said.partition(":")
        now, expected = timezone.localtime(), ""
        if minutes.isdecimal():
            later = now + timedelta(minutes=min(int(minutes), LONGEST_WAIT))
            expected = f"{later:%Y-%m-%dT%H:%M}"
        self.press(
            custodian=custodian,
            result=result,
            phone="",
            at=f"{now:%Y-%m-%dT%H:%M}",
            expected_at=expected,
        )

    def rungs(self) -> list[Step]:
        """The custodians as cards to press, the one to call next first."""
        suggested = self.ladder.suggested
        ordered = sorted(self.ladder.rungs, key=lambda rung: rung is not suggested)
        return [self._card(rung, is_next=rung is suggested) for rung in ordered]

    def _card(self, rung: ladder.Rung, *, is_next: bool) -> Step:
        key, hidden = str(rung.custodian.pk), self.hides(rung.custodian)
        return Step(
            who=rung.custodian.get_relation_display()
            if hidden
            else rung.custodian.name or rung.custodian.get_relation_display(),
            relation="" if hidden else rung.custodian.get_relation_display(),
            phone="" if hidden or not rung.custodian.phone else rung.custodian.phone,
            shown_phone=""
            if hidden or not rung.custodian.phone
            else identity.shown_phone(rung.custodian.phone),
            calls=rung.calls,
            taps=tuple((f"{key}:{said}", label) for said, label in TAPS)
            if rung.custodian.phone
            else (),
            is_next=is_next,
        )

    def then(self, case: YouthCase) -> str:
        """After a call that nobody answered comes the next; after a promise, the hand-over."""
        promised = self.cleaned_data["result"] == Result.WILL_COLLECT
        return "" if promised or case.state == "handed_over" else "record_contact"

    def known(self) -> dict[str, Any]:
        return {"at": timezone.now()}

    def _next_to_call(self) -> str:
        """Whoever the ladder suggests; else whoever has been called the fewest times."""
        if self.ladder.suggested:
            return str(self.ladder.suggested.custodian.pk)
        called = [str(contact.custodian_id) for contact in self.case.contacts.all()]
        return min(self.custodians, key=called.count, default=SOMEBODY_ELSE)

    def _label(self, custodian: Custodian) -> str:
        """Relation, name and number; the relation alone to whoever may not read the rest."""
        relation = custodian.get_relation_display()
        if self.hides(custodian):
            return f"{relation} (skyddade uppgifter)"
        phone = identity.shown_phone(custodian.phone) if custodian.phone else "inget nummer"
        return f"{custodian.name or relation} ({relation.lower()}), {phone}"

    def clean_expected_at(self) -> datetime | None:
        expected: datetime | None = self.cleaned_data["expected_at"]
        at = self.cleaned_data.get("at")
        if expected and at and expected < at:
            raise forms.ValidationError("Ange en tid efter samtalet.")
        return expected

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        called = self.custodians.get(data.get("custodian", ""))
        if "phone" in data and not data["phone"]:
            data["phone"] = called.phone if called else ""
            if not data["phone"]:
                self.add_error("phone", "Skriv numret du ringde.")
        reached = data.get("result") in CustodianContact.REACHED
        if data.get("leave_for_other_adult") and not reached:
            self.add_error(
                "leave_for_other_adult", "Bara den som svarade kan säga ja. Ändra resultatet."
            )
        return data

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        called = self.custodians.get(data["custodian"])
        names = ("phone", "at", "result", "expected_at", "leave_for_other_adult", "by_interpreter",
                 "note")  # fmt: skip
        contact = CustodianContact(
            youth_case=self.case,
            custodian=called,
            made_by=self.by,
            language=data["language"] or (called.language if called else ""),
            **{name: data[name] for name in names},
        )
        return [contact]


class RecordDutyContact(SpotForm):
    """A call to the duty team: with whom, and what they decided."""

    paragraph = "Polislagen 12 §; SoL 29:1"
    consequences = (
        "Tar jouren över lämnar du ungdomen till dem.",
        "Har ingen jour öppet blir det ett utfall för sig, och räknas.",
    )

    result = choice(DutyContact.Result, "Resultat")
    spoke_with = line("Vem du talade med", required=False)
    decision = words("Vad de beslutade", rows=2, required=False)
    phone = PhoneField(label="Nummer", required=False)
    at = MomentField(label="När du ringde")

    @property
    def intro(self) -> str:  # type: ignore[override]
        place, now = self.case.incident.municipality, timezone.now()
        team = duty.open_team(place.pk, now)
        if team:
            return f"{team.team} har öppet till {team.closes:%H:%M}, {team.phone}."
        later = duty.next_open(place.pk, now)
        if later is None:
            task = duty.Task.DUTY_TEAM
            named = duty.responsible(place.pk, task, on=timezone.localdate(now))
            if named and named.task == task and named.phone:
                return f"{named.name}, {named.phone}. När de har öppet står inte här."
            return f"{place} har ingen jourkalender här. Fråga ledningscentralen. Vid fara: 112."
        opens = f"{timezone.localtime(later[0]):%Y-%m-%d %H:%M}"
        return f"Ingen jour har öppet nu. {later[1].team} öppnar {opens}. Vid fara: 112."

    def known(self) -> dict[str, Any]:
        team = duty.open_team(self.case.incident.municipality_id, timezone.now())
        return {"at": timezone.now(), "phone": team.phone if team else ""}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        talked = data.get("result") in (DutyContact.Result.TAKES_OVER, DutyContact.Result.ADVISES)
        if talked and not data.get("spoke_with"):
            self.add_error("spoke_with", "Skriv namnet på den du talade med.")
        if talked and not data.get("decision"):
            self.add_error("decision", "Skriv vad jouren beslutade.")
        return data

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        names = ("result", "spoke_with", "decision", "phone", "at")
        return [
            DutyContact(
                youth_case=self.case, made_by=self.by, **{name: data[name] for name in names}
            )
        ]

    def then(self, case: YouthCase) -> str:
        """Whoever takes over is handed the youth; nobody on duty is an end of its own."""
        settled = self.cleaned_data["result"] != DutyContact.Result.ADVISES
        return "hand_over" if settled and case.state != "handed_over" else ""
