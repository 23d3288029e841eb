"""Continuous supervision of somebody who is kept drunk: one look, one tap; and the end of it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from cases import rules
from cases.forms.base import MomentField
from cases.forms.fields import choice, words
from cases.forms.spot import SpotForm
from cases.models import CustodyCheck

Condition = CustodyCheck.Condition
ENDS = "ends"


class RecordSupervision(SpotForm):
    """How the youth was when somebody looked; and when the custody ended."""

    paragraph = "LOB 3, 6 och 7 §§"
    consequences = ("När omhändertagandet har upphört stannar klockan.",)
    taps = (
        (Condition.AWAKE.value, "Vaken, svarar redigt"),
        (Condition.ASLEEP.value, "Sover, går att väcka"),
        (ENDS, "Upphör nu"),
    )
    groups = (("", "", ("condition", "note", "at", "custody_ended_at")),)

    condition = choice(Condition, "Tillstånd")
    note = words(
        "Anteckning", rows=2, required=False, help_text="Det du såg, och vad ni gjorde åt det."
    )
    at = MomentField(label="När du tittade till ungdomen")
    custody_ended_at = MomentField(
        label="När omhändertagandet upphörde",
        required=False,
        help_text="Lämna tomt så länge det pågår.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tap = self.data.get("one_tap") if self.is_bound else ""
        if tap:
            now = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
            ended = {"custody_ended_at": now} if tap == ENDS else {}
            self.press(condition=Condition.AWAKE.value if tap == ENDS else tap, at=now, **ended)

    @property
    def intro(self) -> str:  # type: ignore[override]
        last = self.case.custody_checks.last()
        said = "Medvetslös, går inte att väcka, kräks eller ont i huvudet: ring 112 först."
        if last is None:
            return f"{said} Ingen tillsyn är antecknad än."
        seen = f"{timezone.localtime(last.at):%H:%M}"
        return f"{said} Senast {seen}: {last.get_condition_display().lower()}."

    def known(self) -> dict[str, Any]:
        return super().known() | {"custody_ended_at": self.case.custody_ended_at}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("condition") == Condition.WORSE and not data.get("note"):
            self.add_error("note", "Skriv vad du såg och vem ni tillkallade.")
        self._check_end(data.get("custody_ended_at"))
        return data

    def _check_end(self, ended: datetime | None) -> None:
        began = self.case.custody_at
        # The page shows whole minutes.
        if ended and began and ended < began.replace(second=0, microsecond=0):
            self.add_error("custody_ended_at", "Slutet kan inte ligga före beslutet.")
            return
        most = timedelta(hours=rules.rule("custody_lob", on=self.case.day).value)
        if ended and began and ended - began > most and not self.cleaned_data.get("note"):
            hours = most // timedelta(hours=1)
            self.add_error("note", f"Det varade mer än {hours} timmar (LOB 7 §). Skriv varför.")

    def facts(self) -> dict[str, Any]:
        return {"custody_ended_at": self.cleaned_data["custody_ended_at"]}

    def records(self) -> list[models.Model]:
        data = self.cleaned_data
        names = ("condition", "note", "at")
        return [
            CustodyCheck(
                youth_case=self.case, made_by=self.by, **{name: data[name] for name in names}
            )
        ]
