"""What has not reached its addressee, on record: why, and what may be done instead."""

from datetime import datetime

from cases.models import Custodian, Referral, User, YouthCase
from notices.gates import Obstacle
from notices.models import HeldLetter, Letter

AnyCase = YouthCase | Referral

WITHDRAWN = Obstacle("Brevet drogs tillbaka.", "Skicka det igen när det som var fel är rättat.")
RETURNED = Obstacle(
    "Brevet kom i retur.", "Rätta adressen eller avsluta returen, och skicka det igen."
)


def keep(
    case: AnyCase,
    code: str,
    addressee: str,
    custodian: Custodian | None,
    obstacles: list[Obstacle],
    *,
    by: User,
    at: datetime,
) -> None:
    """A gate held a letter back: put it on record, with every reason."""
    HeldLetter.objects.create(
        organisation=case.organisation,
        case_id=case.pk,
        code=code,
        addressee=addressee,
        custodian_id=custodian.pk if custodian else None,
        reason=_joined([each.reason for each in obstacles]),
        other_way=_joined([each.other_way for each in obstacles]),
        made_by=by,
        made_at=at,
    )


def keep_paper(letter: Letter, why: Obstacle, *, by: User, at: datetime) -> None:
    """A letter's paper was withdrawn or came back: it did not arrive."""
    HeldLetter.objects.create(
        organisation=letter.organisation,
        case_id=letter.case_id,
        code=letter.code,
        addressee=letter.addressee,
        custodian_id=letter.custodian_id,
        reason=why.reason,
        other_way=why.other_way,
        made_by=by,
        made_at=at,
        letter=letter,
    )


def _joined(sentences: list[str]) -> str:
    """As many whole sentences as the column holds; the first says what matters most."""
    said = ""
    for sentence in dict.fromkeys(sentences):
        if len(said) + len(sentence) < 200:
            said = f"{said} {sentence}".strip()
    return said
