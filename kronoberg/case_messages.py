"""What has crossed the border in a case, in both directions, in the words of the screens."""

from cases.models.codes import Feedback
from cases.models.moves import AnyCase
from notices import exchange, snapshots
from notices.models import Message

# Words that somebody wrote, and with them the term they stand under.
Told = tuple[str, str, bool]


def of(case: AnyCase) -> list[Told]:
    """Each message of the case but the notice itself: (what, when and with whom; what it says;
    is it somebody's own words).
    """
    found = Message.objects.filter(organisation=case.organisation, case_id=case.pk)
    rows = found.exclude(kind=Message.Kind.NOTICE).select_related("counterpart")
    return [(_head(row), *_text(row)) for row in rows]


def _head(row: Message) -> str:
    way = "från" if row.direction == Message.Direction.IN else "till"
    waits = "" if row.delivered_at else ", inte postat än"
    return f"{row.get_kind_display()} {way} {row.counterpart}{waits}"


def _text(row: Message) -> tuple[str, bool]:
    match Message.Kind(row.kind):
        case Message.Kind.SUPPLEMENT:
            return snapshots.read(exchange.Supplement, row.payload).text, True
        case Message.Kind.SUPPLEMENT_REQUEST:
            return snapshots.read(exchange.SupplementRequest, row.payload).question, True
        case Message.Kind.RECEIPT:
            return snapshots.read(exchange.Receipt, row.payload).number, False
        case _:
            answer = snapshots.read(exchange.Answer, row.payload)
            return f"{Feedback(answer.value).label}, {answer.decided_on}", False
