"""The forms of the police side, by step. From the review on they stand here.

The notice and its answers lie in `notice`, what is taken on the spot in `spot`, what is written
down about the youth in `record`, who the people are in `people`.
"""

from typing import Any

from django import forms
from django.db import models

from cases import access
from cases.earlier import SAME_STOP, duplicates
from cases.forms import merging
from cases.forms.alcohol import AnswerSupply, FollowForfeiture, RecordSeizure
from cases.forms.alcohol_corrected import CorrectSeizure
from cases.forms.base import ReasonForm, StepForm
from cases.forms.calls import RecordContact, RecordDutyContact
from cases.forms.custodians import CUSTODIAN_FORMS
from cases.forms.custody import TakeIntoCustody
from cases.forms.fields import choice, words
from cases.forms.notice import Acknowledge, Notify, ReceiveFeedback, SendSupplement
from cases.forms.people import PersonForm
from cases.forms.readers import NameReaderForm
from cases.forms.record import CompleteRecord
from cases.forms.spot import HandOver
from cases.forms.supervision import RecordSupervision
from cases.forms.support import FollowUpContact
from cases.models import PostalCode, Protection, YouthCase
from cases.models.codes import AnnulReason, Decision
from cases.models.youth_case import ENDED, IN_THE_FIELD

MOST_HINTS = 5


