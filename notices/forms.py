"""The forms of the post room: one for each thing that can be done with a paper."""

from datetime import date
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils import timezone

from cases.forms.fields import choice
from notices.models import PrintRun
from notices.posting import How, Posting, ReturnReason


class PaperForm(forms.Form):
    """A move that asks for nothing but a deliberate yes."""

    intro = ""
    paragraph = ""
    consequences: ClassVar[tuple[str, ...]] = ()
    # Made with the page: the same form sent twice is one step.
    request_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, posting: Posting, **kwargs: Any) -> None:
        self.posting = posting
        kwargs["initial"] = {"request_id": uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        return [("", "", self.visible_fields())]

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {name: given[name] for name in given if name not in ("request_id", "reason")}


class WhyForm(PaperForm):
    reason = forms.CharField(
        label="Skäl", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )


class PrintForm(PaperForm):
    intro = "Brevet markeras som utskrivet, och PDF:en finns på brevets sida."
    consequences = ("Utskriften står i ärendets händelser och i loggen.",)


class PostForm(PaperForm):
    """When and how it left the house."""

    intro = "Dagen och sättet är beviset för att brevet har gått."
    consequences = (
        "Det står i ärendets händelser. Kommer brevet tillbaka antecknas det som retur.",
    )

    posted_on = forms.DateField(
        label="Dag", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    posted_how = choice(
        How, "Hur det skickades", error_messages={"required": "Välj hur det skickades."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"posted_on": timezone.localdate()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean_posted_on(self) -> date:
        made = timezone.localdate(self.posting.letter.made_at)
        return past_day(self.cleaned_data["posted_on"], since=made, what="brevet")


class WithdrawForm(WhyForm):
    intro = "Brevet kommer inte att skickas. Skriv varför."
    consequences = (
        "Ett tillbakadraget brev skrivs aldrig ut.",
        "Finns det redan på papper: riv det.",
    )


class ReturnForm(PaperForm):
    """It came back."""

    intro = "Brevet har kommit tillbaka."
    consequences = (
        "Inga fler brev går till adressen förrän någon har rättat den eller avslutat returen.",
        "Ärendet visar att en ny adress behövs.",
    )

    returned_on = forms.DateField(
        label="Dag", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    return_reason = choice(
        ReturnReason,
        "Vad som står på brevet",
        error_messages={"required": "Välj vad som står på brevet."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"returned_on": timezone.localdate()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean_returned_on(self) -> date:
        sent = self.posting.posted_on or timezone.localdate()
        return past_day(self.cleaned_data["returned_on"], since=sent, what="posten")


class SettleForm(WhyForm):
    intro = "Skriv vad som hände: ny adress, uppringd, eller varför inget mer skickas."
    consequences = ("Returen står inte längre som ogjord. Adressen går att skriva till igen.",)


def past_day(day: date, *, since: date, what: str) -> date:
    """The day, if it lies between `since` and today."""
    if day > timezone.localdate():
        raise forms.ValidationError("Dagen ligger i framtiden. Ange när det hände.")
    if day < since:
        raise forms.ValidationError(f"Dagen kan inte vara före {what} ({since}).")
    return day


class RetryForm(forms.Form):
    """One press: try again."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)


class PileForm(forms.Form):
    """How the pile will be printed."""

    is_duplex = forms.BooleanField(label="Skriv ut på båda sidor av arket", required=False)


class SentForm(forms.Form):
    """When and how a whole pile left the house."""

    posted_on = forms.DateField(
        label="Dag", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    posted_how = choice(
        How,
        "Hur det skickades",
        initial=How.POST,
        error_messages={"required": "Välj hur det skickades."},
    )

    def __init__(self, *args: Any, run: PrintRun, **kwargs: Any) -> None:
        self.run = run
        kwargs["initial"] = {"posted_on": timezone.localdate()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean_posted_on(self) -> date:
        printed = timezone.localdate(self.run.printed_at or self.run.made_at)
        return past_day(self.cleaned_data["posted_on"], since=printed, what="utskriften")


PAPER_FORMS: dict[str, type[PaperForm]] = {
    "print_letter": PrintForm,
    "post_letter": PostForm,
    "withdraw_letter": WithdrawForm,
    "return_letter": ReturnForm,
    "settle_return": SettleForm,
}
