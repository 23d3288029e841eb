"""What the officer writes down about one youth: seen, heard, feared, decided.

One form for the whole of it, showing only what the age makes possible. Nothing has to be complete
at once; what the next step needs, the machine asks for (`cases.models.youth_conditions`).
"""

from copy import copy
from datetime import datetime
from typing import Any

from django import forms
from django.db import models

from cases.forms.base import MomentField, StepForm
from cases.forms.fields import answer, choice, line, words
from cases.models import YouthCase
from cases.models.codes import Category, Custody, Harm, Intoxication, Told

BEFORE_REPORT = "Behövs innan du avrapporterar."
ABOUT_CONCERN = (
    "concern",
    "why_now",
    "is_in_danger",
    "special_considerations",
    "told_of_notice",
    "why_not_told",
    "harm_if_told",
)
ABOUT_CUSTODY = (
    "custody_at",
    "custody_decided_by",
    "custody_criteria",
    "reason_told_at",
    "superior_reviewed_at",
)
CONSENT = ("consents_to_contact", "consents_to_referral")
# PL 12 § and LUL 14 § are about children only.
FOR_MINORS_ONLY = (Custody.PL_12, Custody.LUL)


class Criterion(models.TextChoices):
    """What PL 12 § asks for: all of the first three, and what the risk is about."""

    OBVIOUS = "obvious", "Risken är uppenbar"
    IMMINENT = "imminent", "Risken är överhängande"
    SERIOUS = "serious", "Risken är allvarlig för hälsan eller utvecklingen"
    VICTIM = "victim", "Ungdomen kan utsättas för brott"
    CRIME = "crime", "Ungdomen kan dras in i brott"
    HARM = "harm", "Ungdomen kan skadas av annat destruktivt beteende"


DEMANDED = {Criterion.OBVIOUS, Criterion.IMMINENT, Criterion.SERIOUS}
ABOUT_WHAT = {Criterion.VICTIM, Criterion.CRIME, Criterion.HARM}


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


