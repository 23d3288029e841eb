"""What a caseworker writes in a referral: contacts, entries of the record, additions to them."""

from typing import Any

from django import forms
from django.db import models
from django.utils import timezone

from cases.forms.base import MomentField, StepForm
from cases.forms.talks import (
    ADULT,
    age_class_today,
    custodians_to_call,
    label_of,
    language_to_interpret,
)
from cases.identity import AgeClass
from cases.models import ContactMade, RecordEntry, Referral, WorkingNote
from cases.models.codes import Talk

LONG = 8000
Kind, Who, By = RecordEntry.Kind, ContactMade.Who, ContactMade.ConsentedBy
# What was agreed on in a contact, and how it was understood.
AGREED = ("consent", "consented_by", "interpreter")


class RecordContact(StepForm):
    """With whom, how, and what came out of it. Nobody else is asked before an investigation."""

    case: Referral
    intro = "En kontakt i förhandsbedömningen. Bara de här fyra: det är ingen utredning än."
    paragraph = "SoL 20:2; JO 5219-2018"
    consequences = ("Kontakten står kvar i ärendet med ditt namn och tiden.",)

    kind = forms.TypedChoiceField(
        label="Hur",
        choices=[(code.value, code.label) for code in (Talk.PHONE, Talk.TALK, Talk.VISIT)],
        coerce=Talk,
        widget=forms.RadioSelect,
    )
    at = MomentField(label="När")
    result = forms.TypedChoiceField(
        label="Resultat",
        choices=ContactMade.Result.choices,
        coerce=ContactMade.Result,
        widget=forms.RadioSelect,
    )
    consent = forms.ChoiceField(
        label="Samtycke",
        choices=[("", "Frågades inte"), *ContactMade.Consent.choices],
        required=False,
        widget=forms.RadioSelect,
        help_text="Till fler samtal, eller till ett möte med den som anmälde (SoL 19:5).",
    )
    interpreter = forms.CharField(
        label="Tolk, språk",
        required=False,
        max_length=30,
        help_text="Lämna tomt om ingen tolk användes.",
    )
    note = forms.CharField(
        label="Vad som kom fram",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.custodians = {str(one.pk): one for one in custodians_to_call(self.case)}
        people = [
            (key, label_of(custodian, self.case, by=self.by))
            for key, custodian in self.custodians.items()
        ]
        self.fields["who"] = forms.ChoiceField(
            label="Med vem",
            choices=[
                (Who.YOUTH.value, Who.YOUTH.label),
                *people,
                (Who.NOTIFIER.value, Who.NOTIFIER.label),
                (Who.OWN_FILES.value, Who.OWN_FILES.label),
            ],
            widget=forms.RadioSelect,
        )
        self.fields["consented_by"] = forms.ChoiceField(
            label="Vem svarade om samtycke",
            choices=[("", "Ingen frågades"), *self.can_consent()],
            required=False,
            widget=forms.RadioSelect,
        )
        self.order_fields(
            ["who", "kind", "at", "interpreter", "result", "consent", "consented_by", "note"]
        )

    def can_consent(self) -> list[tuple[str, str]]:
        """The custodians until eighteen, the youth from fifteen, by the rules of today."""
        answers = [By.YOUTH] if age_class_today(self.case) in ADULT else list(By)
        if age_class_today(self.case) in (AgeClass.UNDER_15, AgeClass.UNKNOWN):
            answers = [By.CUSTODIANS]
        return [(each.value, each.label) for each in answers]

    def known(self) -> dict[str, Any]:
        return {
            "at": timezone.now(),
            "kind": Talk.PHONE,
            "interpreter": language_to_interpret(self.case),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_told = data.get("who") in self.custodians
        if is_told and self.case.protection_assessed_at is None:
            self.add_error("who", "Gör skyddsbedömningen innan en vårdnadshavare kontaktas.")
        if data.get("consent") and not data.get("consented_by"):
            self.add_error("consented_by", "Ange vem som svarade om samtycke.")
        if data.get("consented_by") and not data.get("consent"):
            self.add_error("consent", "Ange om svaret var ja eller nej.")
        return data

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        custodian = self.custodians.get(data["who"])
        made = {name: data[name] for name in ("kind", "at", "result", "note", *AGREED)}
        return [
            ContactMade(
                referral=self.case,
                who=Who.CUSTODIAN if custodian else data["who"],
                custodian=custodian,
                made_by=self.by,
                **made,
            )
        ]


class WriteEntry(StepForm):
    """The working note, written into the record and locked."""

    case: Referral
    intro = "Anteckningen skrivs in i journalen och låses. Utgå från din arbetsanteckning."
    paragraph = "SoL 14:3, 14:6"
    consequences = (
        "Texten kan inte ändras sedan. En rättelse görs som ett tillägg.",
        "Den enskilde har rätt att läsa den.",
    )

    text = forms.CharField(
        label="Anteckning", max_length=LONG, widget=forms.Textarea(attrs={"rows": 8})
    )
    at = MomentField(label="När det hände")

    def known(self) -> dict[str, Any]:
        self.draft = WorkingNote.objects.filter(referral=self.case, author=self.by).first()
        return {"text": self.draft.text if self.draft else "", "at": timezone.now()}

    def keep(self, text: str) -> None:
        """Keep the words as the caseworker's own working note, which is no part of the record."""
        note = self.draft or WorkingNote(referral=self.case, author=self.by)
        note.text, note.changed_at = text[:LONG], timezone.now()
        note.save()

    def moment(self) -> None:
        """The step is taken now; what it tells of happened when the field says."""

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        entry = RecordEntry(
            referral=self.case,
            kind=Kind.NOTE,
            text=self.cleaned_data["text"],
            author=self.by,
            happened_at=self.cleaned_data["at"],
        )
        if self.draft is None:
            return [entry]
        self.draft.text = ""
        return [entry, self.draft]


class Addition(StepForm):
    """Something added to what stays as it is: an entry, the notice, a decision."""

    case: Referral
    kind: str
    paragraph = "SoL 14:6"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        notes = self.case.entries.filter(about=None).exclude(
            kind__in=(Kind.CORRECTION, Kind.DISPUTE)
        )
        self.entries = {str(entry.pk): entry for entry in notes}
        self.fields["about"] = forms.ChoiceField(
            label="Vad det gäller",
            choices=[
                ("", "Välj"),
                *((key, str(entry)) for key, entry in self.entries.items()),
                *RecordEntry.What.choices,
            ],
            initial=str(self.about or ""),
            help_text=self._said(),
        )
        self.fields["text"] = forms.CharField(
            label=self.asks, max_length=LONG, widget=forms.Textarea(attrs={"rows": 5})
        )

    asks = "Tillägg"

    def _said(self) -> str:
        """What stands in the entry that the page's address names, to be read while writing."""
        entry = self.entries.get(str(self.about))
        return f"”{entry.text}”" if entry and not self.hides_words() else ""

    def known(self) -> dict[str, Any]:
        return {}

    def facts(self) -> dict[str, Any]:
        return {}

    def records(self) -> list[models.Model]:
        about = self.cleaned_data["about"]
        entry = self.entries.get(about)
        return [
            RecordEntry(
                referral=self.case,
                kind=self.kind,
                text=self.cleaned_data["text"],
                about=entry,
                about_what="" if entry else about,
                author=self.by,
                happened_at=timezone.now(),
            )
        ]


class CorrectEntry(Addition):
    kind = Kind.CORRECTION
    intro = "Det som står kvar är fel eller saknar något: skriv det rätta som ett tillägg."
    consequences = ("Det som står kvar ändras inte. Rättelsen står intill.",)
    asks = "Det rätta är"


class NoteDispute(Addition):
    kind = Kind.DISPUTE
    intro = "Någon som ärendet gäller menar att en uppgift inte är riktig."
    consequences = (
        "Invändningen står i journalen, för alla som läser det som den gäller.",
        "Det går också när ärendet är avslutat.",
    )
    asks = "Vem, och vad personen menar"


CASEBOOK_FORMS: dict[str, type[StepForm]] = {
    "record_contact": RecordContact,
    "write_entry": WriteEntry,
    "correct_entry": CorrectEntry,
    "note_dispute": NoteDispute,
}
