"""The alcohol met with, the decision about it, and the question where it came from."""

import re
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils import timezone

from cases import rules
from cases.forms.base import MomentField, StepForm
from cases.forms.fields import answer, choice, line, register_number, words
from cases.forms.people import PhoneField
from cases.forms.spot import SpotForm
from cases.models import AlcoholSeizure, SupplyTip, YouthCase
from cases.models.codes import Custody, SupplyAnswer

Drink, Measure, Ground = AlcoholSeizure.Drink, AlcoholSeizure.Measure, AlcoholSeizure.Ground
Relation = SupplyTip.Relation
# What most cans and bottles hold.
SIZES = (33, 50, 70, 75)


class RecordSeizure(SpotForm):
    """One kind of drink at a time, what was done with it, and how the decision was served."""

    intro = "En rad för varje sorts dryck. Den som är köpt till begår inget brott."
    paragraph = "Alkohollagen 12 kap. 1 §; lagen (1958:205) 1 §; LOB 8 §; lag (2024:782) 3 kap."
    consequences: tuple[str, ...] = (
        "Beslutet står i ditt namn, med tiden och grunden.",
        "Från den dag beslutet är överlämnat löper tre veckor för missnöje.",
    )
    groups: ClassVar[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
        ("", "", ("drink", "size", "amount", "is_opened")),
        ("Åtgärd", "", ("measure", "ground", "served_how")),
        ("Mer om drycken", "Det som går att se.", ("size_cl", "strength", "value_sek", "origin")),
    )

    drink = choice(Drink, "Dryck")
    size = forms.TypedChoiceField(
        label="Storlek",
        choices=[(size, f"{size} cl") for size in SIZES],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    amount = forms.IntegerField(
        label="Antal", min_value=1, max_value=500, initial=1, help_text="Burkar eller flaskor."
    )
    size_cl = forms.IntegerField(
        label="Annan storlek i centiliter", min_value=1, max_value=5000, required=False
    )
    is_opened = answer("Öppnad")
    strength = forms.DecimalField(
        label="Styrka i volymprocent",
        min_value=0,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        required=False,
        help_text="Som det står på förpackningen.",
    )
    value_sek = forms.IntegerField(
        label="Värde i kronor", min_value=0, max_value=1_000_000, required=False
    )
    origin = choice(
        AlcoholSeizure.Origin,
        "Var det är köpt",
        initial=AlcoholSeizure.Origin.UNKNOWN,
        help_text="Etikett, kvitto eller påse.",
    )
    measure = choice(Measure, "Åtgärd", initial=Measure.FORFEITED)
    ground = choice(
        Ground, "Grund", only=[g for g in Ground if g != Ground.NONE], initial=Ground.ALCOHOL_ACT
    )
    served_how = choice(
        AlcoholSeizure.Service,
        "Hur beslutet lämnades över",
        required=False,
        help_text="Skriftligt (lag 2024:782 3 kap. 4–5 §§). Lämna tomt om det görs senare.",
    )
    at = MomentField(label="När beslutet fattades")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["size"].waits = "eller en annan, längre ner"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("size") and not data.get("size_cl") and "size_cl" not in self.errors:
            self.add_error("size", "Välj storlek, eller skriv en annan.")
        taken = data.get("measure") != Measure.NONE
        limit = rules.rule("age_folkol", on=self.case.day).value
        if taken and data.get("drink") == Drink.FOLKOL and self._is_of_age(limit):
            self.add_error(
                "measure",
                f"Folköl får köpas från {limit} år (alkohollagen 3 kap. 7 §). Välj ingen åtgärd.",
            )
        if taken and data.get("ground") == Ground.LOB and self.case.custody != Custody.LOB:
            self.add_error(
                "ground", "Grunden gäller bara den som är omhändertagen enligt LOB. Välj en annan."
            )
        self._check_forfeiture(data)
        return data

    def _is_of_age(self, limit: int) -> bool:
        """By the age in years; by what was seen at a glance where nobody knows it."""
        age = self.case.age_today(self.case.day)
        return not self.case.is_minor if age is None else age >= limit

    def _check_forfeiture(self, data: dict[str, Any]) -> None:
        if data.get("measure") != Measure.FORFEITED:
            if data.get("served_how"):
                self.add_error("served_how", "Bara ett förverkande lämnas över. Ändra åtgärden.")
            return
        limit = rules.rule("forfeiture_limit", on=self.case.day).value
        if (data.get("value_sek") or 0) > limit:
            self.add_error(
                "value_sek",
                f"Polisen får förverka till ett värde av högst {limit} kronor "
                "(lag 2024:782 3 kap. 4 §). Välj kvar i beslag.",
            )

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        taken = data["measure"] != Measure.NONE
        names = ("drink", "is_opened", "strength", "value_sek", "origin", "measure", "served_how")
        seizure = AlcoholSeizure(
            youth_case=self.case,
            volume_cl=data["amount"] * (data["size_cl"] or data["size"]),
            ground=data["ground"] if taken else Ground.NONE,
            decided_at=data["at"],
            decided_by=self.by,
            served_at=data["at"] if data["served_how"] else None,
            **{name: data[name] for name in names},
        )
        return [seizure]


class FollowForfeiture(SpotForm):
    """The decision reached whoever it is about, or somebody objected to it."""

    intro = "Beslutet ska överlämnas skriftligt. Missnöje ska komma inom tre veckor."
    paragraph = "Lag (2024:782) 3 kap. 4–5 §§"
    consequences = (
        "Tre veckor räknas från dagen då beslutet överlämnades.",
        "Kommer missnöje faller beslutet, och åklagaren avgör.",
    )

    served_how = choice(AlcoholSeizure.Service, "Hur beslutet lämnades över", required=False)
    at = MomentField(label="När beslutet lämnades över", required=False)
    objected_on = forms.DateField(
        label="Missnöje kom in",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Lämna tomt om ingen har sagt emot.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.case.seizures.filter(measure=Measure.FORFEITED).order_by("decided_at")
        self.forfeited = {str(row.pk): row for row in rows}
        self.fields["seizure"] = forms.ChoiceField(
            label="Vilket förverkande",
            choices=[(key, str(row)) for key, row in self.forfeited.items()],
            initial=next(iter(self.forfeited), None),
            widget=forms.RadioSelect,
        )
        self.order_fields(("seizure", "served_how", "at", "objected_on"))

    def clean_at(self) -> Any:
        return super().clean_at() if self.cleaned_data["at"] else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        row = self.forfeited.get(data.get("seizure", ""))
        if row is None:
            return data
        served = data.get("at") if data.get("served_how") else row.served_at
        if data.get("served_how") and not data.get("at") and "at" not in self.errors:
            self.add_error("at", "Ange när beslutet lämnades över.")
        objected: date | None = data.get("objected_on")
        if objected and (served is None or objected < timezone.localdate(served)):
            self.add_error("objected_on", "Missnöje kommer efter att beslutet har lämnats över.")
        elif objected and objected > timezone.localdate():
            self.add_error("objected_on", "Dagen ligger i framtiden.")
        if not data.get("served_how") and not objected:
            self.add_error("served_how", "Välj hur det lämnades över, eller ange missnöje.")
        return data

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        row = self.forfeited[data["seizure"]]
        if data["served_how"]:
            row.served_how, row.served_at = data["served_how"], data["at"]
        row.objected_on = data["objected_on"] or row.objected_on
        return [row]


def plain_nick(text: str) -> str:
    """One spelling of a user name: without @ and spaces, in small letters."""
    return re.sub(r"\s", "", text).lstrip("@").casefold()


def plain_plate(text: str) -> str:
    """One spelling of a registration number, Swedish or foreign: ABC123."""
    return re.sub(r"[^0-9A-ZÅÄÖ]", "", text.upper())


class AnswerSupply(StepForm):
    """Where the alcohol came from; clues are kept even from somebody who will not tell."""

    case: YouthCase
    on_the_spot = True
    CLUES = ("price", "platform", "nick", "phone", "plate", "vehicle", "description",
             "crime_report")  # fmt: skip
    not_facts = StepForm.not_facts | {"relation", *CLUES}
    paragraph = "Alkohollagen 11 kap. 7 och 11 §§"
    consequences = (
        "Uppgiften om langaren sparas för sig, skild från ungdomens ärende.",
        "Ungdomen går fri från ansvar för att någon har köpt ut.",
    )
    groups = (
        ("Svaret", "", ("supply_answer", "relation")),
        ("Langaren", "Fyll i det som är känt, även om ungdomen inte svarar.", CLUES),
    )
    # Whole answers: one tap each.
    taps = ((SupplyAnswer.DOES_NOT_KNOW.value, "Vet ej"), (SupplyAnswer.REFUSES.value, "Vill ej"))

    supply_answer = choice(SupplyAnswer, "Ungdomens svar")
    relation = choice(Relation, "Vem alkoholen kom från", required=False, widget=forms.RadioSelect)
    price = line("Pris", most=40, required=False)
    platform = line("App eller plattform", required=False)
    nick = line("Användarnamn", most=60, required=False)
    phone = PhoneField(label="Langarens telefon", required=False)
    plate = line("Registreringsnummer", most=12, required=False)
    vehicle = line("Fordon", required=False, help_text="Märke och färg.")
    description = words("Beskrivning", rows=3, required=False)
    crime_report = register_number(
        "Brottsanmälans nummer", most=20, like="5000-K123456-26", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get("one_tap"):
            self.press(supply_answer=self.data["one_tap"])

    @property
    def intro(self) -> str:  # type: ignore[override]
        said = "Fråga varifrån alkoholen kom. ”Vet ej” och ”vill ej svara” är också svar."
        if self.case.incident.supply_tips.exists():
            said += " Händelsen har redan en uppgift om langaren: skriv bara det som är nytt."
        return said

    def known(self) -> dict[str, Any]:
        return {"supply_answer": self.case.supply_answer}

    def clean_nick(self) -> str:
        return plain_nick(self.cleaned_data["nick"])

    def clean_plate(self) -> str:
        return plain_plate(self.cleaned_data["plate"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("supply_answer") == SupplyAnswer.TOLD and not data.get("relation"):
            self.add_error("relation", "Välj vem alkoholen kom från. Okänt går också att välja.")
        return data

    def facts(self) -> dict[str, Any]:
        """The answer; and the one thing about the source that is about this child's own family."""
        relation = self.cleaned_data["relation"]
        gave = relation == Relation.PARENT_GAVE if relation else self.case.supplied_by_custodian
        return super().facts() | {"supplied_by_custodian": gave}

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        clues = {name: data[name] for name in self.CLUES}
        if not data["relation"] and not any(clues.values()):
            return []
        reported = bool(data["crime_report"])
        tip = SupplyTip(
            organisation=self.case.organisation,
            incident=self.case.incident,
            relation=data["relation"] or Relation.UNKNOWN,
            status=SupplyTip.Status.REPORTED if reported else SupplyTip.Status.TIP,
            registered_at=timezone.now(),
            registered_by=self.by,
            **clues,
        )
        return [tip]
