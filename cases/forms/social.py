"""The forms of the social services side, from the arrival of a notice to its end.

What has to do with talks, support and follow-up lies in `talks`.
"""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from cases import rules
from cases.forms.base import ConfirmForm, ReasonForm, StepForm
from cases.forms.people import CustodianForm, PersonForm
from cases.forms.readers import NameReaderForm
from cases.forms.talks import TALK_FORMS
from cases.models import Municipality, Referral, Role, User
from cases.models.codes import Feedback
from cases.models.referral_record import End

LONG = 4000


def words(rows: int = 5) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


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
            label="Handläggare",
            queryset=User.objects.filter(
                organisation=self.case.organisation_id,
                role__in=(Role.SOCIAL_WORKER, Role.HEAD_OF_UNIT),
                is_active=True,
            ),
            empty_label="Välj",
        )


# Assessing ------------------------------------------------------------------------------------


class AssessProtection(StepForm):
    """Does the child need protection at once?"""

    case: Referral
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
        required=False,
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

    decision_reasons = forms.CharField(label="Skäl för beslutet", max_length=LONG, widget=words())
    overrun_reasons = forms.CharField(
        label="Synnerliga skäl för att beslutet dröjt",
        max_length=LONG,
        widget=words(3),
        help_text="De fjorton dagarna har gått (SoL 20:2).",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.moment <= self.case.decide_before:
            del self.fields["overrun_reasons"]


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

    ongoing_reference = forms.CharField(label="Den pågående utredningens beteckning", max_length=40)


class GiveFeedback(ConfirmForm):
    """The one sentence that leaves, shown as it will be sent."""

    case: Referral
    paragraph = "SoL 19:6; OSL 26:9 a"
    consequences = ("Meningen och beslutets dag skickas till polisen. Inget mer får lämnas ut.",)
    says = "Det är lämpligt att lämna svaret"

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
    intro = "Alla steg är tagna. Hur slutade ärendet?"
    paragraph = "SoL 16 kap."
    consequences = (
        "Ärendet kan inte öppnas igen. En ny anmälan blir ett nytt ärende.",
        "Tiden till gallring börjar räknas.",
    )

    end = forms.TypedChoiceField(
        label="Hur ärendet slutade", choices=End.choices, coerce=End, widget=forms.RadioSelect
    )


# Another municipality -------------------------------------------------------------------------


class RequestTransfer(ReasonForm):
    intro = "Begär skriftligt att en annan kommun tar över ärendet."
    paragraph = "SoL 29:9–11"
    consequences = (
        "Ärendet ligger kvar hos er tills den andra kommunen har sagt ja.",
        "Svarar kommunen inte inom en månad kan ni ansöka hos IVO.",
    )
    field_order = ("transfer_to", "reason")

    transfer_to = forms.ModelChoiceField(
        label="Kommun", queryset=Municipality.objects.all(), empty_label="Välj kommun"
    )

    def clean_transfer_to(self) -> Municipality:
        chosen: Municipality = self.cleaned_data["transfer_to"]
        if chosen.pk == self.case.organisation.municipality_id:
            raise forms.ValidationError("Välj en annan kommun än er egen.")
        return chosen


class NoteTransferRefusal(ReasonForm):
    intro = "Den andra kommunen har sagt nej till att ta över. Skriv vem som svarade och varför."
    paragraph = "SoL 29:9–11"
    consequences = ("Ärendet stannar hos er. Ni kan ansöka om överflyttning hos IVO.",)


class Transfer(ConfirmForm):
    """The other municipality has said yes."""

    case: Referral
    paragraph = "SoL 29:9"
    consequences = (
        "Anmälan förs över till den andra kommunen.",
        "Ärendet avslutas hos er och kan inte öppnas igen.",
    )
    says = "Den andra kommunen har sagt ja"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.intro = f"Ärendet flyttas till {self.case.transfer_to or 'den andra kommunen'}."


SOCIAL_FORMS: dict[str, type[StepForm]] = {
    "acknowledge": Acknowledge,
    "take": Take,
    "assign": Assign,
    "correct_person": PersonForm,
    "add_custodian": CustodianForm,
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
    "request_transfer": RequestTransfer,
    "note_transfer_refusal": NoteTransferRefusal,
    "transfer": Transfer,
    **TALK_FORMS,
}
