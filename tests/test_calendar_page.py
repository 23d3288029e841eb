"""The page of a caseworker's own times: what is drawn, by whose talks, and that it is logged."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import AccessEntry, Appointment, Attendee, InformationMeeting
from cases.workflow import perform
from tests import cast
from tests.factories import make_custodian, make_referral

DAY = timedelta(days=1)


def talk_of(who="sara", *, at="not_opened", days=1, **columns):
    columns |= {"at": timezone.now() + days * DAY, "caseworker": cast.person(who)}
    return Appointment.objects.create(referral=make_referral(at), place="Rum 3", **columns)


def page(client, who="sara"):
    client.force_login(cast.person(who))
    return client.get(reverse("calendar"))


def test_a_talk_is_drawn_with_its_case_its_place_and_the_answers(client):
    talk = talk_of()
    family = [make_custodian(talk.referral.person) for _ in range(2)]
    for custodian, reply in zip([None, *family], ("coming", "not_coming", ""), strict=True):
        Attendee.objects.create(appointment=talk, custodian=custodian, reply=reply)

    text = page(client).content.decode()

    for told in (talk.referral.reference, "Rum 3", "1 av 3 har sagt ja"):
        assert told in text
    assert f'href="{reverse("case", args=[talk.referral_id])}"' in text


@pytest.mark.parametrize(("days", "does"), [(1, "Öppna"), (-1, "Pricka av")])
def test_a_meeting_is_opened_before_and_ticked_off_after(client, days, does):
    sara = cast.person("sara")
    when = timezone.now() + days * DAY
    meeting = InformationMeeting.objects.create(
        organisation=sara.organisation, at=when, place="Aulan", made_by=sara
    )
    talk_of(days=days, meeting=meeting, kind="information_meeting")

    [row] = page(client).context["rows"]

    assert (row.action_label, row.headline) == (does, "Informationsträff · 1 familj")


def test_a_case_that_has_ended_calls_nobody_to_a_talk(client):
    talk_of(at="closed")

    assert page(client).context["rows"] == []


def test_a_colleagues_talk_stays_with_the_colleague_when_the_case_goes_on(client):
    talk = talk_of("ines")
    hanna = cast.person("hanna")

    perform(talk.referral, "assign", by=hanna, owner=hanna)

    talk.refresh_from_db()
    assert talk.caseworker == cast.person("ines")


def test_each_look_at_the_calendar_is_logged(client):
    page(client)

    entry = AccessEntry.objects.get(page="calendar")
    assert (entry.actor.username, entry.kind) == ("sara", "read")
