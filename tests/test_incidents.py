"""What went wrong in similar systems, each with the test that it cannot happen here.

The table names a test for each incident; below stand those that belong to no other file.
"""

import re
import shutil
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.request import HTTPRedirectHandler

import pytest
from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.core.management import call_command
from django.db.models.query import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import sealing, workflow
from cases.models import RecordEntry, YouthCase
from cases.models.fields import Sealed, SealedField
from kronoberg import alarms, erasure
from notices import engine, outbox, rendering, samples
from notices.languages import LANGUAGES
from notices.models import Letter
from notices.wording import Say
from tests import cast, households, tables
from tests.factories import make_case, make_referral
from tests.test_postroom import paper

TESTS = Path(__file__).parent

# What happened elsewhere, and the test here.
INCIDENTS = """
                                    test
search-showed-what-is-not-yours test_nobody_finds_outside_the_own_circle
rights-kept-from-an-earlier-time test_a_right_taken_from_the_role_is_gone_at_the_next_fetch
a-key-of-anybody-in-a-question  test_a_tip_is_not_linked_to_one_of_another_unit
a-share-of-what-was-not-seen    test_a_saved_view_is_ones_own_and_can_be_let_go
a-preview-of-what-was-not-seen  test_every_route_answers_everybody_as_the_table_says
a-stored-secret-used-by-another test_nobody_else_gets_what_was_held
a-later-check-over-a-denial     test_a_hidden_custodian_hides_the_words_whoever_comes_last
bulk-without-rights             test_a_selection_holds_what_one_may_not_and_the_rest_is_done
a-word-taken-for-a-yes          test_only_the_words_of_the_form_are_an_answer
a-message-to-the-wrong-screen   test_the_question_about_the_list_tells_of_no_case
a-new-page-without-a-scope      test_every_route_has_a_row_and_every_row_a_route
an-export-by-a-secret-id        test_a_pile_is_for_those_who_handle_the_post_of_its_own_unit
a-guessed-reference             test_a_number_in_an_address_looks_for_nothing
a-query-without-a-tenant        test_a_count_on_the_list_is_of_the_own_unit
marked-as-sent-before-it-is     test_a_letter_is_ready_when_its_bytes_are_stored_and_not_before
a-broker-open-to-the-world      test_a_task_is_json_and_a_page_never_waits_for_the_broker
the-right-envelope-another-letter test_both_authorities_hold_the_same_pdf_to_the_last_bit
look-ups-out-of-curiosity       test_trying_out_a_list_is_stopped_and_shows_in_the_log
access-without-a-matter         test_a_manager_reads_a_letter_after_giving_a_reason
a-notice-nobody-can-prove       test_a_notice_is_message_referral_custodians_and_paper_on_both_sides
a-letter-that-fetches           test_a_letter_that_reaches_outside_itself_reaches_nothing
a-word-of-the-user-in-the-order test_what_is_asked_of_the_list_is_never_a_name_of_a_column
a-step-without-its-permission   test_every_permission_is_a_function_and_never_a_string
"""


def test_every_incident_has_its_test() -> None:
    written = {
        name
        for path in TESTS.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M)
    }
    named = {cells["test"] for cells in tables.read(INCIDENTS).values()}

    assert len(tables.read(INCIDENTS)) == 23
    assert named - written == set()


def test_a_hidden_custodian_hides_the_words_whoever_comes_last(client) -> None:
    """Denials add up: an open custodian read after a hidden one opens nothing."""
    for hidden_comes_first in (True, False):
        case = make_case("picked_up", observations="Kanarieord")
        order = ["protected", "not_protected"]
        if not hidden_comes_first:
            order.reverse()
        for protection in order:
            case.person.custodians.create(name="Bo", protection=protection)
        client.force_login(cast.person("lena"))

        page = client.get(reverse("case", args=[case.pk])).content.decode()

        assert "Kanarieord" not in page


@pytest.mark.parametrize("typed", ["true", "false", "0", "on", "[]", "TRUE"])
def test_only_the_words_of_the_form_are_an_answer(client, typed: str) -> None:
    _, case = households.notified()
    case = workflow.perform(case, "acknowledge", by=cast.person("ines"))
    client.force_login(cast.person("sara"))
    address = reverse("step", args=[case.pk, "assess_protection"])

    answer = client.post(address, {"needs_protection": typed, "protection_reasons": "Skäl"})

    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.state == "received"


def test_a_no_is_a_no(client) -> None:
    _, case = households.notified()
    case = workflow.perform(case, "acknowledge", by=cast.person("ines"))
    client.force_login(cast.person("sara"))
    address = reverse("step", args=[case.pk, "assess_protection"])
    shown = client.get(address).content.decode()
    [request_id] = re.findall(r'name="request_id" value="([0-9a-f-]+)"', shown)

    client.post(
        address,
        {
            "needs_protection": "False", "protection_reasons": "Skäl", "request_id": request_id,
            "protection_source": "Anmälan",
        },
    )  # fmt: skip

    case.refresh_from_db()
    assert (case.state, case.needs_protection) == ("protection_assessed", False)


