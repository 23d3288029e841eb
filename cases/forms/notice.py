"""The forms of the notice: it leaves, and what the municipality answers."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone

from cases.forms.base import MomentField, StepForm
from cases.forms.fields import answer, choice, register_number, words
from cases.models import YouthCase
from cases.models.codes import NOTHING_MORE, Feedback, ReceiptChannel


class Notify(StepForm):
    """The notice leaves as an immutable snapshot."""

    case: YouthCase
    not_facts = StepForm.not_facts | {"without"}
    paragraph = "SoL 19:1; OSL 10:28"
    consequences = (
        "Anmälan fryses som den är nu, med ett kontrolltal som bevis.",
        "Kommunen ska kvittera inom en vardag.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = self.case.person.municipality
        self.intro = f"Anmälan går till socialnämnden i {home or 'hemkommunen'}."
        if missing := self._missing():
            # A notice leaves at once (SoL 19:1): what is missing is named, and does not hold it.
            self.fields["without"] = forms.BooleanField(
                label=f"Skicka utan: {', '.join(missing)}",
                help_text="Det kan skickas som en komplettering. Saknas det för att ingen har "
                "frågat: skicka tillbaka ärendet.",
                error_messages={"required": "Kryssa i rutan om anmälan ska gå utan det."},
            )
        custodians = self.case.person.custodians.all()
        if hidden := sum(custodian.is_protected for custodian in custodians):
            self.intro += (
                f" {hidden} vårdnadshavare har skyddade personuppgifter eller är inte "
                "kontrollerad: anmälan har personnumret, men varken namn eller adress."
            )

    def _missing(self) -> list[str]:
        """What a complete notice about a child has and this one has not (domain 4.1 p. 8)."""
        if not self.case.is_minor:
            return []
        asked = {"child_words": "ungdomens egna ord", "why_now": "varför just nu"}
        return [what for column, what in asked.items() if not getattr(self.case, column)]


class Acknowledge(StepForm):
    """A receipt by telephone or letter, noted by the officer who got it."""

    case: YouthCase
    intro = "För kommuner som svarar per telefon eller brev. Anslutna kommuner kvitterar själva."
    consequences = ("Klockan för kvittens stannar.",)

    receipt_channel = choice(
        ReceiptChannel,
        "Hur kvittensen kom",
        only=(ReceiptChannel.PHONE, ReceiptChannel.LETTER),
        error_messages={"required": "Välj hur kvittensen kom."},
    )
    at = MomentField(label="När den kom")

    def known(self) -> dict[str, Any]:
        return super().known() | {"at": timezone.now()}

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        sent = self.case.notified_at
        if sent and at < sent.replace(second=0, microsecond=0):
            raise forms.ValidationError("Kvittensen kan inte vara äldre än anmälan.")
        return at

    receipt_number = register_number(
        "Kommunens nummer",
        like="2026/17",
        error_messages={"required": "Skriv numret som kommunen gav anmälan."},
    )


class SendSupplement(StepForm):
    """Answer what the municipality asked, and only that."""

    case: YouthCase
    paragraph = "SoL 19:1; OSL 10:28"
    consequences: tuple[str, ...] = ("Svaret skickas ordagrant och läggs till anmälan.",)

    # From eighteen nothing more is told without the youth's own yes (OSL 35:1).
    consents_to_referral = answer("Ungdomen har sagt ja till att kommunen får svaret")
    text = words("Svar", rows=6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = "" if self.hides_words() else self.case.supplement_question
        self.intro = f"Kommunen frågar: ”{asked}”" if asked else "Svara på kommunens fråga."
        if self.case.is_minor:
            del self.fields["consents_to_referral"]
            return
        self.paragraph = "PL 6 §; OSL 35:1"
        self.consequences = (*self.consequences, f"Utan ett ja skickas bara: ”{NOTHING_MORE}”")
        self.fields["text"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.case.is_minor or self.errors:
            return data
        if data["consents_to_referral"] and not data["text"]:
            self.add_error("text", "Skriv svaret på kommunens fråga.")
        elif data["text"] and not data["consents_to_referral"]:
            self.add_error("text", "Ungdomen är vuxen: utan ett ja lämnas inget svar. Ta bort det.")
        return data

    def facts(self) -> dict[str, Any]:
        return {"text": NOTHING_MORE} | {k: v for k, v in super().facts().items() if v != ""}


class ReceiveFeedback(StepForm):
    """One of three answers, and nothing else."""

    case: YouthCase
    intro = "Ett av tre svar, och dagen. Kommunen får inte säga mer."
    paragraph = "OSL 26:9 a; SoL 19:6"
    consequences = ("Skriv inget annat om vad kommunen sade.",)

    feedback = choice(
        Feedback, "Kommunens svar", error_messages={"required": "Välj ett av de tre svaren."}
    )
    feedback_on = forms.DateField(
        label="Dag för svaret",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def known(self) -> dict[str, Any]:
        return super().known() | {"feedback_on": self.case.feedback_on or timezone.localdate()}

    def clean_feedback_on(self) -> date:
        day: date = self.cleaned_data["feedback_on"]
        sent = self.case.notified_at
        if day > timezone.localdate():
            raise forms.ValidationError("Dagen ligger i framtiden. Ange när svaret kom.")
        if sent and day < timezone.localdate(sent):
            raise forms.ValidationError("Svaret kan inte vara äldre än anmälan.")
        return day
