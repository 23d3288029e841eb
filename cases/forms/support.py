"""Support and follow-up: what was offered, who said yes, and how it went."""

from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms
from django.db import models
from django.utils import timezone

from cases import rules
from cases.forms.base import MomentField, ReasonForm, StepForm
from cases.forms.talks import ADULT, age_class_today
from cases.identity import AgeClass
from cases.models import FollowUp, FollowUpCheck, Referral
from cases.models.codes import Attendance, Talk
from cases.models.referral_record import FollowUpAnswer, SupportAnswer

CHECKS = ("follow_up_check_1", "follow_up_check_2", "follow_up_check_3")


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
    """A no is an answer, and nobody is forced; it says whose it was."""

    intro = "Stöd erbjöds och avböjdes, eller erbjöds inte."
    paragraph = "SoL 11:5"
    consequences = ("Ärendet kan avslutas eller följas upp.",)

    def answers(self) -> list[SupportAnswer]:
        no = {
            SupportAnswer.CUSTODIANS: SupportAnswer.NO_CUSTODIANS,
            SupportAnswer.YOUTH: SupportAnswer.NO_YOUTH,
        }
        return [*(no[yes] for yes in super().answers()), SupportAnswer.NOT_OFFERED]


class StartFollowUp(StepForm):
    """Who said yes to being followed up, and when."""

    case: Referral
    intro = "Uppföljningen visar senare hur det gick. Vem tackade ja, och när ska ni höras?"
    paragraph = "SoL 23:1, 23:5"
    consequences = (
        "Varje planerad uppföljning får en egen frist, och ärendet kan avslutas när alla är klara.",
        "Vårdnadshavarna, och ungdomen från 15 år, ska få veta att den börjar och slutar.",
    )
    LIMITED = "Efter en utredning utan insats slutar uppföljningen senast {} (SoL 23:5)."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["follow_up_answer"] = forms.TypedChoiceField(
            label="Svar på erbjudandet",
            choices=[(answer.value, answer.label) for answer in self.answers()],
            coerce=FollowUpAnswer,
            widget=forms.RadioSelect,
        )
        self.checks = self.planned()
        self.fields["months"] = forms.TypedMultipleChoiceField(
            label="Uppföljning efter",
            choices=[(str(number), f"{number} månader") for number in self.checks],
            coerce=int,
            initial=[str(number) for number in self.checks],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Välj minst en uppföljning, eller anteckna ett nej."},
        )

    def known(self) -> dict[str, Any]:
        return {}

    def answers(self) -> list[FollowUpAnswer]:
        return answers_today(self.case)

    def planned(self) -> dict[int, date]:
        """The configured checks and their days; after an investigation without support none later
        than the law allows: the one that would pass the last day falls on it.
        """
        book, today = rules.rulebook(self.case.day), timezone.localdate()
        every = sorted({book[key].value for key in CHECKS if key in book})
        limit = book["follow_up"].value
        until = self.case.follow_up_until(limit)
        if until is None:
            return {number: today + relativedelta(months=number) for number in every}
        self.intro = f"{self.intro} {self.LIMITED.format(until)}"
        if until <= today:
            return {}
        within = [number for number in every if number <= limit]
        return {number: min(today + relativedelta(months=number), until) for number in within}

    def facts(self) -> dict[str, Any]:
        return {"follow_up_answer": self.cleaned_data["follow_up_answer"]}

    def records(self) -> list[models.Model]:
        return [
            FollowUpCheck(referral=self.case, months=number, due_on=self.checks[number])
            for number in self.cleaned_data["months"]
        ]


def answers_today(case: Referral) -> list[FollowUpAnswer]:
    """Who can say yes to a follow-up today."""
    now = age_class_today(case)
    if now in ADULT:
        return [FollowUpAnswer.YOUTH]
    if now in (AgeClass.UNDER_15, AgeClass.UNKNOWN):
        return [FollowUpAnswer.CUSTODIANS]
    return [FollowUpAnswer.CUSTODIANS, FollowUpAnswer.YOUTH]


class DeclineFollowUp(StepForm):
    """A no that says whose it was."""

    case: Referral
    intro = "Uppföljning erbjöds och avböjdes, eller erbjöds inte."
    paragraph = "SoL 23:1"
    consequences = ("Ärendet kan avslutas utan uppföljning.",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        no = {
            FollowUpAnswer.CUSTODIANS: FollowUpAnswer.NO_CUSTODIANS,
            FollowUpAnswer.YOUTH: FollowUpAnswer.NO_YOUTH,
        }
        answers = [*(no[yes] for yes in answers_today(self.case)), FollowUpAnswer.NOT_OFFERED]
        self.fields["follow_up_answer"] = forms.TypedChoiceField(
            label="Svar på erbjudandet",
            choices=[(answer.value, answer.label) for answer in answers],
            coerce=FollowUpAnswer,
            widget=forms.RadioSelect,
        )


def open_checks(case: Referral) -> list[FollowUpCheck]:
    """The checks that are still to come, soonest first."""
    return [check for check in case.checks.all() if check.is_open]


class SkipCheck(ReasonForm):
    """The next planned check is not called for any longer."""

    case: Referral
    paragraph = "SoL 23:1"
    consequences = ("Fristen försvinner. Skälet står kvar i ärendet.",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.check = next(iter(open_checks(self.case)), None)
        self.intro = "Ingen planerad uppföljning finns kvar."
        self.is_void = self.check is None and not self.is_bound
        if self.check:
            self.intro = f"{self.check}, {self.check.due_on}. Varför behövs den inte?"

    def clean(self) -> dict[str, Any]:
        if self.check is None:
            raise forms.ValidationError("Alla planerade uppföljningar är redan klara.")
        return super().clean() or self.cleaned_data

    def records(self) -> list[models.Model]:
        if self.check is None:
            return []
        self.check.skipped_at = timezone.now()
        return [self.check]


class FollowUpContact(StepForm):
    """One contact of the follow-up, as a row of its own: the same in both authorities."""

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

    def made(self, **columns: Any) -> FollowUp:
        names = ("kind", "at", "youth", "custodians", "note")
        columns |= {name: self.cleaned_data[name] for name in names}
        return FollowUp(case_id=self.case.pk, made_by=self.by, **columns)

    def records(self) -> list[models.Model]:
        return [self.made()]


class RecordFollowUp(FollowUpContact):
    """The next planned check, or a contact in between, with how it goes."""

    case: Referral
    paragraph = "SoL 23:1"
    consequences = ("Ärendet kan avslutas när alla planerade uppföljningar är klara.",)
    field_order = ("kind", "at", "youth", "custodians", "outcome", "note")

    outcome = forms.TypedChoiceField(
        label="Hur går det jämfört med när anmälan kom?",
        choices=FollowUp.Outcome.choices,
        coerce=FollowUp.Outcome,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.check = next(iter(open_checks(self.case)), None)
        self.intro = "En kontakt i uppföljningen: när, hur och med vem."
        if self.check:
            self.intro = f"{self.check}, planerad till {self.check.due_on}."

    def records(self) -> list[models.Model]:
        made = self.made(outcome=self.cleaned_data["outcome"])
        if self.check is None:
            return [made]
        self.check.done_by = made
        return [made, self.check]


SUPPORT_FORMS: dict[str, type[StepForm]] = {
    "start_support": StartSupport,
    "decline_support": DeclineSupport,
    "start_follow_up": StartFollowUp,
    "decline_follow_up": DeclineFollowUp,
    "record_follow_up": RecordFollowUp,
    "skip_check": SkipCheck,
}
