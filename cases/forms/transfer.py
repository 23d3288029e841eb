"""The forms of moving a matter to another municipality: request, answer, silence."""

from typing import Any

from django import forms
from django.utils import timezone

from cases import rules
from cases.forms.base import ConfirmForm, ReasonForm, StepForm
from cases.models import Municipality, Referral


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

    def facts(self) -> dict[str, Any]:
        silence = rules.rule("transfer_silence", on=self.case.day)
        return super().facts() | {"answer_before": rules.deadline(silence, since=timezone.now())}


class NoteTransferRefusal(ReasonForm):
    intro = "Den andra kommunen, eller IVO, har sagt nej. Skriv vem som svarade och varför."
    paragraph = "SoL 29:9–11"
    consequences = (
        "Ärendet stannar hos er, och begäran och svaret står kvar.",
        "Efter den andra kommunens nej kan ni ansöka om överflyttning hos IVO.",
    )


class Transfer(ConfirmForm):
    """The other municipality has said yes."""

    case: Referral
    paragraph = "SoL 29:9"
    consequences = (
        "Anmälan förs över till den andra kommunen.",
        "Ärendet avslutas hos er och kan inte öppnas igen.",
    )
    says = "Den andra kommunen, eller IVO, har sagt ja"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.intro = f"Ärendet flyttas till {self.case.transfer_to or 'den andra kommunen'}."


class ApplyToIvo(ReasonForm):
    """A no, or a month of silence: the matter of who is responsible can go to IVO."""

    case: Referral
    paragraph = "SoL 29:11"
    consequences = ("Ansökan görs hos IVO. Ärendet stannar hos er tills frågan är avgjord.",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.case.transfer_to or "Den andra kommunen"
        asked = self.case.transfer_requested_at
        since = f" (begäran gjordes {timezone.localdate(asked)})" if asked else ""
        answered = "sagt nej till er begäran" if self.case.transfer_refused_at else "inte svarat"
        self.intro = f"{to} har {answered}{since}. Skriv när ansökan skickades."


TRANSFER_FORMS: dict[str, type[StepForm]] = {
    "request_transfer": RequestTransfer,
    "note_transfer_refusal": NoteTransferRefusal,
    "apply_to_ivo": ApplyToIvo,
    "transfer": Transfer,
}
