"""What a work list says above its rows: papers that stand still, and a unit that nobody leads."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from cases import access, alerts, rules
from cases.models import Right, User
from kronoberg import worklists
from notices import exchange, outbox, pile
from notices.models import Posting
from notices.posting import State


@dataclass(frozen=True)
class Alarm:
    words: str
    verb: str
    url: str
    level: str


def of(user: User) -> list[Alarm]:
    """The alarms of this reader, the worst first; nothing for those who cannot mend it."""
    found = _of_oversight(user) + _without_leader(user) + _without_mail(user)
    if not access.may(user, Right.HANDLE_POST):
        return found
    if unmade := outbox.in_trouble(user.organisation).count():
        words = "Ett brev blev inte gjort." if unmade == 1 else f"{unmade} brev blev inte gjorda."
        found.append(Alarm(words, "Se varför", reverse("letters-unmade"), "error"))
    if stuck := pile.in_trouble(user.organisation).count():
        words = "En hög med post blir inte gjord." if stuck == 1 else f"{stuck} högar står stilla."
        found.append(Alarm(words, "Se varför", reverse("post"), "error"))
    today = rules.start_of(timezone.localdate())
    if waits := exchange.undelivered(user.organisation, before=today).count():
        words = (
            "Ett meddelande till en annan myndighet är inte postat."
            if waits == 1
            else f"{waits} meddelanden till andra myndigheter är inte postade."
        )
        found.append(Alarm(words, "Till posten", reverse("post"), "error"))
    returned = Posting.objects.filter(organisation=user.organisation, state=State.RETURNED).count()
    if returned:
        words = "Ett brev är i retur." if returned == 1 else f"{returned} brev är i retur."
        found.append(Alarm(words, "Se vad som behövs", reverse("post"), "warning"))
    return found


def _of_oversight(user: User) -> list[Alarm]:
    """An emergency that nobody judged in time, a log that nobody has reviewed."""
    late = alerts.of(user, at=timezone.now())
    return [Alarm(words, "Öppna", reverse(page), "error") for words, page in late]


def _without_leader(user: User) -> list[Alarm]:
    """A deadline that nobody meets is brought to whoever leads the unit: there has to be one."""
    if worklists.has_leader(user.organisation):
        return []
    words = "Enheten saknar chef i systemet. Försenade frister visas därför för alla."
    return [Alarm(words, "Se påminnelserna", f"{reverse('worklist')}?vy=paminda", "error")]


def _without_mail(user: User) -> list[Alarm]:
    """Without an address the week's letter about what waits goes to nobody."""
    if user.organisation.email or not access.may(user, Right.NAME_READERS):
        return []
    words = "Enheten har ingen e-postadress, så veckobrevet om det som väntar går inte fram."
    return [Alarm(words, "Lägg in adressen", reverse("unit"), "warning")]