class YouthPersonForm(PersonForm):
    """The person as the police know them: the home municipality decides where the notice goes.

    When another case has gone into this one, whose name, number and address is kept is chosen here.
    """

    case: YouthCase
    AGE_IS_NEEDED = (
        "Ärendet är avrapporterat och behöver en ålder. Skriv personnummer, födelsedatum eller "
        "uppskattad ålder."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {} if self.is_masked else merging.offered(self.case, by=self.by)
        for name, values in self.offered.items():
            self.fields[merging.FROM + name] = merging.question(
                str(self.fields[name].label), values, name=name
            )

    def _asked(self, names: tuple[str, ...]) -> list[str]:
        with_choices = (each for name in names for each in (name, merging.FROM + name))
        return super()._asked(tuple(with_choices))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data |= merging.chosen(self.offered, data)
        # A field that is wrong has been told so already.
        is_reported = self.case.state not in IN_THE_FIELD
        if is_reported and not self.errors and self._corrected().age_on(self.case.day) is None:
            self.add_error("estimated_age", self.AGE_IS_NEEDED)
        return self._with_home(data)

    def _with_home(self, data: dict[str, Any]) -> dict[str, Any]:
        """A new postal code moves the home municipality."""
        before = self.case.person
        code, home = data.get("postal_code"), data.get("municipality")
        if not code or code == before.postal_code:
            return data
        places = PostalCode.objects.filter(postal_code=code).select_related("municipality")
        found = sorted({place.municipality for place in places}, key=str)
        if len(found) == 1 and home == before.municipality:
            # The youth has moved and nobody touched the old municipality.
            data["municipality"] = found[0]
        elif found and home not in found:
            names = " eller ".join(str(each) for each in found)
            self.add_error("municipality", f"Postnumret ligger i {names}. Välj hemkommun.")
        return data

    def records(self) -> list[models.Model]:
        """Also names the officer who met the youth a reader, when the identity becomes hidden."""
        rows = super().records()
        case, chosen = self.case, self.cleaned_data["protection"]
        newly = chosen != Protection.NOT_PROTECTED and not case.person.is_protected
        if newly and not access.is_named_reader(case.author, case.person):
            rows.append(access.naming(case.author, case.person))
        return rows


# On the spot -----------------------------------------------------------------------------------


class Report(StepForm):
    """The attestation of whoever decided on the spot."""

    intro = "Du intygar vem som beslutade, på vilken grund och när. Förmannen granskar resten."
    paragraph = "Polislagen 27 §"
    consequences = (
        "Uppgifterna låses för dig. Förmannen kan skicka tillbaka ärendet.",
        "En kollega granskar och beslutar om anmälan.",
    )


class PickUp(StepForm):
    """The intervention goes on record."""

    intro = "Ingripandet registreras med den dag och den tid som händelsen har."
    paragraph = "Polislagen 27 §"
    consequences = ("Klockan för det första samtalet till vårdnadshavarna går.",)


# The review -----------------------------------------------------------------------------------


class SendBack(ReasonForm):
    intro = "Skriv vad som ska kompletteras."
    consequences = (
        "Ärendet går tillbaka till den som avrapporterade.",
        "När det är avrapporterat igen granskas det, och beslutet om anmälan fattas då.",
    )


class Review(StepForm):
    """The superior vouches for the rest of the protocol and decides on the notice."""

    case: YouthCase
    judges = True
    instead = "send_back"
    paragraph = "SoL 19:1; polislagen 27 §"
    consequences = (
        "Du intygar resten av protokollet: vilka som deltog, mot vem, när och vad som hände.",
        "Vid anmälan skickas den sedan genast.",
    )
    CHILD = "Känner polisen till att ett barn kan fara illa ska det anmälas genast."
    ADULT = "Ungdomen har fyllt 18: anmälan kräver samtycke."
    NO_CONSENT = "Ungdomen har fyllt 18 och har inte samtyckt: ärendet anmäls inte."

    decision_reason = words("Skäl", required=False, help_text="Krävs om ett barn inte anmäls.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        minor, consents = self.case.is_minor, self.case.consents_to_referral
        self.intro = self.CHILD if minor else self.ADULT if consents else self.NO_CONSENT
        self.fields["decision"] = choice(
            Decision,
            "Beslut",
            only=list(Decision) if minor or consents else [Decision.NOT_NOTIFY],
            # A child's case has no default: the decision is made, not left standing.
            initial=self.case.decision or (None if minor else Decision.NOT_NOTIFY),
            error_messages={"required": "Välj om ärendet ska anmälas."},
        )
        self.order_fields(("decision", "decision_reason"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        unexplained = data.get("decision") == Decision.NOT_NOTIFY and not data.get(
            "decision_reason"
        )
        if unexplained and self.case.is_minor:
            self.add_error("decision_reason", "Skriv varför ärendet inte anmäls.")
        return data


class SendCustodyCopy(StepForm):
    intro = "Kopian av protokollet går till socialnämnden i hemkommunen, senast nästa vardag."
    paragraph = "RPSFS 2000:57"
    consequences = (
        "En följeskrivelse läggs i kö; kopian av protokollet skickas med den.",
        "Har ungdomen fyllt 18: pröva sekretessen först (OSL 35:1).",
    )


# Letters and follow-up ------------------------------------------------------------------------


class SendLetters(StepForm):
    intro = "Varje vårdnadshavare får ett eget brev, om inget hindrar det."
    paragraph = "OSL 12:3; FB 6 kap."
    consequences = (
        "Breven läggs i kö och kan ångras tills de skrivs ut.",
        "Den som inte får något brev står i ärendet med skälet.",
        "Två som bor isär ser aldrig varandras uppgifter.",
    )


class WaiveLetters(ReasonForm):
    intro = "Skriv varför inget brev ska gå ut."
    paragraph = "OSL 12:3"
    consequences = ("Vårdnadshavarna får inget brev om händelsen.",)


class StartFollowUp(StepForm):
    intro = "Anmälan och breven är klara. Kvar är att följa upp med ungdomen och familjen."
    consequences = ("Informationsträff eller samtal hålls inom sex veckor.",)


class PoliceFollowUp(FollowUpContact):
    intro = "Skriv när, hur och vilka som kom. Håll anteckningen kort."
    paragraph = "Polislagen 6 §"
    consequences = ("Klockan för uppföljning stannar.",)


class CloseCase(StepForm):
    intro = "Alla steg är tagna. Ärendet avslutas."
    paragraph = "Lagen (2018:1693) 4 kap. 2 §"
    consequences = ("Ärendet gallras efter ett år.", "Det går inte att öppna igen.")


# Mistakes -------------------------------------------------------------------------------------


class Annul(ReasonForm):
    """Registered by mistake; nothing is deleted."""

    intro = "Annullera bara det som är registrerat av misstag."
    consequences = (
        "Ärendet ligger kvar som annullerat, med skälet.",
        "En skickad anmälan återkallas. Kommunen behåller sin handling.",
    )
    field_order = ("annul_reason", "reason")

    annul_reason = choice(
        AnnulReason,
        "Vad som blev fel",
        error_messages={"required": "Välj vad som blev fel."},
    )


class CaseNumberField(forms.ModelChoiceField[YouthCase]):
    """A case, written as its number."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.strip().upper() if isinstance(value, str) else value)


class Merge(ReasonForm):
    """The same stop was registered twice: this case goes into the other."""

    intro = "Samma ingripande är registrerat två gånger. Skriv numret på ärendet som blir kvar."
    consequences = (
        "Båda ärendenas historia finns kvar.",
        "Sedan väljer du vilket namn, nummer och vilken adress som behålls.",
        "Det går att ångra tills det kvarvarande ärendet är avslutat.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = (
            access.visible_cases(self.by)
            .filter(organisation=self.case.organisation)
            .exclude(state__in=ENDED)
            .exclude(pk=self.case.pk)
        )
        opened = self.case.opened_at
        near = others.filter(opened_at__range=(opened - SAME_STOP, opened + SAME_STOP))
        found = ", ".join(
            near.order_by("opened_at").values_list("reference", flat=True)[:MOST_HINTS]
        )
        self.fields["merged_into"] = CaseNumberField(
            label="Ärendet som blir kvar",
            queryset=others,
            to_field_name="reference",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            help_text=f"Nära i tid: {found}." if found else "Som K-2026-000123.",
            error_messages={
                "required": "Skriv numret på ärendet som blir kvar.",
                "invalid_choice": "Inget annat öppet ärende i enheten har det numret.",
            },
        )
        same = duplicates(self.case, by=self.by) if isinstance(self.case, YouthCase) else []
        if len(same) == 1 and not self.is_bound:
            self.initial["merged_into"] = same[0].reference
        self.order_fields(("merged_into", "reason"))


class NoteObjection(ReasonForm):
    intro = "Någon som ärendet gäller menar att en uppgift inte är riktig. Skriv vem, och vad."
    paragraph = "Dataskyddsförordningen artikel 16; brottsdatalagen"
    consequences = (
        "Det som står kvar ändras inte. Invändningen står intill, bland händelserna.",
        "Är uppgiften fel: rätta den också.",
    )


class Unmerge(ReasonForm):
    intro = "De var två ingripanden. Skriv varför de skiljs åt."
    consequences = ("Ärendet fortsätter där det var före sammanföringen.",)


POLICE_FORMS: dict[str, type[StepForm]] = {
    "note_dispute": NoteObjection,
    "complete_record": CompleteRecord,
    "correct_person": YouthPersonForm,
    **CUSTODIAN_FORMS,
    "record_seizure": RecordSeizure,
    "correct_seizure": CorrectSeizure,
    "follow_forfeiture": FollowForfeiture,
    "answer_supply": AnswerSupply,
    "take_into_custody": TakeIntoCustody,
    "record_supervision": RecordSupervision,
    "pick_up": PickUp,
    "record_contact": RecordContact,
    "record_duty_contact": RecordDutyContact,
    "hand_over": HandOver,
    "report": Report,
    "send_back": SendBack,
    "review": Review,
    "send_custody_copy": SendCustodyCopy,
    "notify": Notify,
    "acknowledge": Acknowledge,
    "send_supplement": SendSupplement,
    "receive_feedback": ReceiveFeedback,
    "send_letters": SendLetters,
    "waive_letters": WaiveLetters,
    "start_follow_up": StartFollowUp,
    "record_follow_up": PoliceFollowUp,
    "close": CloseCase,
    "name_reader": NameReaderForm,
    "annul": Annul,
    "merge": Merge,
    "unmerge": Unmerge,
}