class CompleteRecord(StepForm):
    """Everything about one youth, in the order in which it happens."""

    case: YouthCase
    not_facts = StepForm.not_facts | {"criteria", "participants"}
    intro = (
        "Skriv vad du själv såg för sig och vad andra sade för sig. Det går att spara halvklart."
    )
    paragraph = "Polislagen 12, 15, 17 och 27 §§; SoL 19:1"
    consequences = (
        "Uppgifterna går att ändra tills du har avrapporterat.",
        "Händelserna visar vem som ändrade och när.",
    )
    groups = (
        (
            "Det du såg",
            "Bara egna iakttagelser.",
            ("category", "intoxication", "injuries", "observations"),
        ),
        (
            "Det andra sade",
            "Vem sade det, och när?",
            ("child_words", "hearsay", "custodian_reaction"),
        ),  # fmt: skip
        ("Oron", "Det här läser socialtjänsten först.", (*ABOUT_CONCERN, "is_suspect")),
        (
            "Omhändertagande",
            "Polislagen 12 § gäller akuta lägen, inte attityd eller allmän oro.",
            ("custody", "criteria", *ABOUT_CUSTODY),
        ),
        ("Samtycke", "Den som har fyllt 18 bestämmer själv (OSL 12:2).", CONSENT),
        ("Vilka som deltog", "Polislagen 27 §.", ("participants",)),
    )

    category = choice(
        Category, "Kategori", error_messages={"required": "Välj kategori A, B eller C."}
    )
    intoxication = choice(Intoxication, "Påverkan", required=False)
    injuries = words(
        "Skador och sjukdomstecken",
        rows=2,
        required=False,
        help_text="Tänk på skallskada, nedkylning och diabetes: ring 112 först.",
    )
    observations = words("Egna iakttagelser", required=False, help_text=BEFORE_REPORT)
    child_words = words("Ungdomens egna ord", rows=3, required=False)
    hearsay = words("Uppgifter från andra", rows=3, required=False)
    custodian_reaction = words("Vårdnadshavarens reaktion", rows=2, required=False)

    concern = words("Vad oron gäller", required=False, help_text=BEFORE_REPORT)
    why_now = words("Varför just nu?", rows=2, required=False)
    is_in_danger = answer(
        "Ungdomen är i akut fara", help_text="Ring socialjouren eller 112 direkt."
    )
    special_considerations = words(
        "Att tänka på vid kontakt",
        rows=2,
        required=False,
        help_text="Till exempel hot, heder eller hund.",
    )
    told_of_notice = choice(
        Told, "Vet familjen om att ni anmäler?", required=False, help_text=BEFORE_REPORT
    )
    why_not_told = words("Varför inte?", rows=2, required=False)
    harm_if_told = choice(
        Harm,
        "Kan ungdomen fara illa av att vårdnadshavarna får veta?",
        required=False,
        help_text="Utan ett nej går inget brev ut (OSL 12:3).",
    )
    is_suspect = answer(
        "En brottsutredning rör ungdomen",
        help_text="Då går inget brev ut utan undersökningsledarens ja (LUL 5 §).",
    )

    custody = choice(Custody, "Grund", help_text="LOB gäller inte i bostad.")
    criteria = forms.MultipleChoiceField(
        label="Kriterier enligt polislagen 12 §",
        choices=Criterion.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="De tre första ska alla vara uppfyllda.",
    )
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

    consents_to_contact = answer("Ungdomen vill att en anhörig kontaktas")
    consents_to_referral = answer("Ungdomen vill ha kontakt med socialtjänsten")
    participants = words(
        "Deltog i ingripandet", rows=2, required=False, help_text="Namn och tjänsteställe."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        minor = self.case.is_minor
        grounds = [ground for ground in Custody if minor or ground not in FOR_MINORS_ONLY]
        if not minor:
            self.fields["category"] = choice(Category, "Kategori", only=(Category.A, Category.B))
            self.fields["custody"] = choice(Custody, "Grund", only=grounds)
        for name in CONSENT if minor else (*ABOUT_CONCERN, "criteria", "custodian_reaction"):
            del self.fields[name]

    def known(self) -> dict[str, Any]:
        ticked, rest = split_criteria(self.case.custody_criteria)
        return super().known() | {
            "criteria": ticked,
            "custody_criteria": rest,
            "participants": self.case.incident.participants,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("told_of_notice") in (Told.NOBODY, Told.YOUTH) and not data.get("why_not_told"):
            self.add_error("why_not_told", "Skriv varför vårdnadshavaren inte vet.")
        if data.get("custody") == Custody.PL_12:
            self._check_criteria(data)
        self._check_order(data)
        return data

    def _check_criteria(self, data: dict[str, Any]) -> None:
        ticked = set(data.get("criteria") or ())
        if not ticked >= DEMANDED or not ticked & ABOUT_WHAT:
            self.add_error(
                "criteria",
                "Polislagen 12 § kräver en uppenbar, överhängande och allvarlig risk. "
                "Kryssa i det och vad risken gäller, eller välj en annan grund.",
            )

    def _check_order(self, data: dict[str, Any]) -> None:
        decided: datetime | None = data.get("custody_at")
        if decided is None or data.get("custody") == Custody.NONE:
            return
        if decided < self.case.opened_at.replace(second=0, microsecond=0):
            self.add_error("custody_at", "Beslutet kan inte ligga före ingripandet.")
        for name in ("reason_told_at", "superior_reviewed_at"):
            if data.get(name) and data[name] < decided:
                self.add_error(name, "Tiden kan inte ligga före beslutet.")

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        if facts["custody"] == Custody.NONE:
            return facts | {name: None if name.endswith("_at") else "" for name in ABOUT_CUSTODY}
        ticked = self.cleaned_data.get("criteria", []) if facts["custody"] == Custody.PL_12 else []
        return facts | {"custody_criteria": worded(ticked, facts["custody_criteria"])}

    def records(self) -> list[models.Model]:
        """The incident, when who took part has been written anew."""
        incident = copy(self.case.incident)
        if self.cleaned_data["participants"] in ("", incident.participants):
            return []
        incident.participants = self.cleaned_data["participants"]
        return [incident]
