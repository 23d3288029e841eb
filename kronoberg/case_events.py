"""What has happened in a case and who has looked at it, as the case page tells of it."""

from django.db.models import QuerySet

from cases import circle
from cases.models import AccessEntry, JournalEntry, Remark, YouthCase
from cases.models.moves import PAPER_EVENTS, AnyCase, words_of
from kronoberg import case_facts
from kronoberg.case_parts import Event, Look


def events(case: AnyCase, *, shows_words: bool) -> list[Event]:
    """Every step of the case, the newest first; words that the reader may not see are masked."""
    entries = JournalEntry.objects.filter(case_id=case.pk).order_by("-id")
    return _told(case, entries, shows_words=shows_words)


def _told(case: AnyCase, found: QuerySet[JournalEntry], *, shows_words: bool) -> list[Event]:
    entries = list(found.select_related("actor"))
    told = [entry.remark_id for entry in entries if entry.remark_id]
    remarks = {
        key: remark.text if shows_words else case_facts.MASK
        for key, remark in Remark.objects.in_bulk(told).items()
    }
    return [
        Event(
            entry.happened_at,
            _sentence(case, entry),
            entry.actor.name,
            remarks.get(entry.remark_id, "") if entry.remark_id else "",
        )
        for entry in entries
    ]


def sent_back(case: AnyCase, *, shows_words: bool) -> Event | None:
    """What the reviewer asks for, while the case is back with whoever reported it."""
    if not isinstance(case, YouthCase) or not case.is_sent_back:
        return None
    sent = JournalEntry.objects.filter(case_id=case.pk, action="send_back").order_by("-id")[:1]
    return next(iter(_told(case, sent, shows_words=shows_words)), None)


def _sentence(case: AnyCase, entry: JournalEntry) -> str:
    words = words_of(case, entry.action) or "öppnade ärendet"
    if entry.action in PAPER_EVENTS:
        words = f"{words}: {entry.facts['letter']}"
    return words[0].upper() + words[1:]


def looks(case: AnyCase) -> list[Look]:
    """Who has looked at the case, in any unit: the last twenty."""
    entries = AccessEntry.objects.filter(subject_id=case.pk).select_related("actor")
    with circle.every():  # each unit logs its own people's looks
        newest = list(entries.order_by("-id")[:20])
    return [
        Look(
            entry.recorded_at,
            entry.actor.name,
            entry.get_purpose_display() or entry.get_kind_display(),
        )
        for entry in newest
    ]
