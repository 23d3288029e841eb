"""The pages of promises: a fault can be told without logging in, and is read by who mends it."""

from django.db import connection
from django.urls import reverse

from cases.models import AccessibilityReport
from kronoberg.views import promises
from tests import cast


def test_anybody_can_say_what_failed_and_only_an_administrator_reads_it(client) -> None:
    client.post(reverse("accessibility"), {"text": "Kanarieknappen saknar namn", "contact": "a@b"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT text, contact FROM cases_accessibilityreport")
        assert b"Kanarie" not in bytes(cursor.fetchone()[0])
    client.force_login(cast.person("asta"))
    assert "Kanarieknappen" in client.get(reverse("accessibility-reports")).content.decode()
    client.force_login(cast.person("lena"))
    assert client.get(reverse("accessibility-reports")).status_code == 403


def test_an_empty_report_is_asked_for_its_words(client) -> None:
    assert client.post(reverse("accessibility"), {"text": ""}).status_code == 422
    assert not AccessibilityReport.objects.exists()


def test_a_flood_of_reports_is_stopped(client, monkeypatch) -> None:
    monkeypatch.setattr(promises, "A_DAY", 2)

    answers = [client.post(reverse("accessibility"), {"text": "Brist"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 422]
    assert AccessibilityReport.objects.count() == 2


def test_the_security_page_says_where_to_report(client, settings) -> None:
    assert client.get(reverse("security-txt")).status_code == 404
    settings.SECURITY_CONTACT = "sakerhet@example.org"

    page = client.get(reverse("security-promise")).content.decode()
    text = client.get(reverse("security-txt")).content.decode()

    assert "sakerhet@example.org" in page
    assert text.startswith("Contact: mailto:sakerhet@example.org\nExpires: ")
