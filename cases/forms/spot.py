"""The steps on the spot: the alcohol, the question where it came from, the calls, the hand-over."""

from datetime import datetime
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone

from cases import access, identity
from cases.forms.base import MomentField, StepForm
from cases.forms.fields import answer, choice, line, words
from cases.forms.people import PhoneField
from cases.identity import AgeClass
from cases.models import AlcoholSeizure, Custodian, CustodianContact, SupplyTip, YouthCase
from cases.models.codes import Custody, Outcome, SupplyAnswer
from cases.models.youth_conditions import TO_CUSTODIAN

Drink, Measure, Ground = AlcoholSeizure.Drink, AlcoholSeizure.Measure, AlcoholSeizure.Ground
Relation, Result = SupplyTip.Relation, CustodianContact.Result
SOMEBODY_ELSE = "other"


class SpotForm(StepForm):
    """A step whose moment matters: now unless said otherwise, never before the stop."""

    case: YouthCase

    def known(self) -> dict[str, Any]:
        return super().known() | {"at": timezone.now()}

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        started = timezone.localtime(self.case.opened_at)
        # The page shows whole minutes.
        if at < started.replace(second=0, microsecond=0):
            raise forms.ValidationError(
                f"Ingripandet började {started:%Y-%m-%d %H:%M}. Ange en tid efter det."
            )
        return max(at, started)


# The alcohol ----------------------------------------------------------------------------------


class RecordSeizure(SpotForm):
    """One kind of drink at a time, and what was done with it."""

    intro = "En rad för varje sorts dryck. Den som är köpt till begår inget brott."
    paragraph = "Alkohollagen 12 kap. 1 §; lagen (1958:205) 1 §; LOB 8 §"
    consequences = ("Beslutet står i ditt namn, med tiden och grunden.",)

    drink = choice(Drink, "Dryck")
    amount = forms.IntegerField(
        label="Antal", min_value=1, max_value=500, initial=1, help_text="Burkar eller flaskor."
    )
    size_cl = forms.IntegerField(
        label="Storlek i centiliter",
        min_value=1,
        max_value=5000,
        help_text="Burk 33 eller 50, vinflaska 75, helflaska sprit 70.",
    )
    is_opened = answer("Öppnad")
    measure = choice(Measure, "Åtgärd", initial=Measure.FORFEITED)
    ground = choice(
        Ground, "Grund", only=[g for g in Ground if g != Ground.NONE], initial=Ground.ALCOHOL_ACT
    )
    at = MomentField(label="När beslutet fattades")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        taken = data.get("measure") != Measure.NONE
        adult = self.case.age_class == AgeClass.FROM_18_TO_19
        if taken and adult and data.get("drink") == Drink.FOLKOL:
            self.add_error(
                "measure",
                "Folköl får köpas från 18 år (alkohollagen 3 kap. 7 §). Välj ingen åtgärd.",
            )
        if taken and data.get("ground") == Ground.LOB and self.case.custody != Custody.LOB:
            self.add_error(
                "ground", "Grunden gäller bara den som är omhändertagen enligt LOB. Välj en annan."
            )
        return data

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        taken = data["measure"] != Measure.NONE
        seizure = AlcoholSeizure(
            youth_case=self.case,
            drink=data["drink"],
            volume_cl=data["amount"] * data["size_cl"],
            is_opened=data["is_opened"],
            measure=data["measure"],
            ground=data["ground"] if taken else Ground.NONE,
            decided_at=data["at"],
            decided_by=self.by,
        )
        return [seizure]


class AnswerSupply(StepForm):
    """Where the alcohol came from; clues are kept even from somebody who will not tell."""

    case: YouthCase
    not_facts = StepForm.not_facts | {"relation", "price", "platform", "phone", "vehicle",
                                      "description", "crime_report"}  # fmt: skip
    intro = "Fråga varifrån alkoholen kom. ”Vet ej” och ”vill ej svara” är också svar."
    paragraph = "Alkohollagen 11 kap. 7 och 11 §§"
    consequences = (
        "Uppgiften om langaren sparas för sig, skild från ungdomens ärende.",
        "Ungdomen går fri från ansvar för att någon har köpt ut.",
    )
    groups = (
        ("Svaret", "", ("supply_answer",)),
        (
            "Langaren",
            "Fyll i det som är känt, även om ungdomen inte svarar.",
            ("relation", "price", "platform", "phone", "vehicle", "description", "crime_report"),
        ),
    )
    CLUES = ("price", "platform", "phone", "vehicle", "description", "crime_report")

    supply_answer = choice(SupplyAnswer, "Ungdomens svar")
    relation = choice(Relation, "Vem alkoholen kom från", required=False)
    price = line("Pris", most=40, required=False)
    platform = line("App eller användarnamn", required=False)
    phone = PhoneField(label="Langarens telefon", required=False)
    vehicle = line("Fordon", required=False, help_text="Märke, färg eller registreringsnummer.")
    description = words("Beskrivning", rows=3, required=False)
    crime_report = line("Brottsanmälans nummer", most=20, required=False)

    def known(self) -> dict[str, Any]:
        return {"supply_answer": self.case.supply_answer}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("supply_answer") == SupplyAnswer.TOLD and not data.get("relation"):
            self.add_error("relation", "Välj vem alkoholen kom från. Okänt går också att välja.")
        return data

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        clues = {name: data[name] for name in self.CLUES}
        if not data["relation"] and not any(clues.values()):
            return []
        tip = SupplyTip(
            organisation=self.case.organisation,
            incident=self.case.incident,
            relation=data["relation"] or Relation.UNKNOWN,
            registered_at=timezone.now(),
            **clues,
        )
        return [tip]


