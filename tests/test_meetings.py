"""Evenings for many families, each invited and ticked off in its own referral; and the calendar."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases import access, calendars
from cases.models import (
    AccessEntry,
    Appointment,
    Attendee,
    CalendarAddress,
    InformationMeeting,
    JournalEntry,
    Protection,
    RecordEntry,
    User,
)
from cases.workflow import perform
from notices.models import Letter
from tests import cast, households
from tests.factories import make_custodian, make_referral
from tests.posting import local

DAY = timedelta(days=1)


@pytest.fixture
def meeting():
    sara = cast.person("sara")
    return InformationMeeting.objects.create(
        organisation=sara.organisation, at=timezone.now() + 7 * DAY, place="Aulan", made_by=sara
    )


def at(meeting):
    return reverse("meeting", kwargs={"pk": meeting.pk})


def post(client, meeting, who="sara", **posted):
    client.force_login(cast.person(who))
    answer = client.post(at(meeting), {"batch": str(uuid4())} | posted, follow=True)
    return [str(message) for message in answer.context["messages"]]


def family():
    """A referral whose mother and father live apart, assessed."""
    _, referral = households.notified()
    return households.assessed(referral)


def held(meeting):
    """The evening has been."""
    then = timezone.now() - timedelta(hours=3)
    meeting.invitations.update(at=then)
    InformationMeeting.objects.filter(pk=meeting.pk).update(at=then)


def test_a_meeting_is_entered_and_lies_ahead(client):
    client.force_login(cast.person("sara"))
    past = client.post(reverse("meetings"), {"starts_at": local(days=-1), "place": "Aulan"})
    assert past.status_code == 422

    client.post(reverse("meetings"), {"starts_at": local(days=5), "place": "Aulan"})

    assert InformationMeeting.objects.get().place == "Aulan"
    assert "planerad" in client.get(reverse("meetings")).content.decode()


def test_families_are_invited_in_one_batch_each_by_its_own_step_with_its_own_letters(
    client, meeting
):
    one, two = family(), family()
    n_letters = Letter.objects.filter(code="L2").count()

    told = post(client, meeting, do="invite", case=[str(one.pk), str(two.pk)])

    assert told == ["2 familjer inbjudna."]
    for referral in (one, two):
        talk = referral.appointments.get()
        assert (talk.kind, talk.meeting, talk.place) == ("information_meeting", meeting, "Aulan")
        assert JournalEntry.objects.filter(case_id=referral.pk, action="call_to_talk").count() == 1
    letters = Letter.objects.filter(code="L2")
    assert letters.count() > n_letters
    assert {letter.case_id for letter in letters} == {one.pk, two.pk}


def test_nobody_is_invited_twice_and_a_foreign_family_not_at_all(client, meeting):
    mine, foreign = make_referral("not_opened"), make_referral("received", by="alva")
    post(client, meeting, do="invite", case=str(mine.pk))

    assert "1 inbjuden familj." in client.get(at(meeting)).content.decode()
    told = post(client, meeting, do="invite", case=[str(mine.pk), str(foreign.pk)])

    assert any("redan inbjuden" in line for line in told)
    assert "Ett ärende fick du inte ta steget i." in told
    assert Appointment.objects.count() == 1


def test_before_the_protection_assessment_no_family_is_invited(client, meeting):
    case = make_referral("received")

    told = post(client, meeting, do="invite", case=str(case.pk))

    assert not Appointment.objects.exists()
    assert any(case.reference in line for line in told)


def test_where_a_custodian_may_not_know_only_the_youth_is_invited(client, meeting):
    case = make_referral("not_opened", may_be_harmed_if_told=True)
    make_custodian(case.person)

    post(client, meeting, do="invite", case=str(case.pk))

    assert [one.custodian for one in Attendee.objects.all()] == [None]


def test_who_came_is_ticked_off_for_many_and_lies_in_each_referral(client, meeting):
    came, away = make_referral("not_opened"), make_referral("not_opened")
    post(client, meeting, do="invite", case=[str(came.pk), str(away.pk)])
    held(meeting)
    there, missing = (case.appointments.get().attendees.get() for case in (came, away))

    told = post(
        client, meeting, do="attendance",
        **{f"came_{there.pk}": "late", f"came_{missing.pk}": "absent"},
    )  # fmt: skip

    assert told == ["2 familjer avprickade."]
    results = [case.appointments.get() for case in (came, away)]
    assert [(talk.result, talk.not_held_because) for talk in results] == [
        ("held", ""),
        ("not_held", "nobody_came"),
    ]
    assert Attendee.objects.get(pk=there.pk).attendance == "late"
    for case in (came, away):
        assert JournalEntry.objects.filter(case_id=case.pk, action="record_talk").exists()


def test_a_meeting_ends_when_everybody_is_ticked_off_and_says_how_it_went(client, meeting):
    case = make_referral("not_opened")
    post(client, meeting, do="invite", case=str(case.pk))
    held(meeting)

    refused = client.post(at(meeting), {"do": "close", "outcome": "Bra samtal i smågrupper."})
    assert refused.status_code == 422
    assert "Saknas: närvaro för 1 familj. Pricka av dem först." in refused.content.decode()
    assert "Bra samtal i smågrupper." in refused.content.decode(), "nothing typed is lost"
    attendee = Attendee.objects.get()
    post(client, meeting, do="attendance", **{f"came_{attendee.pk}": "attended"})
    post(client, meeting, do="close", outcome="Bra samtal i smågrupper.")

    meeting.refresh_from_db()
    assert meeting.closed_at
    assert meeting.outcome == "Bra samtal i smågrupper."
    assert not RecordEntry.objects.exists()


def test_the_list_logs_each_family_that_is_read_and_hides_the_protected(client, meeting):
    case = make_referral("not_opened")
    case.person.protection = Protection.PROTECTED
    case.person.save()
    post(client, meeting, do="invite", case=str(case.pk))
    n_read = AccessEntry.objects.filter(subject_id=case.pk, page="meeting").count()

    page = client.get(at(meeting)).content.decode()

    assert AccessEntry.objects.filter(subject_id=case.pk, page="meeting").count() == n_read + 1
    assert case.person.name not in page
    assert '<tbody class="unprinted">' in page


@pytest.mark.parametrize(("who", "status"), [("alva", 404), ("ines", 403), ("omar", 403)])
def test_another_unit_does_not_know_of_the_meeting(client, meeting, who, status):
    client.force_login(cast.person(who))

    assert client.get(at(meeting)).status_code == status


# The calendar ------------------------------------------------------------------------------------


def talk_of(who="sara", **columns):
    case = make_referral("not_opened")
    columns = {
        "at": timezone.now() + DAY,
        "place": "Hos Alva",
        "caseworker": cast.person(who),
    } | columns
    return Appointment.objects.create(referral=case, **columns)


def feed(client, secret):
    client.logout()
    return client.get(reverse("calendar-feed"), {"nyckel": secret})


def test_the_feed_holds_the_times_and_nothing_about_anybody(client):
    talk = talk_of()
    talk_of("hanna")

    answer = feed(client, calendars.new_address(cast.person("sara")))
    text = answer.content.decode()

    assert answer["Content-Type"].startswith("text/calendar")
    assert text.count("BEGIN:VEVENT") == 1
    assert f"DTSTART:{talk.at.astimezone(UTC):%Y%m%dT%H%M%SZ}" in text
    assert "SUMMARY:Bokad tid\r\n" in text
    for personal in (
        talk.referral.reference,
        "Alva",
        "R-2026",
        str(talk.pk),
        str(talk.referral_id),
    ):
        assert personal not in text
    assert all(len(line) <= 75 for line in text.split("\r\n"))


def test_a_moved_talk_is_gone_and_one_that_was_not_held_is_cancelled(client):
    talk_of(result="moved")
    talk_of(result="not_held")

    text = feed(client, calendars.new_address(cast.person("sara"))).content.decode()

    assert text.count("BEGIN:VEVENT") == 1
    assert "STATUS:CANCELLED" in text


def test_the_hours_are_right_on_both_sides_of_summer_time(client):
    with time_machine.travel("2026-03-20 12:00+01:00", tick=False):
        for text in ("2026-03-28 15:00+01:00", "2026-03-29 15:00+02:00"):
            talk_of(at=datetime.fromisoformat(text))
        found = feed(client, calendars.new_address(cast.person("sara"))).content.decode()

    assert "DTSTART:20260328T140000Z" in found
    assert "DTSTART:20260329T130000Z" in found


def test_an_address_is_shown_once_kept_as_a_hash_and_can_be_withdrawn(client):
    client.force_login(cast.person("sara"))
    address = client.post(reverse("calendar"), {"do": "new"}).context["address"]
    secret = address.partition("nyckel=")[2]

    assert secret not in client.get(reverse("calendar")).content.decode()
    assert secret not in CalendarAddress.objects.get().secret_sha256
    assert feed(client, secret).status_code == 200
    client.force_login(cast.person("sara"))
    client.post(reverse("calendar"), {"do": "revoke"})
    assert feed(client, secret).status_code == 404


def test_a_new_address_ends_the_old_and_so_does_leaving(client):
    sara = cast.person("sara")
    old, new = calendars.new_address(sara), calendars.new_address(sara)
    assert [feed(client, secret).status_code for secret in (old, new, "")] == [404, 200, 404]

    User.objects.filter(pk=sara.pk).update(is_active=False)

    assert feed(client, new).status_code == 404


def test_an_address_dies_with_the_role_the_unit_and_in_half_a_year(client):
    sara = cast.person("sara")
    secret = calendars.new_address(sara)
    other = cast.person("alva").organisation
    for changed in ({"role": "intake"}, {"organisation": other}):
        kept = {name: getattr(sara, name) for name in changed}
        User.objects.filter(pk=sara.pk).update(**changed)
        access.enrol(cast.person("sara"))
        assert feed(client, secret).status_code == 404, changed
        User.objects.filter(pk=sara.pk).update(**kept)
        access.enrol(cast.person("sara"))
    assert feed(client, secret).status_code == 200

    with time_machine.travel(timezone.now() + timedelta(days=181)):
        assert feed(client, secret).status_code == 404


def test_the_feed_holds_no_time_of_a_unit_that_was_left(client):
    talk_of()
    sara = cast.person("sara")
    User.objects.filter(pk=sara.pk).update(organisation=cast.person("alva").organisation)
    access.enrol(cast.person("sara"))

    text = feed(client, calendars.new_address(cast.person("sara"))).content.decode()

    assert "BEGIN:VEVENT" not in text


def ahead(client, who):
    client.force_login(cast.person(who))
    return client.get(reverse("calendar")).context["rows"]


def test_the_calendar_shows_what_waits_and_what_has_been_written_about_is_gone(client):
    talk, over = talk_of(), talk_of(at=timezone.now() - DAY)
    talk_of(result="held")
    talk_of("hanna")
    Attendee.objects.create(appointment=talk, reply="coming")

    first, second = ahead(client, "sara")

    assert (first.reference, first.action_label) == (over.referral.reference, "Anteckna")
    assert first.url.endswith(f"/record_talk/{over.pk}/")
    assert (second.state_label, second.owner) == ("Hos Alva", "1 av 1 har sagt ja")


def test_a_waiting_talk_goes_along_when_the_case_does_and_what_was_held_stays_with_who_held_it(
    client,
):
    talk, held_one = talk_of(), talk_of(result="held")
    hanna = cast.person("hanna")

    for each in (talk, held_one):
        perform(each.referral, "assign", by=hanna, owner=hanna)

    assert [row.reference for row in ahead(client, "hanna")] == [talk.referral.reference]
    assert ahead(client, "sara") == []
    text = feed(client, calendars.new_address(hanna)).content.decode()
    assert text.count("BEGIN:VEVENT") == 1


def test_a_meeting_of_many_families_is_one_time_in_the_calendar_and_in_the_phone(client, meeting):
    for _ in range(3):
        talk_of(meeting=meeting, at=meeting.at, kind="information_meeting")

    [row] = ahead(client, "sara")

    assert row.headline == "Informationsträff · 3 familjer"
    assert row.url == at(meeting)
    text = feed(client, calendars.new_address(cast.person("sara"))).content.decode()
    assert text.count("BEGIN:VEVENT") == 1


def test_the_calendar_tells_no_place_that_may_be_a_hidden_home(client):
    talk = talk_of("hanna")
    type(talk.referral.person).objects.filter(pk=talk.referral.person_id).update(
        protection=Protection.PROTECTED
    )

    [row] = ahead(client, "hanna")

    assert row.state_label == ""
