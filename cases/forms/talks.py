"""Talks, support and follow-up: who is called, who came, who said yes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.utils import timezone

from cases import access, rules
from cases.forms.base import MomentField, StepForm
from cases.forms.people import LANGUAGES
from cases.identity import AgeClass
from cases.models import Appointment, Attendee, Custodian, FollowUp, Referral, User
from cases.models.codes import Attendance, Talk
from cases.models.referral_record import SupportAnswer

YOUTH = "youth"
ADULT = (AgeClass.FROM_18_TO_19, AgeClass.FROM_20)
# Longer ahead than this a talk is likelier a slip in the year than a plan.
FURTHEST_AHEAD = timedelta(days=180)
CAME = [(code.value, code.label) for code in Attendance if code != Attendance.NOT_INVITED]


def age_class_today(case: Referral) -> AgeClass:
    """The age class of today: rights of one's own come with the birthday (SoL 3:4, FB 6:2)."""
    today = timezone.localdate()
    return rules.age_class_on(case.age_today(today), on=today)


def custodians_to_call(case: Referral) -> list[Custodian]:
    """Whoever still has custody and may be told."""
    if age_class_today(case) in ADULT:
        return []
    return [custodian for custodian in case.person.custodians.all() if not custodian.is_barred]


def label_of(custodian: Custodian, case: Referral, *, by: User) -> str:
    """Name and relation; the relation alone where the name is protected."""
    relation = custodian.get_relation_display()
    is_protected = custodian.is_protected or case.person.is_protected
    if is_protected and not access.is_named_reader(by, case.person):
        return f"{relation} (skyddade uppgifter)"
    return f"{custodian.name} ({relation.lower()})"