# The calls ------------------------------------------------------------------------------------


class RecordContact(SpotForm):
    """One attempt to reach one custodian, also the one that nobody answered."""

    intro = "Logga varje försök, också när ingen svarar. Be vårdnadshavaren hämta."
    paragraph = "Polislagen 12 §; för den som fyllt 18 bara med samtycke (OSL 12:2)"
    consequences = (
        "Klockan för kontakt stannar när någon har svarat.",
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
    note = words("Anteckning", rows=2, required=False)
    field_order = ("custodian", "phone", "at", "result")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = self.case.person.custodians.filter(is_barred=False)
        self.custodians = {str(custodian.pk): custodian for custodian in told}
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

    def known(self) -> dict[str, Any]:
        return {"at": timezone.now()}

    def _next_to_call(self) -> str:
        """Whoever has been called the fewest times."""
        called = [str(contact.custodian_id) for contact in self.case.contacts.all()]
        return min(self.custodians, key=called.count, default=SOMEBODY_ELSE)

    def _label(self, custodian: Custodian) -> str:
        """Relation, name and number; the relation alone to whoever may not read the rest."""
        relation = custodian.get_relation_display()
        own = self.by.pk in (self.case.author_id, self.case.owner_id)
        hidden = custodian.is_protected and not own
        if hidden or not access.may_read_identity(self.by, self.case):
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
        names = ("phone", "at", "result", "expected_at", "leave_for_other_adult", "note")
        contact = CustodianContact(
            youth_case=self.case,
            custodian=self.custodians.get(data["custodian"]),
            made_by=self.by,
            **{name: data[name] for name in names},
        )
        return [contact]


# The end of the stop --------------------------------------------------------------------------

HINTS = {
    Outcome.COLLECTED: "kontrollera legitimation",
    Outcome.DRIVEN_HOME: "kontrollera legitimation vid dörren",
    Outcome.OTHER_ADULT: "medgivandet ska stå bland samtalen",
    Outcome.DUTY_TEAM: "när ingen vårdnadshavare nås, vill eller kan",
    Outcome.NO_DUTY_TEAM: "skriv vad ni gjorde i stället",
    Outcome.HOSPITAL: "skriv vilket sjukhus",
    Outcome.LOB: "längst åtta timmar",
}
# At 18 custody ends (FB 6:2): the words are other than a child's.
OF_AGE = {Outcome.OTHER_ADULT: "Hämtad av någon som ungdomen själv valde"}
NOBODY_TOOK_OVER = (Outcome.RELEASED, Outcome.NO_DUTY_TEAM)


def outcomes(case: YouthCase) -> list[Outcome]:
    """How the stop may end, by age and by the ground of a custody."""
    possible: list[Outcome]
    if case.is_minor:
        possible = [each for each in Outcome if each != Outcome.RELEASED]
    else:
        possible = [Outcome.RELEASED, Outcome.OTHER_ADULT, Outcome.HOSPITAL, Outcome.LOB]
        if case.consents_to_contact:
            possible += TO_CUSTODIAN
    if case.custody == Custody.PL_12:
        possible = [each for each in possible if each != Outcome.OTHER_ADULT]
    if case.custody in (Custody.NONE, Custody.PL_12):
        possible = [each for each in possible if each != Outcome.LOB]
    return possible


class HandOver(SpotForm):
    """To whom the youth was handed over, or how the stop ended otherwise."""

    intro = "Lämna bara över till någon som är nykter och kan ta hand om ungdomen."
    paragraph = "Polislagen 12, 13 och 16 §§; LOB 7 §"
    consequences = ("Ingripandet på plats är slut. Sedan avrapporterar du.",)
    groups = (("", "", ("outcome", "handed_over_to", "id_checked", "at")),)

    handed_over_to = line(
        "Till vem?", required=False, help_text="Namn och relation, eller enhet och sjukhus."
    )
    id_checked = answer("Mottagarens identitet är kontrollerad")
    at = MomentField(label="När")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = outcomes(self.case)
        says = {
            each: f"{self._words(each)} – {HINTS[each]}" if each in HINTS else self._words(each)
            for each in possible
        }
        self.fields["outcome"] = choice(
            Outcome,
            "Hur slutade ingripandet?",
            only=possible,
            says=says,
            initial=Outcome.RELEASED if Outcome.RELEASED in possible else None,
            error_messages={"required": "Välj hur ingripandet slutade."},
        )
        self.order_fields(("outcome", "handed_over_to", "id_checked", "at"))

    def _words(self, outcome: Outcome) -> str:
        return str(outcome.label if self.case.is_minor else OF_AGE.get(outcome, outcome.label))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        outcome = data.get("outcome")
        if not outcome:
            return data
        if outcome not in NOBODY_TOOK_OVER and not data.get("handed_over_to"):
            self.add_error("handed_over_to", "Skriv vem som tog emot ungdomen.")
        if outcome in (*TO_CUSTODIAN, Outcome.OTHER_ADULT) and not data.get("id_checked"):
            self.add_error("id_checked", "Kontrollera mottagarens identitet och kryssa i rutan.")
        return data
