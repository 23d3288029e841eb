"""What the server gives a phone: a shell of nobody's, a worker, a key for its officer alone."""

import re
from base64 import b64decode
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import phone
from cases.models import Incident, PatrolPass, YouthCase
from tests.cast import PEOPLE, person
from tests.factories import make_case, make_custodian, make_incident
from tests.filling import NEW, local, sent, text_of
from tests.test_passes import planned

KEY = "/falt/nyckel/"
STATIC = Path(__file__).parent.parent / "kronoberg/static"


@pytest.fixture
def karin(client):
    client.force_login(person("karin"))
    return client


def sending(username):
    return {"headers": {phone.HEADER: phone.holder(person(username))}}


# The shell and the worker -------------------------------------------------------------------------


def test_the_shell_is_the_same_for_everybody_and_holds_nobody(karin):
    anonymous = text_of(Client().get("/falt/"))

    assert text_of(karin.get("/falt/")) == anonymous
    assert "csrf" not in anonymous
    assert not [name for name, *_ in PEOPLE.values() if name in anonymous]
    assert re.search(r'name="request_id"(?! value)', anonymous)
    assert re.search(r'name="started_at"(?! value)', anonymous)


def test_the_form_on_the_phone_is_the_form_of_the_page(karin):
    def fields(page):
        form = page.partition("<form")[2].partition("</form>")[0]
        return re.findall(r'name="([^"]+)"', form.replace('name="csrfmiddlewaretoken"', ""))

    online = text_of(karin.get(NEW)).partition("<main")[2]
    offline = text_of(karin.get("/falt/")).partition("<main")[2]

    assert fields(offline) == fields(online)


def test_a_blank_card_lies_ready_to_be_copied(karin):
    blank = text_of(karin.get(NEW)).partition("<template")[2].partition("</template>")[0]

    assert 'name="youth-__prefix__-category"' in blank
    assert 'name="youth-__prefix__-DELETE"' in blank
    assert "Ungdom __number__" in blank


def test_the_worker_keeps_every_file_that_the_shell_is_drawn_with(client):
    source = text_of(client.get("/sw.js"))
    kept = set(re.findall(r'"(/static/[^"]+)"', source.partition("\n")[0]))

    linked = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text_of(client.get("/falt/"))))
    scripts = {path for path in kept if path.startswith("/static/js/field/")}
    texts = [(STATIC / path.removeprefix("/static/")).read_text() for path in scripts]
    imports = re.findall(r'(?:from|import\() ?"\./(\w+\.js)"', "".join(texts))
    imported = {f"/static/js/field/{name}" for name in imports}
    assert linked | imported <= kept
    assert not [path for path in kept if finders.find(path.removeprefix("/static/")) is None]


def test_the_worker_is_asked_for_anew_each_time_and_rules_the_whole_site(client):
    answer = client.get(reverse("worker"))

    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-store"
    assert reverse("worker").count("/") == 1


# The key ------------------------------------------------------------------------------------------


def test_the_key_is_one_for_each_officer_and_the_same_after_every_login(karin):
    first, again = karin.get(KEY).json(), karin.get(KEY).json()
    other = Client()
    other.force_login(person("per"))
    his = other.get(KEY).json()

    assert (first["key"], first["holder"]) == (again["key"], again["holder"])
    assert first["key"] != his["key"]
    assert first["holder"] != his["holder"]
    assert len(b64decode(first["key"])) == 32
    assert str(person("karin").pk) not in first["holder"] + first["key"]


@pytest.mark.parametrize(
    ("who", "expected"), [("karin", 200), ("omar", 200), ("magnus", 403), ("sara", 403)]
)
def test_the_key_is_for_those_who_write_in_the_field(client, who, expected):
    client.force_login(person(who))

    assert client.get(KEY).status_code == expected


def test_nobody_gets_a_key_without_logging_in(client):
    assert client.get(KEY).status_code == 302


def test_the_phone_is_told_what_the_form_suggests_but_not_the_hour(karin):
    given = karin.get(KEY).json()

    assert given["suggests"]["values"]["participants"] == "Karin Ek"
    assert given["suggests"]["values"]["municipality"] == "0780"
    assert not {"started_at", "place", "place_type"} & given["suggests"]["values"].keys()
    assert len(given["occasions"]) == 4


