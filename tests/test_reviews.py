"""The review of the log: what stands out is drawn, chance chooses the rest, and it is signed."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases import access, alerts, emergency, patterns, sampling
from cases.models import AccessEntry, LogReview, Organisation, PatrolPass
from kronoberg import alarms
from tests import cast
from tests.factories import make_case, make_person, request_of
from tests.test_emergency import break_glass

NILS = "nils"


def today():
    return timezone.localdate()


def begin() -> LogReview:
    nils = cast.person(NILS)
    return sampling.begin(nils.organisation, today() - timedelta(days=1), today(), by=nils)


def read(username: str, n_rows: int = 1) -> None:
    user = cast.person(username)
    for _ in range(n_rows):
        AccessEntry.append(
            user.organisation, by=user, kind="read", page="case", subject_id=uuid4(), purpose="duty"
        )


def drawn(review: LogReview) -> Counter[str]:
    return Counter(row.drawn for row in review.rows.all())


def test_what_stands_out_is_always_drawn() -> None:
    case, ended = make_case("draft", by="omar"), make_case("annulled")
    with pytest.raises(Exception):  # noqa: B017  (which refusal it is is tested with access)
        access.get_case(request_of("karin"), case.pk)
    access.give_reason(request_of("magnus"), ended.pk, purpose="other", words="Nyfiken på grannen")
    break_glass("karin", case.reference)

    found = drawn(begin())

    assert (found["refused"], found["reason"], found["emergency"]) == (1, 1, 1)


def test_a_reader_of_very_many_cases_in_a_day_is_drawn_whole() -> None:
    read("omar", sampling.BURST + 1)
    read("lena", 3)

    review = begin()

    assert drawn(review) == {"burst": sampling.BURST + 1, "chance": 3}


def test_chance_takes_one_in_twenty_and_at_least_ten() -> None:
    unit = cast.person("omar").organisation
    read("omar", 1)
    [entry] = AccessEntry.objects.filter(organisation=unit)
    rows = []
    for number in range(400):
        row = AccessEntry.objects.get(pk=entry.pk)
        row.pk, row.sequence, row.actor_id, row.mac = number, number, uuid4(), str(number)
        rows.append(row)

    a, b = sampling.draw(rows, seed="a"), sampling.draw(rows, seed="b")

    assert len(a) == len(b) == 20
    assert a == sampling.draw(rows, seed="a") != b
    assert len(sampling.draw(rows[:50], seed="a")) == sampling.LEAST


def test_a_reviewers_own_rows_are_left_for_another() -> None:
    read(NILS, 3)

    review = begin()

    assert not review.rows.exists() and review.n_rows == 0


def test_no_row_of_another_unit_is_drawn() -> None:
    read("sara", 5)

    assert not begin().rows.exists()


def finish(client, review: LogReview, **more: str):
    page = reverse("review", kwargs={"pk": review.pk})
    said = {f"finding-{row.entry_id}": "rightful" for row in review.rows.all()}
    said |= {"conclusion": "Inga obehöriga läsningar.", "sign": "1"} | more
    return client.post(page, said)


def test_a_review_is_signed_when_every_row_is_judged_and_then_never_changed(client) -> None:
    read("omar", 4)
    review = begin()
    client.force_login(cast.person(NILS))
    first = review.rows.earliest("entry_id").entry_id

    unfinished = finish(client, review, **{f"finding-{first}": ""})
    assert "1 rader saknar bedömning" in unfinished.content.decode()
    finish(client, review)
    signed = LogReview.objects.get(pk=review.pk)
    assert signed.signed_at and signed.conclusion == "Inga obehöriga läsningar."

    finish(client, review, **{f"finding-{first}": "wrongful", f"note-{first}": "Ändrat efteråt"})

    assert not review.rows.filter(finding="wrongful").exists()
    report = client.get(reverse("review", kwargs={"pk": review.pk})).content.decode()
    assert "Behörig läsning" in report and "Inga obehöriga läsningar." in report
    assert AccessEntry.objects.filter(page="review-signed", subject_id=review.pk).exists()


def test_a_finding_against_somebody_needs_its_words(client) -> None:
    read("omar")
    review = begin()
    client.force_login(cast.person(NILS))
    row = review.rows.get().entry_id

    answer = finish(client, review, **{f"finding-{row}": "wrongful"})

    assert answer.status_code == 422
    assert "Skriv vad du fann." in answer.content.decode()


def test_a_review_belongs_to_its_unit(client) -> None:
    review = begin()
    client.force_login(cast.person("nora"))

    assert client.get(reverse("review", kwargs={"pk": review.pk})).status_code == 404


def test_the_page_draws_a_sample_and_shows_no_content_of_a_case(client) -> None:
    case = make_case("picked_up")
    access.get_case(request_of("omar"), case.pk)
    client.force_login(cast.person(NILS))

    started = client.post(reverse("reviews"), {"first": today(), "last": today()}, follow=True)

    page = started.content.decode()
    assert case.reference in page and "Omar Lind" in page
    assert case.person.name not in page and case.incident.place not in page


@pytest.mark.parametrize("days", [(1, 0), (-1, -1), (500, 0)])
def test_a_period_that_cannot_be_is_refused(client, days) -> None:
    client.force_login(cast.person(NILS))
    first, last = (today() - timedelta(days=n) for n in days)
    if days == (1, 0):
        first, last = last, first

    assert client.post(reverse("reviews"), {"first": first, "last": last}).status_code == 422
    assert Organisation.objects.exists() and not LogReview.objects.exists()


# Patterns and reminders -------------------------------------------------------------------------

NOON = datetime(2026, 3, 3, 12, tzinfo=ZoneInfo("Europe/Stockholm"))  # a Tuesday


def looked(username: str, at: datetime, **columns) -> None:
    """A look at a moment: the chain's own clock is moved there."""
    user = cast.person(username)
    with time_machine.travel(at, tick=False):
        columns = {"kind": "read", "page": "case", "purpose": "other"} | columns
        AccessEntry.append(user.organisation, by=user, **columns)


