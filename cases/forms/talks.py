"""Talks: who is called, and to what. What came of it: `called`. Support: `support`."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.utils import timezone

from cases import access, rules
from cases.forms.base import StepForm
from cases.forms.people import LANGUAGES
from cases.identity import AgeClass
from cases.models import Appointment, Attendee, Custodian, InformationMeeting, Referral, User
from cases.models.codes import Talk

YOUTH = "youth"
ADULT = (AgeClass.FROM_18_TO_19, AgeClass.FROM_20)
# Longer ahead than this a talk is likelier a slip in the year than a plan.
FURTHEST_AHEAD = timedelta(days=180)


def uuid_of(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def age_class_today(case: Referral) -> AgeClass:
    """The age class of today: rights of one's own come with the birthday (SoL 3:4, FB 6:2)."""
    today = timezone.localdate()
    return rules.age_class_on(case.age_today(today), on=today)


def custodians_to_call(case: Referral) -> list[Custodian]:
    """Whoever still has custody and may be told."""
    if age_class_today(case) in ADULT:
        return []
    family = case.person.custodians_on(timezone.localdate())
    return [custodian for custodian in family if not custodian.is_barred]


def language_to_interpret(case: Referral) -> str:
    """The language that somebody of the family needs an interpreter for, or nothing."""
    family = [case.person, *case.person.custodians.all()]
    spoken = next((one.language for one in family if one.needs_interpreter), "sv")
    return "" if spoken == "sv" else dict(LANGUAGES).get(spoken, "").lower()


def label_of(custodian: Custodian, case: Referral, *, by: User) -> str:
    """Name and relation; the relation alone where the name is protected."""
    relation = custodian.get_relation_display()
    is_protected = custodian.is_protected or case.person.is_protected
    if is_protected and not access.is_named_reader(by, case.person):
        return f"{relation} (skyddade uppgifter)"
    return f"{custodian.name} ({relation.lower()})"


def time_ahead(at: datetime) -> datetime:
    """A time that a talk can be set to.

    Raises:
        ValidationError: it has been, or lies so far ahead that the year is likely wrong.
    """
    if at <= timezone.now():
        raise forms.ValidationError("Välj en tid som inte har varit.")
    if at > timezone.now() + FURTHEST_AHEAD:
        raise forms.ValidationError("Tiden ligger mer än ett halvår fram. Kontrollera året.")
    return at


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

    # An invitation to a meeting of many families: time and place are the meeting's.
    meeting = forms.ModelChoiceField(
        queryset=InformationMeeting.objects.none(), required=False, widget=forms.HiddenInput
    )
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
        ahead = InformationMeeting.objects.filter(
            organisation=self.case.organisation_id, closed_at=None
        )
        self.fields["meeting"] = forms.ModelChoiceField(
            queryset=ahead, required=False, widget=forms.HiddenInput
        )
        key = uuid_of(self.data.get("meeting")) if self.is_bound else None
        meeting = ahead.filter(pk=key).first() if key else None
        if meeting:
            self.data = self._invitation(meeting, chosen)

    def _invitation(self, meeting: InformationMeeting, chosen: list[str]) -> dict[str, Any]:
        """What is posted for one family of many: everybody who may be told is invited."""
        return {
            "request_id": self.data.get("request_id"),
            "meeting": str(meeting.pk),
            "kind": Talk.INFORMATION_MEETING.value,
            "starts_at": f"{timezone.localtime(meeting.at):%Y-%m-%dT%H:%M}",
            "place": meeting.place,
            "interpreter": self.initial.get("interpreter", ""),
            "called": chosen,
        }

    def known(self) -> dict[str, Any]:
        return {
            "place": self.case.organisation.street,
            "interpreter": language_to_interpret(self.case),
        }

    def clean_starts_at(self) -> Any:
        return time_ahead(self.cleaned_data["starts_at"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        meeting = data.get("meeting")
        if meeting and self.case.appointments.filter(meeting=meeting).exists():
            raise forms.ValidationError("Familjen är redan inbjuden till träffen.")
        return data

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        appointment = Appointment(
            referral=self.case,
            kind=data["kind"],
            meeting=data["meeting"],
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


TALK_FORMS: dict[str, type[StepForm]] = {"call_to_talk": CallToTalk}
