"""The letters of a case as its page tells of them: what was made, and what has not arrived."""

from django.urls import reverse

from cases import access
from cases.models import Right, User, YouthCase
from cases.models.moves import AnyCase
from kronoberg.case_parts import Missed, Paper
from notices import serving
from notices.catalogue import CATALOGUE
from notices.models import HeldLetter, Letter

RETURNED = "kom i retur. Ta reda på adressen och rätta den, eller avsluta returen."


def papers(case: AnyCase) -> list[Paper]:
    """The letters of a case, made or not."""
    letters = Letter.objects.filter(organisation=case.organisation, case_id=case.pk)
    return [paper(letter) for letter in letters.select_related("posting").defer("facts")]


def missed(case: AnyCase, *, by: User) -> list[Missed]:
    """What has not arrived and has not been sent again, with the reason and the other way."""
    waits = HeldLetter.objects.filter(
        organisation=case.organisation, case_id=case.pk, sent__isnull=True
    )
    may = access.may(by, Right.HANDLE_POST) and case.state not in ("annulled", "merged")
    return [
        Missed(
            CATALOGUE[row.code].title,
            row.addressee,
            row.reason,
            row.other_way,
            reverse("held-again", kwargs={"pk": row.pk}) if may else "",
        )
        for row in waits
    ]


def decision_url(case: AnyCase, *, by: User) -> str:
    """Where the decision on a forfeiture is made, to be handed over; "" when there is none."""
    if not isinstance(case, YouthCase) or not access.may(by, Right.HANDLE_YOUTHCASE):
        return ""
    can = serving.can_be_printed(case) and access.may_read_identity(by, case)
    return reverse("forfeiture-decision", kwargs={"pk": case.pk}) if can else ""


def paper(letter: Letter) -> Paper:
    """One letter in the words of the page; it names nobody."""
    return Paper(
        letter.code,
        CATALOGUE[letter.code].title,
        letter.addressee,
        letter.state,
        letter.get_state_display(),
        reverse("letter", kwargs={"pk": letter.pk}),
        letter.pdf_sha256,
        letter.posting.in_words() if hasattr(letter, "posting") else "",
        RETURNED if hasattr(letter, "posting") and letter.posting.state == "returned" else "",
    )
