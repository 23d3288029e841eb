"""The ground on which a youth was taken care of: its criteria as explicit choices, guidance beside.

Nothing is chosen from the start. Who may be taken care of, and for how long, is the law's; the
clock of each ground is a rule (`cases.rules`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone

from cases import rules
from cases.forms.base import MomentField, StepForm
from cases.forms.fields import choice, line, words
from cases.models import YouthCase
from cases.models.codes import Custody

FACTS = (
    "custody_at",
    "custody_decided_by",
    "custody_criteria",
    "reason_told_at",
    "superior_reviewed_at",
)
# PL 12 § and LUL 14 § are about children only.
FOR_MINORS_ONLY = (Custody.PL_12, Custody.LUL)


class Criterion(models.TextChoices):
    """What each ground asks for, in the words that go on record."""

    # PL 12 §
    OBVIOUS = "obvious", "Risken är uppenbar"
    IMMINENT = "imminent", "Risken är överhängande"
    SERIOUS = "serious", "Risken är allvarlig för hälsan eller utvecklingen"
    VICTIM = "victim", "Ungdomen kan utsättas för brott"
    CRIME = "crime", "Ungdomen kan dras in i brott"
    HARM = "harm", "Ungdomen kan skadas av annat destruktivt beteende"
    # PL 13 §
    DISTURBS = "disturbs", "Stör den allmänna ordningen eller är en omedelbar fara för den"
    AVERTS = "averts", "Behövs för att avvärja en straffbelagd gärning"
    NOT_ENOUGH = "not_enough", "Att avvisa eller avlägsna räcker inte"
    # LOB 1 §
    DRUNK = "drunk", "Påverkad av alkohol eller annat berusningsmedel"
    NO_CARE = "no_care", "Kan inte ta hand om sig själv"
    DANGER = "danger", "Är en fara för sig själv eller någon annan"
    NOT_AT_HOME = "not_at_home", "Anträffades inte i en bostad"
    # LUL 14 §
    SUSPECTED = "suspected", "Misstänks för ett brott"
    TO_HAND_OVER = "to_hand_over", "Behövs för att lämna över till en vuxen som tar ansvar"


C = Criterion


@dataclass(frozen=True)
class Ground:
    """One legal ground: all of these, one of those, and what to think of."""

    demanded: frozenset[Criterion]
    one_of: frozenset[Criterion]
    guidance: str
    fault: str

    def holds(self, ticked: set[Criterion]) -> bool:
        return ticked >= self.demanded and bool(not self.one_of or ticked & self.one_of)


GROUNDS = {
    Custody.PL_12: Ground(
        frozenset({C.OBVIOUS, C.IMMINENT, C.SERIOUS}),
        frozenset({C.VICTIM, C.CRIME, C.HARM}),
        "Bara akuta lägen, inte attityd eller allmän oro (JO). De tre första ska alla stämma, och "
        "minst en av de andra. Lämna skyndsamt till vårdnadshavare eller socialnämnd, ingen annan. "
        "Den som inte har fyllt 15 får inte tas i förvar (17 a §).",
        "Polislagen 12 § kräver en uppenbar, överhängande och allvarlig risk. "
        "Kryssa i det och vad risken gäller, eller välj en annan grund.",
    ),
    Custody.PL_13: Ground(
        frozenset({C.NOT_ENOUGH}),
        frozenset({C.DISTURBS, C.AVERTS}),
        "Den som är under 18 lämnas till förälder, annan vårdnadshavare, socialtjänst eller annan "
        "lämplig vuxen (16 §). Berätta skälet så snart som möjligt, anmäl genast till förmannen.",
        "Polislagen 13 § kräver att det stör ordningen eller avvärjer ett brott, och att det inte "
        "räcker att avvisa eller avlägsna. Kryssa i det, eller välj en annan grund.",
    ),
    Custody.LOB: Ground(
        frozenset({C.DRUNK, C.NOT_AT_HOME}),
        frozenset({C.NO_CARE, C.DANGER}),
        "Medvetslös, skallskada, nedkyld, kräks eller tecken på diabetes: 112 först. Läkare om det "
        "behövs, fortlöpande tillsyn. Avstå om en anhörig tar över tryggt. Kopia av protokollet "
        "till socialnämnden senast nästa vardag.",
        "LOB 1 § kräver att den berusade inte kan ta hand om sig själv eller är en fara, och inte "
        "är i en bostad. Kryssa i det, eller välj en annan grund.",
    ),
    Custody.LUL: Ground(
        frozenset({C.SUSPECTED, C.TO_HAND_OVER}),
        frozenset(),
        "Bara den som misstänks för brott, till exempel en 17-åring som langat. Att dricka eller "
        "bära alkohol är inget brott. Vårdnadshavare och socialnämnd underrättas genast (5–6 §§).",
        "LUL 14 § gäller bara den som misstänks för ett brott. Kryssa i det, eller välj en annan "
        "grund.",
    ),
}
OFFERED = {
    ground: [each for each in Criterion if each in about.demanded | about.one_of]
    for ground, about in GROUNDS.items()
}


def worded(criteria: list[str], text: str) -> str:
    """Criteria and free text as the sentences that go on record, one a line."""
    labels = [criterion.label for criterion in Criterion if criterion.value in criteria]
    return "\n".join([*labels, text] if text else labels)


def split_criteria(recorded: str) -> tuple[list[str], str]:
    """The way back from `worded`: the codes that were ticked, and the rest."""
    by_label = {criterion.label: criterion.value for criterion in Criterion}
    lines = recorded.splitlines()
    ticked = [by_label[text] for text in lines if text in by_label]
    return ticked, "\n".join(text for text in lines if text not in by_label)


class TakeIntoCustody(StepForm):
    """Ground, criteria, decision and review; or that the youth was not taken care of after all."""

    case: YouthCase
    on_the_spot = True
    not_facts = StepForm.not_facts | {f"criteria_{ground}" for ground in GROUNDS}
    intro = "Välj grunden. Då visas vad den kräver, och klockan börjar löpa från beslutet."
    paragraph = "Polislagen 12, 13, 15–17 a §§; LOB; LUL 14 §"
    consequences = ("Uppgifterna går att ändra tills du har avrapporterat.",)

    custody = choice(Custody, "Grund")
    custody_at = MomentField(label="När beslutet fattades", required=False)
    custody_decided_by = line("Vem som beslutade", required=False)
    custody_criteria = words("Vad som talade för beslutet", rows=3, required=False)
    reason_told_at = MomentField(
        label="När ungdomen fick veta skälet",
        required=False,
        help_text="Så snart som möjligt (polislagen 17 §).",
    )
    superior_reviewed_at = MomentField(
        label="När förmannen prövade beslutet",
        required=False,
        help_text="Anmäl genast till förmannen (polislagen 15 §).",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = [g for g in GROUNDS if self.case.is_minor or g not in FOR_MINORS_ONLY]
        book = rules.rulebook(self.case.day)
        hours = {ground: book[f"custody_{ground}"].value for ground in grounds}
        self.fields["custody"] = choice(
            Custody,
            "Grund",
            only=[Custody.NONE, *grounds],
            says={ground: f"{ground.label} · {hours[ground]} timmar" for ground in grounds},
        )
        for ground in grounds:
            self.fields[f"criteria_{ground}"] = forms.MultipleChoiceField(
                label=f"Kriterier enligt {ground.label[0].lower() + ground.label[1:]}"
                if ground.label.startswith("Polis")
                else f"Kriterier enligt {ground.label}",
                choices=[(each.value, each.label) for each in OFFERED[ground]],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=GROUNDS[ground].guidance,
            )
        for name in (*(f"criteria_{ground}" for ground in grounds), "custody_at",
                     "custody_decided_by"):  # fmt: skip
            self.fields[name].waits = "krävs för grunden"  # type: ignore[attr-defined]
        self.order_fields(["custody", *(f"criteria_{ground}" for ground in grounds), *FACTS])

    def known(self) -> dict[str, Any]:
        ticked, rest = split_criteria(self.case.custody_criteria)
        known = super().known() | {
            "custody_criteria": rest,
            f"criteria_{self.case.custody}": ticked,
        }
        if self.case.custody == Custody.NONE:
            known |= {"custody": None, "custody_decided_by": self.by.name}
            known["custody_at"] = timezone.now()
        return known

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        ground = data.get("custody")
        if ground in GROUNDS:
            ticked = {Criterion(code) for code in data.get(f"criteria_{ground}", ())}
            if not GROUNDS[ground].holds(ticked):
                self.add_error(f"criteria_{ground}", GROUNDS[ground].fault)
            self._check_order(data)
        return data

    def _check_order(self, data: dict[str, Any]) -> None:
        decided: datetime | None = data.get("custody_at")
        if decided is None:
            return
        if decided < self.case.opened_at.replace(second=0, microsecond=0):
            self.add_error("custody_at", "Beslutet kan inte ligga före ingripandet.")
        for name in ("reason_told_at", "superior_reviewed_at"):
            if data.get(name) and data[name] < decided:
                self.add_error(name, "Tiden kan inte ligga före beslutet.")

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        ground = facts["custody"]
        if ground == Custody.NONE:
            return facts | {name: None if name.endswith("_at") else "" for name in FACTS}
        ticked = self.cleaned_data[f"criteria_{ground}"]
        return facts | {"custody_criteria": worded(ticked, facts["custody_criteria"])}
