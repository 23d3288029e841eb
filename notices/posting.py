"""The paper of a letter and its whole legal life: printed, posted, in return – or withdrawn.

Only a letter that leaves as paper has a posting. Each move names its words and the facts it
records; `postroom.take` is the door, and a trigger refuses every other way (`notices.guards`).
"""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, FSMModelMixin, transition

from cases.models import Organisation, Right
from cases.models.case import missing, step
from cases.models.grants import on_organisation
from cases.models.moves import PAPER_EVENTS
from cases.sealing import blind_index


class State(models.TextChoices):
    WAITING = "waiting", "Att skriva ut"
    PRINTED = "printed", "Utskrivet"
    POSTED = "posted", "Postat"
    RETURNED = "returned", "I retur"
    SETTLED = "settled", "Retur avslutad"
    WITHDRAWN = "withdrawn", "Tillbakadraget"


class How(models.TextChoices):
    """How a letter left the house. Never by e-mail."""

    POST = "post", "Post"
    COURIER = "courier", "Bud"
    FAX = "fax", "Fax, med sekretess bekräftad av mottagaren"


class ReturnReason(models.TextChoices):
    MOVED = "moved", "Har flyttat"
    UNKNOWN = "unknown", "Okänd på adressen"
    UNCLAIMED = "unclaimed", "Inte hämtat"
    REFUSED = "refused", "Ville inte ta emot"
    INCOMPLETE = "incomplete", "Ofullständig adress"


# Where each state may go next: the machine below, in the words of the database's own guard.
EDGES = (
    (State.WAITING, State.PRINTED),
    (State.WAITING, State.POSTED),
    (State.WAITING, State.WITHDRAWN),
    (State.PRINTED, State.POSTED),
    (State.PRINTED, State.WITHDRAWN),
    (State.POSTED, State.RETURNED),
    (State.RETURNED, State.SETTLED),
)
UNPOSTED = (State.WAITING, State.PRINTED)

handles = on_organisation(Right.HANDLE_POST)


@missing("brevet är inte gjort än")
def letter_is_made(posting: "Posting") -> bool:
    return posting.letter.state == "ready"


@missing("vilken dag och hur det skickades", remedy="post_letter")
def says_how(posting: "Posting") -> bool:
    return posting.posted_on is not None and bool(posting.posted_how)


@missing("varför det kom tillbaka", remedy="return_letter")
def says_why(posting: "Posting") -> bool:
    return bool(posting.return_reason)


def address_key(name: str, street: str | None, postal_line: str | None) -> str:
    """A keyed fingerprint of the addressee and the address, or "" where there is none."""
    return blind_index(f"{name}|{street}|{postal_line}") if street and postal_line else ""


def words(event: str, label: str, *, facts: tuple[str, ...] = (), why: bool = False) -> Any:
    return step(label, PAPER_EVENTS[event], facts=facts, needs_reason=why)


class Posting(FSMModelMixin, models.Model):
    """What has been done with the paper of one letter."""

    letter = models.OneToOneField("notices.Letter", primary_key=True, on_delete=models.CASCADE)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = FSMField(default=State.WAITING, choices=State.choices, protected=True)
    # A keyed fingerprint of the address: equal addresses meet, nobody can read them back.
    address_key = models.CharField(max_length=64)
    printed_at = models.DateTimeField(null=True)
    posted_on = models.DateField(null=True)
    posted_how = models.CharField(max_length=7, choices=How.choices, blank=True)
    returned_on = models.DateField(null=True)
    return_reason = models.CharField(max_length=10, choices=ReturnReason.choices, blank=True)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            # The pile, and what is printed but still lies there.
            models.Index(
                fields=["organisation", "state"],
                condition=Q(state__in=["waiting", "printed", "returned"]),
                name="postings_to_do",
            ),
            models.Index(
                fields=["address_key"],
                condition=Q(state="returned"),
                name="returned_addresses",
            ),
            models.Index(fields=["organisation", "posted_on"], name="postings_by_day"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="posting_state"),
            models.CheckConstraint(
                condition=~Q(state__in=["posted", "returned", "settled"])
                | Q(posted_on__isnull=False) & ~Q(posted_how=""),
                name="posted_when_and_how",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "settled"]) | ~Q(return_reason=""),
                name="returned_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Posting {self.letter_id}"

    def in_words(self) -> str:
        """How far the paper has come, with day and way; it names nobody."""
        how = How(self.posted_how).label.lower() if self.posted_how else ""
        sent = f"Postat {self.posted_on} ({how})"
        match self.state:
            case State.POSTED:
                return sent
            case State.RETURNED | State.SETTLED:
                why = ReturnReason(self.return_reason).label.lower()
                closed = "; returen är avslutad" if self.state == State.SETTLED else ""
                return f"{sent}, i retur {self.returned_on}: {why}{closed}"
            case State.PRINTED:
                return "Utskrivet, inte postat"
            case _:
                return str(State(self.state).label)

    @transition(
        state,
        source=State.WAITING,
        target=State.PRINTED,
        permission=handles,
        conditions=[letter_is_made],
        custom=words("print_letter", "Skriv ut"),
    )
    def print_letter(self, *, at: datetime) -> None:
        """On paper. From here it can no longer be called back unseen."""
        self.printed_at = at

    # Somebody may have printed it from the letter's own page.
    @transition(
        state,
        source=UNPOSTED,
        target=State.POSTED,
        permission=handles,
        conditions=[letter_is_made, says_how],
        custom=words("post_letter", "Markera som postat", facts=("posted_on", "posted_how")),
    )
    def post_letter(self, *, at: datetime) -> None:
        """It has left the house."""

    @transition(
        state,
        source=UNPOSTED,
        target=State.WITHDRAWN,
        permission=handles,
        custom=words("withdraw_letter", "Dra tillbaka", why=True),
    )
    def withdraw_letter(self, *, at: datetime) -> None:
        """It will not be sent. What is on paper already is destroyed."""

    @transition(
        state,
        source=State.POSTED,
        target=State.RETURNED,
        permission=handles,
        conditions=[says_why],
        custom=words("return_letter", "Anteckna retur", facts=("returned_on", "return_reason")),
    )
    def return_letter(self, *, at: datetime) -> None:
        """It came back: no more letters to that address until somebody has looked."""

    @transition(
        state,
        source=State.RETURNED,
        target=State.SETTLED,
        permission=handles,
        custom=words("settle_return", "Avsluta returen", why=True),
    )
    def settle_return(self, *, at: datetime) -> None:
        """A new address is found, or the word reached them another way."""