def drawn_in_march(by: str = NILS) -> Counter[str]:
    reviewer = cast.person(by)
    first, last = NOON.date().replace(day=1), NOON.date().replace(day=31)
    return drawn(sampling.begin(reviewer.organisation, first, last, by=reviewer))


def test_a_reader_of_the_youths_own_surname_is_drawn() -> None:
    kin = make_case("draft", person=make_person(name="Alva Lind"))
    other = make_case("draft", person=make_person(name="Alva Lindberg"))
    for case in (kin, other):
        looked("omar", NOON, subject_id=case.pk, purpose="duty")

    assert drawn_in_march() == {"kin": 1, "chance": 1}


def test_the_same_case_on_many_days_is_drawn_unless_it_is_ones_own() -> None:
    again, own = uuid4(), uuid4()
    for day in range(patterns.DAYS):
        looked("omar", NOON + timedelta(days=day), subject_id=again)
        looked("omar", NOON + timedelta(days=day), subject_id=own, purpose="own")

    found = drawn_in_march()

    assert found["repeated"] == patterns.DAYS and found["chance"] == patterns.DAYS


def test_many_cases_in_a_day_that_are_not_ones_own_are_drawn() -> None:
    for _ in range(patterns.OUTSIDE):
        looked("omar", NOON, subject_id=uuid4())
    looked("lena", NOON, subject_id=uuid4())

    assert drawn_in_march() == {"outside": patterns.OUTSIDE, "chance": 1}


def test_a_look_outside_working_hours_is_drawn_and_one_on_a_pass_is_not() -> None:
    night = NOON.replace(hour=23)
    karin, omar = cast.person("karin"), cast.person("omar")
    patrol = PatrolPass.objects.create(
        organisation=karin.organisation, municipality_id="0780", planned_by=karin,
        planned_from=night - timedelta(hours=3), planned_to=night + timedelta(hours=3),
    )  # fmt: skip
    patrol.team.add(karin)
    for who in (karin, omar):
        looked(who.username, night, subject_id=uuid4(), purpose="duty")
    looked("omar", NOON, subject_id=uuid4(), purpose="duty")

    assert drawn_in_march() == {"off_duty": 1, "chance": 2}


def test_an_office_is_asked_about_a_saturday() -> None:
    looked("sara", NOON + timedelta(days=4), subject_id=uuid4(), purpose="duty")
    looked("sara", NOON, subject_id=uuid4(), purpose="duty")

    assert drawn_in_march("nora") == {"off_duty": 1, "chance": 1}


def test_a_log_that_nobody_reviews_is_said_to_reviewer_and_manager(client) -> None:
    looked("omar", timezone.now() - timedelta(days=50), subject_id=uuid4())
    nils, lena = cast.person(NILS), cast.person("lena")
    words = "Loggen är inte granskad"
    client.force_login(nils)
    assert words in client.get(reverse("log")).content.decode()
    assert any(words in alarm.words for alarm in alarms.of(lena))
    assert not alarms.of(cast.person("karin"))

    review = begin()
    review.rows.update(finding="rightful")
    sampling.sign(review, by=nils, conclusion="Inget att anmärka")

    assert not [alarm for alarm in alarms.of(lena) if words in alarm.words]


def test_an_emergency_that_nobody_judged_in_time_is_an_alarm() -> None:
    case = make_case("draft", by="omar")
    break_glass("karin", case.reference)
    lena, now = cast.person("lena"), timezone.now()

    assert not alerts.of(lena, at=now)
    [(words, page)] = alerts.of(lena, at=now + timedelta(days=8))
    assert "nödåtkomst" in words and page == "emergencies"
    emergency.judge(
        emergency.to_judge(lena).get(), by=lena, verdict="justified", words="Barnet var i fara"
    )
    assert not alerts.of(lena, at=now + timedelta(days=8))
