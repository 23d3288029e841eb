"""What the officer writes down about one youth: seen, heard, feared, decided.

One form for the whole of it, showing only what the age makes possible. Nothing has to be complete
at once; what the next step needs, the machine asks for (`cases.models.youth_conditions`).
"""

from copy import copy
from typing import Any

from django import forms
from django.db import models

from cases.forms.base import MomentField, StepForm
from cases.forms.fields import answer, choice, line, register_number, words
from cases.models import YouthCase
from cases.models.codes import Category, Harm, Intoxication, MedicalCheck, Told, YesNo

ABOUT_CONCERN = (
    "concern",
    "why_now",
    "effect_on_child",
    "concern_since",
    "if_nothing_is_done",
    "is_in_danger",
    "danger_how",
    "special_considerations",
    "told_of_notice",
    "why_not_told",
    "harm_if_told",
)
CONSENT = ("consents_to_contact", "consents_to_referral")


class CompleteRecord(StepForm):
    """Everything about one youth, in the order in which it happens."""

    case: YouthCase
    on_the_spot = True
    not_facts = StepForm.not_facts | {"participants"}
    intro = (
        "Skriv vad du själv såg för sig och vad andra sade för sig. Det går att spara halvklart."
    )
    paragraph = "Polislagen 27 §; SoL 19:1"
    consequences = (
        "Uppgifterna går att ändra tills du har avrapporterat.",
        "Händelserna visar vem som ändrade och när.",
    )
    groups = (
        (
            "Det du såg",
            "Bara egna iakttagelser.",
            (
                "category",
                "intoxication",
                "injuries",
                "medical_check",
                "breath_mg",
                "other_drugs",
                "observations",
                "description",
            ),  # fmt: skip
        ),
        (
            "Det andra sade",
            "Vem sade det, och när?",
            ("child_words", "hearsay", "hearsay_by", "hearsay_at", "custodian_reaction"),
        ),  # fmt: skip
        (
            "Oron",
            "Det här läser socialtjänsten först.",
            (*ABOUT_CONCERN, "is_suspect", "crime_report"),
        ),
        (
            "Runt ungdomen",
            "Det du vet. Lämna tomt det du inte har frågat om.",
            ("whereabouts", "other_adults", "other_children"),
        ),
        (
            "Anmälan",
            "Följer med när anmälan skickas.",
            ("attachments", "attends_meeting", "wants_feedback"),
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
    medical_check = choice(MedicalCheck, "Bedömning av vårdbehov", required=False)
    breath_mg = forms.DecimalField(
        label="Utandningsprov (mg/l)",
        required=False,
        min_value=0,
        max_value=3,
        max_digits=3,
        decimal_places=2,
        help_text="Bara om ett prov togs.",
    )
    other_drugs = words(
        "Andra droger",
        rows=2,
        required=False,
        help_text="Vad du såg eller fick veta, också om det inte var något.",
    )
    observations = words("Egna iakttagelser", required=False)
    description = words(
        "Beskrivning av ungdomen",
        rows=2,
        required=False,
        help_text="När identiteten är okänd: ungefärlig ålder, längd, hår och kläder.",
    )
    child_words = words("Ungdomens egna ord", rows=3, required=False)
    hearsay = words("Uppgifter från andra", rows=3, required=False)
    hearsay_by = line(
        "Vem sade det?", required=False, help_text="Roll eller relation räcker, som ordningsvakt."
    )
    hearsay_at = MomentField(label="När sades det?", required=False)
    custodian_reaction = words("Vårdnadshavarens reaktion", rows=2, required=False)

    concern = words("Vad oron gäller", required=False)
    why_now = words("Varför just nu?", rows=2, required=False)
    effect_on_child = words("Hur påverkas ungdomen?", rows=2, required=False)
    concern_since = line("Hur länge har oron funnits?", required=False)
    if_nothing_is_done = words("Vad kan hända om inget görs?", rows=2, required=False)
    is_in_danger = answer(
        "Ungdomen är i akut fara", help_text="Ring socialjouren eller 112 direkt."
    )
    danger_how = words("Vilken fara?", rows=2, required=False)
    special_considerations = words(
        "Att tänka på vid kontakt",
        rows=2,
        required=False,
        help_text="Till exempel hot, heder eller hund.",
    )
    told_of_notice = choice(Told, "Vet familjen om att ni anmäler?", required=False)
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

    crime_report = register_number(
        "Brottsanmälans nummer",
        most=20,
        like="5000-K123456-26",
        required=False,
        help_text="Där ungdomen är misstänkt eller utsatt.",
    )

    whereabouts = line(
        "Var är ungdomen nu?",
        required=False,
        help_text="Till exempel hos mormor. Skriv ingen adress som är skyddad.",
    )
    other_adults = words("Andra vuxna i hemmet eller runt ungdomen", rows=2, required=False)
    other_children = words(
        "Syskon och andra barn i hemmet",
        rows=2,
        required=False,
        help_text="Ett barn på varje rad: namn, ålder, och om en egen anmälan görs.",
    )
    attachments = words(
        "Bilagor",
        rows=2,
        required=False,
        help_text="En på varje rad, till exempel protokoll enligt 27 § polislagen. "
        "LOB-kopian kommer med av sig själv.",
    )
    attends_meeting = choice(
        YesNo, "Kan du vara med på ett möte med familjen (SoL 19:5)?", required=False
    )
    wants_feedback = answer("Vi vill ha återkoppling (SoL 19:6)")

    consents_to_contact = answer("Ungdomen vill att en anhörig kontaktas")
    consents_to_referral = answer("Ungdomen vill ha kontakt med socialtjänsten")
    participants = words(
        "Deltog i ingripandet", rows=2, required=False, help_text="Namn och tjänsteställe."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        minor = self.case.is_minor
        if not minor:
            self.fields["category"] = choice(Category, "Kategori", only=(Category.A, Category.B))
        for name in CONSENT if minor else (*ABOUT_CONCERN, "custodian_reaction"):
            del self.fields[name]

    def known(self) -> dict[str, Any]:
        return super().known() | {
            "participants": self.case.incident.participants,
        }

    def standing(self) -> dict[str, Any]:
        return super().standing() | {"participants": self.case.incident.participants}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("told_of_notice") in (Told.NOBODY, Told.YOUTH) and not data.get("why_not_told"):
            self.add_error("why_not_told", "Skriv varför vårdnadshavaren inte vet.")
        return data

    def records(self) -> list[models.Model]:
        """The incident, when who took part has been written anew."""
        incident = copy(self.case.incident)
        if self.cleaned_data["participants"] in ("", incident.participants):
            return []
        incident.participants = self.cleaned_data["participants"]
        return [incident]