def test_the_phone_is_told_where_the_last_stop_was_and_when(karin):
    assert karin.get(KEY).json()["suggests"]["last"] is None
    stop = make_incident(place="Bryggan", place_type="beach")
    case = make_case("picked_up", incident=stop)

    last = karin.get(KEY).json()["suggests"]["last"]

    at = round(case.incident.started_at.timestamp() * 1000)
    assert last == {"place": "Bryggan", "place_type": "beach", "at": at}


# Sending ------------------------------------------------------------------------------------------


def test_a_sending_gets_the_number_back_and_the_same_number_the_second_time(karin):
    page = sent()

    first = karin.post(NEW, page, **sending("karin")).json()
    second = karin.post(NEW, page, **sending("karin")).json()

    incident = Incident.objects.get()
    assert first == {
        "number": incident.reference,
        "url": reverse("case", args=[YouthCase.objects.get().pk]),
        "is_new": True,
    }
    assert second == first | {"is_new": False}


def test_a_sending_with_a_fault_gets_the_page_with_the_fault_at_its_field(karin):
    wrong = sent({"category": "A", "personal_number": "2011"})

    answer = karin.post(NEW, wrong, **sending("karin"))

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text_of(answer)
    assert "data-draft" in text_of(answer)


@pytest.mark.parametrize("logged_in", [None, "per", "sara"])
def test_a_draft_is_never_stored_in_the_name_of_somebody_else(client, logged_in):
    if logged_in:
        client.force_login(person(logged_in))

    answer = client.post(NEW, sent(), **sending("karin"))

    assert answer.status_code == 401
    assert not Incident.objects.exists()


def test_a_step_sent_from_the_phone_is_taken_once(karin):
    case = make_case(at="picked_up")
    step = reverse("step", args=[case.pk, "answer_supply"])
    answer = {"request_id": str(uuid4()), "supply_answer": "refuses"}

    first = karin.post(step, answer, **sending("karin")).json()
    second = karin.post(step, answer, **sending("karin")).json()

    assert (first["number"], first["is_new"]) == (case.reference, True)
    assert (second["number"], second["is_new"]) == (case.reference, False)


@pytest.mark.parametrize("action", ["correct_person", "add_custodian", "correct_custodian",
                                    "record_seizure", "record_contact", "hand_over"])  # fmt: skip
def test_a_step_of_the_standard_stop_is_kept_on_the_phone_and_says_whose_it_is(karin, action):
    case = make_case(at="picked_up")
    make_custodian(case.person)

    page = text_of(karin.get(reverse("step", args=[case.pk, action])))

    assert f'data-draft data-about="{case.reference}"' in page


def test_a_pass_is_planned_and_closed_once_from_the_phone(karin):
    plan = planned(save="begin", request_id=str(uuid4()))
    first = karin.post(reverse("pass-new"), plan, **sending("karin")).json()
    second = karin.post(reverse("pass-new"), plan, **sending("karin")).json()
    made = PatrolPass.objects.get()
    assert (first["url"], first["is_new"]) == (reverse("pass", args=[made.pk]), True)
    assert second == first | {"is_new": False}

    report = {"ended_at": local(timezone.now()), "n_talks": "3", "n_parents_called": "0",
              "summary": "Lugnt."}  # fmt: skip
    close = reverse("pass-close", args=[made.pk])
    first = karin.post(close, report, **sending("karin")).json()
    second = karin.post(close, report, **sending("karin")).json()
    other = karin.post(close, report | {"summary": "Mina ord."}, **sending("karin"))

    assert (first["is_new"], second["is_new"]) == (True, False)
    assert other.status_code == 422
    assert "Mina ord." in text_of(other)
    assert PatrolPass.objects.get().summary == "Lugnt."


def test_a_page_says_whose_drafts_may_be_opened_only_to_whoever_is_logged_in(karin):
    assert f'data-holder="{phone.holder(person("karin"))}" data-writes' in text_of(karin.get(NEW))
    assert "data-holder" not in text_of(Client().get(reverse("login")))


def test_a_holders_name_says_nothing_about_who_it_is():
    holders = {phone.holder(person(username)) for username in PEOPLE}

    assert len(holders) == len(PEOPLE)
    assert all(re.fullmatch(r"[0-9a-f]{32}", holder) for holder in holders)
