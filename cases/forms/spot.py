"""The end of the stop: to whom the youth was handed over; and what the steps on the spot share."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from cases import access, duty, ladder
from cases.forms.base import MomentField, StepForm
from cases.forms.fields import answer, choice, line
from cases.models import Custodian, DutyContact, YouthCase
from cases.models.codes import Custody, Outcome
from cases.models.youth_conditions import TAKES_NOBODY, TO_CUSTODIAN


class SpotForm(StepForm):
    """A step whose moment matters: now unless said otherwise, never before the stop."""

    case: YouthCase
    on_the_spot = True

    def known(self) -> dict[str, Any]:
        return super().known() | {"at": timezone.now()}

    def hides(self, custodian: Custodian) -> bool:
        """May whoever takes the step not see this custodian? Whoever is on the spot has to call."""
        own = self.by.pk in (self.case.author_id, self.case.owner_id)
        is_hidden = custodian.is_protected and not own
        return is_hidden or not access.may_read_identity(self.by, self.case)

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        started = timezone.localtime(self.case.opened_at)
        # The page shows whole minutes.
        if at < started.replace(second=0, microsecond=0):
            raise forms.ValidationError(
                f"Ingripandet började {started:%Y-%m-%d %H:%M}. Ange en tid efter det."
            )
        return max(at, started)


# The end of the stop --------------------------------------------------------------------------

HINTS = {
    Outcome.COLLECTED: "kontrollera legitimation",
    Outcome.DRIVEN_HOME: "kontrollera legitimation vid dörren",
    Outcome.OTHER_ADULT: "medgivandet ska stå bland samtalen",
    Outcome.DUTY_TEAM: "när ingen vårdnadshavare nås, vill eller kan",
    Outcome.NO_DUTY_TEAM: "skriv vad ni gjorde i stället",
    Outcome.HOSPITAL: "skriv vilket sjukhus",
    Outcome.LOB: "längst åtta timmar",
}
UNAVAILABLE = (DutyContact.Result.NO_ANSWER, DutyContact.Result.CLOSED)
# At 18 custody ends (FB 6:2): the words are other than a child's.
OF_AGE = {Outcome.OTHER_ADULT: "Hämtad av någon som ungdomen själv valde"}
DUTY_ENDS = (
    (DutyContact.Result.TAKES_OVER, Outcome.DUTY_TEAM),
    (DutyContact.Result.CLOSED, Outcome.NO_DUTY_TEAM),
    (DutyContact.Result.NO_ANSWER, Outcome.NO_DUTY_TEAM),
)
NOBODY_TOOK_OVER = (Outcome.RELEASED, Outcome.NO_DUTY_TEAM)


def outcomes(case: YouthCase) -> list[Outcome]:
    """How the stop may end, by age and by the ground of a custody."""
    possible: list[Outcome]
    if case.is_minor:
        possible = [each for each in Outcome if each != Outcome.RELEASED]
    else:
        possible = [Outcome.RELEASED, Outcome.OTHER_ADULT, Outcome.HOSPITAL, Outcome.LOB]
        if case.consents_to_contact:
            possible += TO_CUSTODIAN
    if case.custody == Custody.PL_12:
        possible = [each for each in possible if each != Outcome.OTHER_ADULT]
    if case.custody in (Custody.NONE, Custody.PL_12):
        possible = [each for each in possible if each != Outcome.LOB]
    return possible


class HandOver(SpotForm):
    """To whom the youth was handed over, or how the stop ended otherwise."""

    intro = "Lämna bara över till någon som är nykter och kan ta hand om ungdomen."
    paragraph = "Polislagen 12, 13 och 16 §§; LOB 7 §"
    consequences = ("Ingripandet på plats är slut. Sedan avrapporterar du.",)
    groups = (("", "", ("outcome", "handed_over_to", "id_checked", "at")),)

    handed_over_to = line(
        "Till vem?", required=False, help_text="Namn och relation, eller enhet och sjukhus."
    )
    id_checked = answer("Mottagarens identitet är kontrollerad")
    at = MomentField(label="När")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = outcomes(self.case)
        self.taps = tuple(self._collectors()) if Outcome.COLLECTED in possible else ()
        says = {
            each: f"{self._words(each)} – {HINTS[each]}" if each in HINTS else self._words(each)
            for each in possible
        }
        self.fields["outcome"] = choice(
            Outcome,
            "Hur slutade ingripandet?",
            only=possible,
            says=says,
            initial=Outcome.RELEASED if Outcome.RELEASED in possible else self._likely(possible),
            error_messages={"required": "Välj hur ingripandet slutade."},
        )
        self.order_fields(("outcome", "handed_over_to", "id_checked", "at"))
        if self.is_bound and self.data.get("one_tap"):
            self._press(self.data["one_tap"])

    def _collectors(self) -> Iterator[tuple[str, str]]:
        """A tap for each custodian who may collect: by whom, now, and that the identity is checked.

        Whoever said that they would come stands first. Nobody is named to whoever may not read it.
        """
        now = ladder.ladder(self.case, at=timezone.now())
        coming = now.coming.custodian_id if now.coming else None
        for rung in sorted(now.rungs, key=lambda rung: rung.custodian.pk != coming):
            said = [call.result for call in rung.calls if call.reached]
            takes_over = said and said[-1] not in TAKES_NOBODY
            if rung.custodian.name and takes_over and not self.hides(rung.custodian):
                label = f"Hämtad nu av {rung.custodian.name}, legitimation kontrollerad"
                yield str(rung.custodian.pk), label

    def _press(self, tap: str) -> None:
        who = self.case.person.custodians.filter(pk__in=[key for key, _ in self.taps if key == tap])
        self.press(
            outcome=Outcome.COLLECTED.value,
            handed_over_to=next((each.name for each in who), ""),
            id_checked="on",
            at=f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        )

    def _likely(self, possible: list[Outcome]) -> Outcome | None:
        """How the calls so far say that it ends; nothing where they say nothing."""
        calls = {call.result for call in self.case.duty_contacts.all()}
        for result, outcome in DUTY_ENDS:
            if result in calls and outcome in possible:
                return outcome
        return None

    def _words(self, outcome: Outcome) -> str:
        return str(outcome.label if self.case.is_minor else OF_AGE.get(outcome, outcome.label))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        outcome = data.get("outcome")
        if not outcome:
            return data
        if outcome == Outcome.NO_DUTY_TEAM:
            self._check_no_duty_team(data)
        elif outcome not in NOBODY_TOOK_OVER and not data.get("handed_over_to"):
            self.add_error("handed_over_to", "Skriv vem som tog emot ungdomen.")
        if outcome in (*TO_CUSTODIAN, Outcome.OTHER_ADULT) and not data.get("id_checked"):
            self.add_error("id_checked", "Kontrollera mottagarens identitet och kryssa i rutan.")
        return data

    def _check_no_duty_team(self, data: dict[str, Any]) -> None:
        """An end of its own, for a night when really nobody was there: it is counted."""
        if not data.get("handed_over_to"):
            self.add_error("handed_over_to", "Skriv vad ni gjorde i stället.")
        team = duty.open_team(self.case.incident.municipality_id, data.get("at") or timezone.now())
        tried = self.case.duty_contacts.filter(result__in=UNAVAILABLE).exists()
        if team and not tried:
            self.add_error(
                "outcome",
                f"Enligt jourkalendern har {team.team} öppet till {team.closes:%H:%M}: "
                f"{team.phone}. Ring dit, och logga samtalet om ingen svarar.",
            )