class CallToTalk(StepForm):
    """An appointment, and who is called to it: each custodian, and the youth from fifteen."""

    case: Referral
    paragraph = "SoL 20:2, 3:4"
    consequences = (
        "Var och en som kallas får ett eget brev.",
        "Samtalet är frivilligt. Det står i brevet.",
    )
    INTRO = "Kalla ungdomen och vårdnadshavarna till ett samtal."
    WARNED = "Den som anmälde ser en risk om vårdnadshavarna får veta: ingen är vald på förhand."

    kind = forms.TypedChoiceField(
        label="Typ av samtal",
        choices=Talk.choices,
        coerce=Talk,
        initial=Talk.TALK,
        widget=forms.RadioSelect,
    )
    starts_at = forms.DateTimeField(
        label="Dag och tid",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = forms.CharField(label="Plats", max_length=120)
    interpreter = forms.ChoiceField(
        label="Tolk",
        required=False,
        choices=[("", "Ingen tolk")]
        + [(label.lower(), label) for code, label in LANGUAGES if code != "sv"],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.intro = self.INTRO
        self.custodians = {str(one.pk): one for one in custodians_to_call(self.case)}
        choices = [
            (key, label_of(custodian, self.case, by=self.by))
            for key, custodian in self.custodians.items()
        ]
        if age_class_today(self.case) not in (AgeClass.UNDER_15, AgeClass.UNKNOWN):
            choices.append((YOUTH, "Ungdomen"))
        chosen = [key for key, _ in choices]
        if self.case.may_be_harmed_if_told:
            self.intro = f"{self.INTRO} {self.WARNED}"
            chosen = [key for key in chosen if key == YOUTH]
        self.fields["called"] = forms.MultipleChoiceField(
            label="Vilka som kallas",
            choices=choices,
            initial=chosen,
            widget=forms.CheckboxSelectMultiple,
            help_text="" if choices else "Lägg till en vårdnadshavare först.",
        )

    def known(self) -> dict[str, Any]:
        family = [self.case.person, *self.case.person.custodians.all()]
        spoken = next((one.language for one in family if one.needs_interpreter), "sv")
        return {
            "place": self.case.organisation.street,
            "interpreter": "" if spoken == "sv" else dict(LANGUAGES).get(spoken, "").lower(),
        }

    def clean_starts_at(self) -> Any:
        at = self.cleaned_data["starts_at"]
        if at <= timezone.now():
            raise forms.ValidationError("Välj en tid som inte har varit.")
        if at > timezone.now() + FURTHEST_AHEAD:
            raise forms.ValidationError("Tiden ligger mer än ett halvår fram. Kontrollera året.")
        return at

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        appointment = Appointment(
            referral=self.case,
            kind=data["kind"],
            at=data["starts_at"],
            place=data["place"],
            interpreter=data["interpreter"],
            caseworker=self.by,
        )
        called = [
            Attendee(appointment=appointment, custodian=self.custodians.get(key))
            for key in data["called"]
        ]
        return [appointment, *called]


class RecordTalk(StepForm):
    """What happened at the talk that has waited longest for a note."""

    case: Referral
    paragraph = "SoL 14:3"
    consequences = ("En ny tid är en ny kallelse. Den här anteckningen står kvar.",)

    appointment = forms.UUIDField(widget=forms.HiddenInput)
    result = forms.TypedChoiceField(
        label="Blev samtalet av?",
        choices=Appointment.Result.choices,
        coerce=Appointment.Result,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="Anteckning",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Skriv så att familjen kan läsa det (SoL 14:6).",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = self.case.appointments.filter(result="")
        # The page names its talk: what is sent belongs to that one, whatever has come since.
        named = _uuid(self.data.get(self.add_prefix("appointment"))) if self.is_bound else None
        self.talk = waiting.filter(pk=named).first() if named else waiting.first()
        self.attendees = list(self._attendees())
        self.intro = "Inget samtal väntar på anteckning."
        if self.talk:
            self.intro = (
                f"{self.talk.get_kind_display()} {timezone.localtime(self.talk.at):%Y-%m-%d %H:%M}."
            )
            self.initial["appointment"] = self.talk.pk
        for attendee in self.attendees:
            self.fields[f"came_{attendee.pk}"] = forms.TypedChoiceField(
                label=self._label(attendee),
                choices=CAME,
                coerce=Attendance,
                required=False,
                empty_value="",
                widget=forms.RadioSelect,
            )

    def known(self) -> dict[str, Any]:
        return {}

    def _attendees(self) -> models.QuerySet[Attendee]:
        return Attendee.objects.filter(appointment=self.talk).select_related("custodian")

    def _label(self, attendee: Attendee) -> str:
        if attendee.custodian is None:
            return "Ungdomen"
        return label_of(attendee.custodian, self.case, by=self.by)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.talk is None:
            raise forms.ValidationError("Samtalet är redan antecknat. Läs om ärendet.")
        if data.get("result") == Appointment.Result.HELD:
            if self.talk.at > timezone.now():
                self.add_error("result", "Samtalet har inte varit än.")
            for attendee in self.attendees:
                if not data.get(f"came_{attendee.pk}"):
                    self.add_error(f"came_{attendee.pk}", "Ange om personen kom.")
        return data

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        if self.talk is None:
            return []
        self.talk.result = self.cleaned_data["result"]
        self.talk.note = self.cleaned_data["note"]
        for attendee in self.attendees:
            attendee.attendance = self.cleaned_data[f"came_{attendee.pk}"]
        return [self.talk, *self.attendees]


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


class StartSupport(StepForm):
    """Who said yes: the custodians, or from fifteen the youth alone."""

    case: Referral
    intro = "Familjen har tackat ja till stöd. Vem samtyckte?"
    paragraph = "SoL 11:5, 21:2"
    consequences = ("Stödet är frivilligt och kan avslutas när som helst.",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["support_answer"] = forms.TypedChoiceField(
            label="Svar på erbjudandet",
            choices=[(answer.value, answer.label) for answer in self.answers()],
            coerce=SupportAnswer,
            widget=forms.RadioSelect,
        )

    def answers(self) -> list[SupportAnswer]:
        now = age_class_today(self.case)
        if now in ADULT:
            return [SupportAnswer.YOUTH]
        if now in (AgeClass.UNDER_15, AgeClass.UNKNOWN):
            return [SupportAnswer.CUSTODIANS]
        return [SupportAnswer.CUSTODIANS, SupportAnswer.YOUTH]


class DeclineSupport(StartSupport):
    """A no is an answer, and nobody is forced."""

    intro = "Stöd erbjöds och avböjdes, eller erbjöds inte."
    paragraph = "SoL 11:5"
    consequences = ("Ärendet kan avslutas eller följas upp.",)

    def answers(self) -> list[SupportAnswer]:
        return [SupportAnswer.DECLINED, SupportAnswer.NOT_OFFERED]


class StartFollowUp(StepForm):
    intro = "Uppföljningen visar senare hur det gick."
    paragraph = "SoL 23:1, 23:5"
    consequences = (
        "Uppföljningen får pågå högst sex månader.",
        "Vårdnadshavarna, och ungdomen från 15 år, ska få veta att den börjar och slutar.",
    )


class RecordFollowUp(StepForm):
    """One contact of the follow-up, as a row of its own."""

    intro = "En kontakt i uppföljningen: när, hur och med vem."
    paragraph = "SoL 23:1"
    consequences = ("Ärendet kan avslutas när minst en uppföljning är antecknad.",)

    kind = forms.TypedChoiceField(
        label="Typ av kontakt", choices=Talk.choices, coerce=Talk, widget=forms.RadioSelect
    )
    at = MomentField(label="När")
    youth = forms.TypedChoiceField(
        label="Ungdomen",
        choices=Attendance.choices,
        coerce=Attendance,
        widget=forms.RadioSelect,
    )
    custodians = forms.TypedChoiceField(
        label="Vårdnadshavarna",
        choices=Attendance.choices,
        coerce=Attendance,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="Hur går det?",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def known(self) -> dict[str, Any]:
        return {"at": timezone.now()}

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        names = ("kind", "at", "youth", "custodians", "note")
        facts = {name: data[name] for name in names}
        return [FollowUp(case_id=self.case.pk, made_by=self.by, **facts)]


TALK_FORMS: dict[str, type[StepForm]] = {
    "call_to_talk": CallToTalk,
    "record_talk": RecordTalk,
    "start_support": StartSupport,
    "decline_support": DeclineSupport,
    "start_follow_up": StartFollowUp,
    "record_follow_up": RecordFollowUp,
}
