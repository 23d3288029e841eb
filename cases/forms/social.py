"""The forms of the social services side, from the arrival of a notice to its end.

What has to do with talks, support and follow-up lies in `talks`.
"""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from cases import absences, rules
from cases.forms.base import ConfirmForm, ReasonForm, StepForm
from cases.forms.called import CALLED_FORMS
from cases.forms.casebook import CASEBOOK_FORMS
from cases.forms.custodians import CUSTODIAN_FORMS
from cases.forms.fields import register_number
from cases.forms.people import PersonForm
from cases.forms.readers import NameReaderForm
from cases.forms.support import SUPPORT_FORMS
from cases.forms.talks import TALK_FORMS
from cases.forms.transfer import TRANSFER_FORMS
from cases.models import Organisation, Referral, Role, User
from cases.models.codes import Feedback
from cases.models.referral_record import End

LONG = 4000


def words(rows: int = 5) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def caseworkers(office: Organisation) -> "QuerySet[User]":
    """Whoever can own a referral at this office."""
    roles = (Role.SOCIAL_WORKER, Role.HEAD_OF_UNIT)
    here = User.objects.filter(organisation=office, role__in=roles, is_active=True)
    return here.exclude(absences.away_on(timezone.localdate()))


# Receiving ------------------------------------------------------------------------------------


class Acknowledge(ConfirmForm):
    """Receipt to the notifier; whether the municipality is the right one does not delay it."""

    case: Referral
    paragraph = "OSL 5:1–2; SoL 29:1"
    consequences = (
        "Polisen får ert nummer och tidpunkten – ingenting om familjen.",
        "Kvittera också en anmälan som hör hemma i en annan kommun, och begär sedan överflyttning.",
    )
    says = "Anmälan är läst och registrerad"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.intro = f"Rätt kommun? {self._home()} Kontrollera i folkbokföringen."

    def _home(self) -> str:
        home, own = self.case.person.municipality, self.case.organisation.municipality
        if home is None:
            return "Anmälan säger inte i vilken kommun ungdomen bor."
        if home == own:
            return f"Enligt anmälan bor ungdomen i {home.name}, alltså hos er."
        return f"Enligt anmälan bor ungdomen i {home.name}, inte hos er."


class Take(StepForm):
    intro = "Du blir handläggare för ärendet."
    consequences = ("Ärendet och dess frister hamnar i din arbetslista.",)


