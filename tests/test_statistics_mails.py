"""A unit that asked for it is told of a new month by one mail with a link, and nothing else."""

import re
from datetime import date, timedelta
from html import unescape
from random import Random

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Organisation
from kronoberg.models import FiguresMail, FiguresWish
from kronoberg.statistics import mails
from tests import cast
from tests.figures import freeze_some
from tests.stops import (
    NOW,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)

MONTH = timedelta(days=30)


@pytest.fixture
def magnus(settings) -> Client:
    """The police of Växjö, whose unit has an address and has asked for the mail."""
    settings.ADDRESS = "https://kronoberg.example"
    Organisation.objects.filter(pk=cast.person("magnus").organisation_id).update(
        email="enheten@example.org"
    )
    client = Client()
    client.force_login(cast.person("magnus"))
    client.post(reverse("statistics-mail"), {"on": "1"})
    return client


def made(*firsts: date, later: timedelta = MONTH) -> None:
    freeze_some(Random(5), firsts, n=6, at=NOW + later)


def test_a_new_month_is_told_once_with_a_link_that_opens_it(magnus):
    made(date(2026, 8, 1))

    assert mails.sweep(at=NOW + MONTH) == 1
    assert mails.sweep(at=NOW + MONTH + timedelta(hours=1)) == 0

    [letter] = mail.outbox
    assert letter.to == ["enheten@example.org"]
    [link] = re.findall(r"https?://[^/]+(/\S+)", letter.body)
    assert "augusti 2026" in str(magnus.get(link).context["frozen"].period)


def test_the_mail_holds_no_figure_and_no_name(magnus):
    made(date(2026, 8, 1))
    mails.sweep(at=NOW + MONTH)

    [letter] = mail.outbox
    words = f"{letter.subject} {letter.body}"
    assert re.findall(r"\d+", words) == ["2026", "0780", "2026", "08"]
    assert cast.person("magnus").name not in words


def test_the_last_month_of_a_quarter_leads_to_the_whole_quarter(magnus):
    made(date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1))

    mails.sweep(at=NOW + MONTH)

    [letter] = mail.outbox
    assert "september 2026, och med den tredje kvartalet 2026" in letter.body
    assert "period=2026-k3" in letter.body


def test_what_was_made_before_the_unit_asked_is_told_to_nobody(magnus):
    made(date(2026, 7, 1), later=-MONTH)

    assert mails.sweep(at=NOW) == 0
    assert not FiguresMail.objects.exists()


def test_a_mail_that_could_not_leave_waits_and_gives_way_to_a_newer_month(magnus, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    made(date(2026, 7, 1))
    assert mails.sweep(at=NOW + MONTH) == 0

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    made(date(2026, 8, 1), later=2 * MONTH)
    assert mails.sweep(at=NOW + 2 * MONTH) == 1

    assert [row.state for row in FiguresMail.objects.all()] == ["passed", "sent"]
    assert "period=2026-08" in mail.outbox[0].body


def test_nobody_is_told_who_has_not_asked_or_has_changed_their_mind(magnus):
    page = magnus.get(reverse("statistics")).content.decode()
    assert "Stäng av mejlet" in page
    made(date(2026, 8, 1))
    FiguresMail.objects.create(
        organisation=cast.person("magnus").organisation, first=date(2026, 7, 1),
        made_at=timezone.now(),
    )  # fmt: skip

    magnus.post(reverse("statistics-mail"), {"off": "1"})

    assert mails.sweep(at=NOW + MONTH) == 0
    assert not FiguresMail.objects.exists()
    assert "Slå på mejlet" in magnus.get(reverse("statistics")).content.decode()


def test_a_unit_without_an_address_is_told_what_to_do_and_gets_nothing(magnus):
    Organisation.objects.update(email="")
    made(date(2026, 8, 1))

    assert mails.sweep(at=NOW + MONTH) == 0
    assert "sin adress, så snart en finns" in magnus.get(reverse("statistics")).content.decode()
    FiguresWish.objects.all().delete()
    assert "ingen e-postadress" in magnus.get(reverse("statistics")).content.decode()


def test_asking_twice_is_asking_once(magnus):
    magnus.post(reverse("statistics-mail"), {"on": "1"})

    assert FiguresWish.objects.get().wished_by == cast.person("magnus")


def test_the_forms_of_the_page_are_taken_from_the_page_itself(magnus):
    """A form in a template of its own can lose the token that its page has."""
    made(date(2026, 8, 1))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.person("magnus"))
    html = strict.get(reverse("statistics")).content.decode()
    forms = re.findall(
        r'<form[^>]* action="(/statistik/[^"]+)" method="post".*?</form>', html, re.S
    )
    tokens = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html)

    for address in [*forms, *re.findall(r'formaction="([^"]+)"', html)]:
        sent = {"csrfmiddlewaretoken": tokens[-1], "purpose": "reporting", "on": "1"}
        assert strict.post(unescape(address), sent).status_code in (200, 302), address
    assert len(forms) == 2
    assert html.count("csrfmiddlewaretoken") >= html.count('method="post"')