def test_a_count_on_the_list_is_of_the_own_unit() -> None:
    paper("returned")
    said = {
        name: "Ett brev är i retur." in [alarm.words for alarm in alarms.of(cast.person(name))]
        for name in ("omar", "pia", "ines")
    }

    assert said == {"omar": True, "pia": False, "ines": False}


def test_a_letter_is_ready_when_its_bytes_are_stored_and_not_before(monkeypatch) -> None:
    """Whoever is killed while a PDF is drawn has told nobody that it is there."""
    letter = waiting_letter_of(make_case("picked_up"))
    seen = []

    def look(*_: Any, **__: Any) -> bytes:
        seen.append(Letter.objects.get(pk=letter.pk).state)
        return b"%PDF-1.7"

    monkeypatch.setattr(rendering, "render", look)

    outbox.render_waiting()

    assert seen == [Letter.State.QUEUED]
    assert Letter.objects.get(pk=letter.pk).state == Letter.State.READY


def waiting_letter_of(case: YouthCase) -> Letter:
    return outbox.queue(
        "L1", samples.to_anna(), owner=case.organisation, case_id=case.pk,
        addressee="vårdnadshavare 1", by=cast.person("omar"), at=case.opened_at,
    )  # fmt: skip


def test_what_is_asked_of_the_list_is_never_a_name_of_a_column(client) -> None:
    client.force_login(cast.person("sara"))
    make_referral("received")
    plain = client.get(reverse("worklist")).content.decode().count("worklist__row")

    for name in ("order", "sort", "sortera", "vy", "lage", "state", "q"):
        for value in ("person__name", "-id; --", "owner__password", "x' OR 1=1"):
            answer = client.get(reverse("worklist"), {name: value})
            assert answer.status_code in (200, 302)
            assert answer.content.decode().count("worklist__row") <= plain


def test_a_fact_that_looks_like_wording_stays_as_it_is() -> None:
    """A name is put in once: what stands in it is never read as a text with facts of its own."""
    to = replace(samples.to_anna().recipient, name="{child_name} [x]")
    letter = replace(samples.to_anna(), recipient=to)

    said = Say({"x": "Till {recipient_name}"}, letter, LANGUAGES["sv"])["x"]

    assert said == "Till {child_name} [x]"


def test_a_letter_fetches_data_alone_and_follows_nobody() -> None:
    fetcher = engine.engine().fetcher

    assert fetcher._allowed_protocols == ("data",)
    assert not [each for each in fetcher.handlers if isinstance(each, HTTPRedirectHandler)]


def test_a_step_locks_its_case_before_it_is_read(monkeypatch) -> None:
    """SQLite locks the whole database; on PostgreSQL two steps at once would both be taken."""
    locked: list[str] = []
    asked = QuerySet.select_for_update

    def noting(self: Any, *args: Any, **options: Any) -> Any:
        locked.append(self.model.__name__)
        return asked(self, *args, **options)

    case = make_case("draft")
    monkeypatch.setattr(QuerySet, "select_for_update", noting)

    workflow.perform(case, "pick_up", by=cast.person("karin"))

    assert locked[0] == "YouthCase"


@pytest.mark.usefixtures("owner")
def test_nothing_anywhere_is_sealed_with_an_older_key_after_a_rotation(settings, tmp_path) -> None:
    """Asked of every model anew: the rotation's own list of tables could lack one."""
    settings.KEYS_DIR = shutil.copytree(settings.KEYS_DIR, tmp_path / "keys")
    referral = make_referral("support")
    RecordEntry.objects.create(
        referral=referral, kind=RecordEntry.Kind.HAPPENED, text="Kanarieord",
        author=cast.person("sara"), happened_at=referral.opened_at,
        written_at=referral.opened_at,
    )  # fmt: skip

    call_command("rotate_keys", stdout=StringIO())

    old = {
        f"{model._meta.label}.{column.name}"
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.concrete_fields
        if isinstance(column, SealedField)
        for row in model._base_manager.all()
        if isinstance(value := row.__dict__[column.attname], Sealed) and value.blob
        if value.blob[0] != sealing.newest_key()
    }
    assert old == set()
    assert RecordEntry.objects.get(referral=referral).text == "Kanarieord"


def test_an_erased_case_takes_its_letters_and_messages_along() -> None:
    case = make_case("closed")
    letter = waiting_letter_of(case)
    today = timezone.localdate() + relativedelta(years=1, days=40)
    [batch] = erasure.propose(today)
    erasure.approve(batch, by=cast.person("lena"))
    batch.refresh_from_db()

    erasure.carry_out(batch)

    assert not Letter.objects.filter(pk=letter.pk).exists()
    assert not Letter.objects.filter(case_id=case.pk).exists()


def test_a_cookie_from_before_the_logout_opens_nothing(client) -> None:
    client.force_login(cast.person("karin"))
    before = client.cookies["sessionid"].value
    assert client.get(reverse("worklist")).status_code == 200

    client.post(reverse("logout"))

    again = Client()
    again.cookies["sessionid"] = before
    assert again.get(reverse("worklist")).status_code == 302