class Assign(StepForm):
    """Give the case to somebody of the unit who may handle it."""

    intro = "Välj vem som ska handlägga ärendet."
    consequences = ("Ärendet och dess frister hamnar i den handläggarens arbetslista.",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = forms.ModelChoiceField(
            label="Handläggare", queryset=self.choices(), empty_label="Välj"
        )

    def choices(self) -> "QuerySet[User]":
        return caseworkers(self.case.organisation)


class HandOn(Assign):
    """The owner gives the case to a colleague."""

    intro = "Välj vem som tar över ärendet."
    consequences = ("Ärendet och dess frister hamnar i kollegans arbetslista.",)

    def choices(self) -> "QuerySet[User]":
        return super().choices().exclude(pk=self.by.pk)


# Assessing ------------------------------------------------------------------------------------


class AssessProtection(StepForm):
    """Does the child need protection at once?"""

    case: Referral
    judges = True
    paragraph = "SoL 20:1"
    consequences = (
        "Behövs skydd genast: ta ärendet direkt till enhetschefen eller socialjouren.",
        "Därefter går det att kalla till samtal och att besluta om utredning.",
    )
    GUIDANCE = (
        "Bedöm genast om ungdomen behöver skydd. "
        "Kan det finnas våld, hot eller heder: bedöm innan någon vårdnadshavare kontaktas."
    )
    WARNED = "Den som anmälde ser en risk för barnet om vårdnadshavarna får veta (OSL 12:3)."

    needs_protection = forms.TypedChoiceField(
        label="Behöver ungdomen skydd genast?",
        choices=[("True", "Ja"), ("False", "Nej")],
        coerce=lambda answer: answer == "True",
        widget=forms.RadioSelect,
    )
    protection_reasons = forms.CharField(label="Skäl", max_length=LONG, widget=words())
    protection_source = forms.CharField(
        label="Vad bedömningen bygger på",
        max_length=LONG,
        widget=words(3),
        help_text="Till exempel anmälan, egna akter, samtal med den som anmälde.",
    )
    may_be_harmed_if_told = forms.BooleanField(
        label="Ungdomen kan fara illa om vårdnadshavarna får veta",
        required=False,
        help_text="Ikryssat stoppar alla brev till vårdnadshavarna (OSL 12:3).",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        warned = self.case.may_be_harmed_if_told
        self.intro = f"{self.WARNED} {self.GUIDANCE}" if warned else self.GUIDANCE


class StartAssessment(StepForm):
    intro = "Samla det som behövs för att besluta om en utredning ska inledas."
    paragraph = "SoL 20:2"
    consequences = (
        "Beslutet ska fattas inom fjorton dagar från att anmälan kom in.",
        "Tala bara med ungdomen, vårdnadshavarna och den som anmälde: ingen utredning än.",
    )


class RequestSupplement(StepForm):
    """Ask the notifier; nothing else may be asked before an investigation is open."""

    intro = "Fråga den som anmälde om något i anmälan är oklart."
    paragraph = "SoL 20:2"
    consequences = ("Polisen får frågan ordagrant. Skriv inget om familjen i den.",)

    supplement_question = forms.CharField(
        label="Fråga till polisen", max_length=1000, widget=words()
    )


# The decision ---------------------------------------------------------------------------------


class Decide(StepForm):
    """A decision with its reasons; late, also with the reasons for being late."""

    case: Referral
    judges = True

    delegation = register_number("Punkt i delegationsordningen", like="4.2")
    decision_reasons = forms.CharField(label="Skäl för beslutet", max_length=LONG, widget=words())
    overrun_reasons = forms.CharField(
        label="Synnerliga skäl för att beslutet dröjt",
        max_length=LONG,
        widget=words(3),
        help_text="De fjorton dagarna har gått (SoL 20:2).",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.recorded_at <= self.case.decide_before:
            del self.fields["overrun_reasons"]

    def known(self) -> dict[str, Any]:
        """The point that the same person decided on the last time, here."""
        mine = Referral.objects.filter(
            organisation=self.case.organisation_id, decided_by=self.by
        ).exclude(delegation="")
        last = mine.order_by("-decided_at").values_list("delegation", flat=True).first()
        return super().known() | {"delegation": self.case.delegation or last or ""}


class OpenInvestigation(Decide):
    intro = "Beslutet fattas på delegation."
    paragraph = "SoL 14:2, 20:2"
    consequences = (
        "Utredningen ska vara klar inom fyra månader (SoL 20:3).",
        "De som berörs ska få veta genast att utredningen har inletts (SoL 20:4).",
        "Polisen kan få veta att utredning har inletts – inget mer.",
    )


class DecideNotToOpen(Decide):
    intro = "Beslutet fattas på delegation. Stöd kan erbjudas utan utredning."
    paragraph = "SoL 20:2, 11:5"
    consequences = (
        "Polisen kan få veta att utredning inte har inletts – inget mer.",
        "Ärendet kan gå vidare till stöd, till uppföljning eller avslutas.",
    )


class NoteOngoing(StepForm):
    intro = "Anmälan förs till den utredning som redan pågår. Ingen ny förhandsbedömning görs."
    paragraph = "SoL 20:2"
    consequences = ("Polisen kan få veta att utredning redan pågår – inget mer.",)

    ongoing_reference = register_number("Den pågående utredningens beteckning", like="2026/17")


class GiveFeedback(StepForm):
    """The one sentence that leaves, shown as it will be sent."""

    case: Referral
    paragraph = "SoL 19:6; OSL 26:9 a"
    consequences = ("Meningen och beslutets dag skickas till polisen. Inget mer får lämnas ut.",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.intro = f"Det här skickas till polisen: ”{self.sentence()}”"

    def sentence(self) -> str:
        """Exactly what the police will read."""
        if not self.case.decision or not self.case.decided_at:
            return ""
        answer = Feedback(self.case.decision).label
        return f"{answer} ({timezone.localdate(self.case.decided_at):%Y-%m-%d})."


class WithholdFeedback(ReasonForm):
    intro = "Återkoppling får utebli om den är olämplig. Skriv varför."
    paragraph = "SoL 19:6"
    consequences = ("Inget svar skickas till polisen.",)


# After the decision ---------------------------------------------------------------------------


class ExtendInvestigation(ReasonForm):
    """A later last day, for särskilda skäl."""

    case: Referral
    intro = "Utredningen förlängs till en bestämd dag. Det kräver särskilda skäl."
    paragraph = "SoL 20:3"
    consequences = ("Fristen för utredningen flyttas till den nya dagen.",)
    field_order = ("investigation_due_on", "reason")

    investigation_due_on = forms.DateField(
        label="Utredningen ska vara klar senast",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_investigation_due_on(self) -> date:
        chosen: date = self.cleaned_data["investigation_due_on"]
        for clock in rules.clocks(self.case):
            if clock.step == "investigation" and chosen <= timezone.localdate(clock.due_at):
                due = timezone.localdate(clock.due_at)
                raise forms.ValidationError(f"Välj en dag efter {due}, som gäller nu.")
        return chosen


class ConcludeInvestigation(ConfirmForm):
    intro = "Utredningen är färdig och beslut är fattat i den."
    paragraph = "SoL 20:3"
    consequences = ("Därefter kan stöd eller uppföljning börja.",)
    says = "Utredningen är avslutad"


class CloseReferral(StepForm):
    intro = "Hur slutade ärendet?"
    paragraph = "SoL 16 kap."
    consequences = (
        "Ärendet kan inte öppnas igen. En ny anmälan blir ett nytt ärende.",
        "Tiden till gallring börjar räknas.",
    )

    end = forms.TypedChoiceField(
        label="Hur ärendet slutade", choices=End.choices, coerce=End, widget=forms.RadioSelect
    )


SOCIAL_FORMS: dict[str, type[StepForm]] = {
    "acknowledge": Acknowledge,
    "take": Take,
    "assign": Assign,
    "hand_on": HandOn,
    "correct_person": PersonForm,
    **CUSTODIAN_FORMS,
    "assess_protection": AssessProtection,
    "start_assessment": StartAssessment,
    "request_supplement": RequestSupplement,
    "open_investigation": OpenInvestigation,
    "decide_not_to_open": DecideNotToOpen,
    "note_ongoing": NoteOngoing,
    "give_feedback": GiveFeedback,
    "withhold_feedback": WithholdFeedback,
    "extend_investigation": ExtendInvestigation,
    "conclude_investigation": ConcludeInvestigation,
    "close": CloseReferral,
    "name_reader": NameReaderForm,
    **TRANSFER_FORMS,
    **CASEBOOK_FORMS,
    **TALK_FORMS,
    **CALLED_FORMS,
    **SUPPORT_FORMS,
}
