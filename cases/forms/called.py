"""What came of a call to a talk: the answers, another time, who came, what was said."""

from typing import Any

from django import forms
from django.db import models
from django.utils import timezone

from cases.forms.base import StepForm
from cases.forms.talks import label_of, time_ahead, uuid_of
from cases.models import Appointment, Attendee, RecordEntry, Referral
from cases.models.codes import Attendance

CAME = [(code.value, code.label) for code in Attendance if code != Attendance.NOT_INVITED]


class TalkForm(StepForm):
    """About the talk that waits: the page names it, whatever has come since."""

    case: Referral

    appointment = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = self.case.appointments.filter(result="")
        posted = uuid_of(self.data.get(self.add_prefix("appointment"))) if self.is_bound else None
        named = posted or self.about
        self.talk = waiting.filter(pk=named).first() if named else waiting.first()
        self.attendees = list(
            Attendee.objects.filter(appointment=self.talk).select_related("custodian")
        )
        self.intro = "Inget samtal väntar på anteckning."
        self.is_void = self.talk is None and not self.is_bound
        if self.talk:
            self.intro = (
                f"{self.talk.get_kind_display()} {timezone.localtime(self.talk.at):%Y-%m-%d %H:%M}."
            )
            self.initial["appointment"] = self.talk.pk

    def known(self) -> dict[str, Any]:
        return {}

    def label(self, attendee: Attendee) -> str:
        if attendee.custodian is None:
            return "Ungdomen"
        return label_of(attendee.custodian, self.case, by=self.by)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.talk is None:
            raise forms.ValidationError("Samtalet är redan antecknat. Läs om ärendet.")
        return data

    def facts(self) -> dict[str, Any]:
        return {}


class RecordReply(TalkForm):
    """What each of the called answered."""

    paragraph = "SoL 14:3"
    consequences = ("Vill någon ha en annan tid: flytta samtalet, så går nya kallelser.",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for attendee in self.attendees:
            self.fields[f"reply_{attendee.pk}"] = forms.TypedChoiceField(
                label=self.label(attendee),
                choices=Attendee.Reply.choices,
                coerce=Attendee.Reply,
                required=False,
                empty_value="",
                initial=attendee.reply,
                widget=forms.RadioSelect,
            )

    def records(self) -> list[models.Model]:
        changed: list[models.Model] = []
        for attendee in self.attendees:
            reply = self.cleaned_data[f"reply_{attendee.pk}"]
            if reply and reply != attendee.reply:
                attendee.reply, attendee.replied_at = reply, timezone.now()
                changed.append(attendee)
        return changed


class RescheduleTalk(TalkForm):
    """A new time for the same people; the old one stays, and points at the new."""

    paragraph = "SoL 20:2"
    consequences = (
        "Var och en som var kallad får ett nytt brev.",
        "Den gamla tiden står kvar i ärendet som flyttad.",
    )

    starts_at = forms.DateTimeField(
        label="Ny dag och tid",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = forms.CharField(label="Plats", max_length=120)
    moved_for = forms.TypedChoiceField(
        label="Vem bad om en ny tid?",
        choices=Appointment.MovedFor.choices,
        coerce=Appointment.MovedFor,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.talk:
            self.initial["place"] = self.talk.place

    def clean_starts_at(self) -> Any:
        return time_ahead(self.cleaned_data["starts_at"])

    def records(self) -> list[models.Model]:
        old, data = self.talk, self.cleaned_data
        if old is None:
            return []
        new = Appointment(
            referral=self.case,
            kind=old.kind,
            at=data["starts_at"],
            place=data["place"],
            interpreter=old.interpreter,
            caseworker=self.by,
        )
        old.result, old.superseded_by = Appointment.Result.MOVED, new
        old.moved_for = data["moved_for"]
        called = [
            Attendee(appointment=new, custodian=attendee.custodian) for attendee in self.attendees
        ]
        return [new, *called, old]


class RecordTalk(TalkForm):
    """Held or not and why, who came, and what was said: each entry with its author and time."""

    paragraph = "SoL 14:3"
    consequences = (
        "Anteckningarna låses i journalen. En rättelse görs som ett tillägg.",
        "En ny tid är en ny kallelse.",
    )

    result = forms.TypedChoiceField(
        label="Blev samtalet av?",
        choices=[
            (code.value, code.label)
            for code in (Appointment.Result.HELD, Appointment.Result.NOT_HELD)
        ],
        coerce=Appointment.Result,
        widget=forms.RadioSelect,
        error_messages={"required": "Ange om samtalet blev av."},
    )
    not_held_because = forms.TypedChoiceField(
        label="Varför blev det inte av?",
        choices=Appointment.NotHeld.choices,
        coerce=Appointment.NotHeld,
        required=False,
        empty_value="",
        widget=forms.RadioSelect,
    )
    happened = forms.CharField(
        label="Vad som hände",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Skriv så att familjen kan läsa det (SoL 14:6).",
    )
    concern = forms.CharField(
        label="Oro att föra vidare",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Blir en egen anteckning.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for attendee in self.attendees:
            self.fields[f"came_{attendee.pk}"] = forms.TypedChoiceField(
                label=self.label(attendee),
                choices=CAME,
                coerce=Attendance,
                required=False,
                empty_value="",
                widget=forms.RadioSelect,
            )
        people = [f"came_{attendee.pk}" for attendee in self.attendees]
        # None of it is optional: which is asked for depends on the first answer.
        self.fields["not_held_because"].waits = "om det inte blev av"  # type: ignore[attr-defined]
        for name in people:
            self.fields[name].waits = "om det blev av"  # type: ignore[attr-defined]
        self.order_fields(["result", "not_held_because", *people, "happened", "concern"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        result = data.get("result")
        if result == Appointment.Result.NOT_HELD and not data.get("not_held_because"):
            self.add_error("not_held_because", "Ange varför samtalet inte blev av.")
        if result == Appointment.Result.HELD:
            if self.talk and self.talk.at > timezone.now():
                self.add_error("result", "Samtalet har inte varit än.")
            for attendee in self.attendees:
                if not data.get(f"came_{attendee.pk}"):
                    self.add_error(f"came_{attendee.pk}", "Ange om personen kom.")
        return data

    def records(self) -> list[models.Model]:
        if self.talk is None:
            return []
        data = self.cleaned_data
        self.talk.result = data["result"]
        held = self.talk.result == Appointment.Result.HELD
        self.talk.not_held_because = "" if held else data["not_held_because"]
        for attendee in self.attendees:
            attendee.attendance = data[f"came_{attendee.pk}"]
        entries = [
            RecordEntry(
                referral=self.case,
                kind=kind,
                text=data[name],
                appointment=self.talk,
                author=self.by,
                happened_at=min(self.talk.at, timezone.now()),
            )
            for name, kind in (
                ("happened", RecordEntry.Kind.HAPPENED),
                ("concern", RecordEntry.Kind.CONCERN),
            )
            if data[name]
        ]
        return [self.talk, *self.attendees, *entries]


CALLED_FORMS: dict[str, type[StepForm]] = {
    "record_reply": RecordReply,
    "reschedule_talk": RescheduleTalk,
    "record_talk": RecordTalk,
}
