"""The lock of a screen that nobody touches, the end of a shift, and what was being written."""

import json
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import phone
from cases.models import HeldForm
from kronoberg import held, sign_in
from tests import cast
from tests.factories import make_case
from tests.logins import PASSWORD, add_code_app, code, log_in

HAD_WRITTEN = "Det jag hade skrivit"


def leave(client: Any, minutes: int) -> None:
    session = client.session
    session[sign_in.SEEN] = int(time.time()) - minutes * 60
    session.save()


@pytest.mark.parametrize(("username", "minutes"), [("karin", 10), ("omar", 30)])
def test_a_screen_that_nobody_touches_is_locked(client, username: str, minutes: int) -> None:
    client.force_login(cast.person(username))
    client.get(reverse("worklist"))

    leave(client, minutes - 1)
    assert client.get(reverse("worklist")).status_code == 200
    leave(client, minutes + 1)
    locked = client.get(reverse("worklist"))

    assert locked.status_code == 423
    assert "K-20" not in locked.content.decode()


@pytest.mark.parametrize("route", ["worklist-state", "phone-key"])
def test_a_page_that_asks_by_itself_does_not_put_off_the_lock(client, route: str) -> None:
    client.force_login(cast.person("karin"))
    client.get(reverse("worklist"))
    for minutes in (4, 8):
        leave(client, minutes)
        assert client.get(reverse(route)).status_code == 200
        assert time.time() - client.session[sign_in.SEEN] >= minutes * 60

    leave(client, 11)

    assert client.get(reverse(route)).status_code == 423


def test_a_page_that_htmx_fetches_on_a_timer_does_not_put_off_the_lock(client) -> None:
    client.force_login(cast.person("karin"))
    client.get(reverse("worklist"))
    leave(client, 8)

    client.get(reverse("worklist"), headers={"X-Kronoberg-Background": "1"})
    assert time.time() - client.session[sign_in.SEEN] >= 8 * 60
    client.get(reverse("worklist"))
    assert time.time() - client.session[sign_in.SEEN] < 60


def test_every_page_that_asks_on_a_timer_says_so() -> None:
    timed = [path for path in Path("templates").glob("*.html") if "every " in path.read_text()]

    assert timed
    for path in timed:
        for tag in re.findall(r"<[^>]*hx-trigger=\"every[^>]*>", path.read_text()):
            assert "X-Kronoberg-Background" in tag, path


def sending_a_review(
    client: Any, typed: str = "Det jag hade skrivit"
) -> tuple[Any, str, dict[str, Any]]:
    case = make_case("reported", by="karin")
    client.force_login(cast.person("lena"))
    page = reverse("step", kwargs={"pk": case.pk, "action": "review"})
    request_id = client.get(page).context["form"]["request_id"].value()
    return (
        case,
        page,
        {"request_id": request_id, "decision": "notify", "decision_reason": HAD_WRITTEN},
    )


def test_what_was_being_sent_is_sealed_through_the_lock_and_then_taken(client) -> None:
    case, page, typed = sending_a_review(client)
    leave(client, 31)

    locked = client.post(page, typed)
    assert locked.status_code == 423
    assert "Det jag hade skrivit" not in locked.content.decode()
    assert "Det jag hade" not in str(HeldForm.objects.values_list("content").get())
    [held] = re.findall(r'name="held" value="([^"]+)"', locked.content.decode())
    wrong = client.post(page, {"held": held, "unlock": "fel"})
    assert wrong.status_code == 423 and held in wrong.content.decode()
    client.post(page, {"held": held, "unlock": PASSWORD})

    case.refresh_from_db()
    assert (case.state, case.decision_reason) == ("reviewed", "Det jag hade skrivit")
    assert not HeldForm.objects.exists()


def test_nobody_else_gets_what_was_held(client) -> None:
    case, page, typed = sending_a_review(client)
    leave(client, 31)
    key = re.findall(r'name="held" value="([^"]+)"', client.post(page, typed).content.decode())[0]

    client.force_login(cast.person("omar"))
    assert client.get(page).status_code == 200
    client.post(page, {"held": key})

    case.refresh_from_db()
    assert case.state == "reported" and HeldForm.objects.count() == 1


def test_what_was_written_and_not_sent_goes_sealed_to_the_server_and_back(
    client,
) -> None:
    _, page, _ = sending_a_review(client)
    written = [[0, "decision_reason", "Halvskrivet", None]]
    keep = {"page": page, "typed": json.dumps(written)}
    assert client.post(reverse("lock-keep"), keep).json() == {"locked": False}
    assert not HeldForm.objects.exists(), "somebody works in another tab"
    leave(client, 31)

    assert client.post(reverse("lock-keep"), keep).json() == {"locked": True}

    locked = client.get(page)
    assert locked.status_code == 423 and "Halvskrivet" not in locked.content.decode()
    client.post(page, {"unlock": PASSWORD})
    assert "Halvskrivet" in client.get(page).content.decode()
    assert "Halvskrivet" not in client.get(page).content.decode(), "once"


def test_a_password_that_was_being_changed_is_kept_nowhere(client) -> None:
    client.force_login(cast.person("karin"))
    client.get(reverse("worklist"))
    leave(client, 11)

    page = client.post(reverse("account_change_password"), {"oldpassword": "hemligt1"})

    assert page.status_code == 423 and "hemligt1" not in page.content.decode()
    assert not HeldForm.objects.exists()


def test_proving_again_who_one_is_opens_the_lock(client) -> None:
    client.force_login(cast.person("karin"))
    client.get(reverse("worklist"))
    leave(client, 11)
    assert client.get(reverse("account_reauthenticate")).status_code == 200
    assert client.get(reverse("worklist")).status_code == 423, "looking at the question is no proof"

    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    assert client.get(reverse("worklist")).status_code == 200


def test_who_has_no_password_is_shown_another_way_through_the_lock(client) -> None:
    karin = cast.person("karin")
    karin.set_unusable_password()
    karin.save()
    add_code_app("karin")
    client.force_login(karin)
    client.get(reverse("worklist"))
    leave(client, 11)

    page = client.get(reverse("worklist")).content.decode()

    assert 'type="password"' not in page and reverse("account_reauthenticate") in page
    client.post(reverse("mfa_reauthenticate"), {"code": code()})
    assert client.get(reverse("worklist")).status_code == 200


def test_a_session_ends_after_a_shift_however_much_it_is_used(client, time_machine) -> None:
    case, page, typed = sending_a_review(client)
    start = timezone.now()
    for hours in range(1, 10):
        time_machine.move_to(start + timedelta(hours=hours), tick=False)
        leave(client, 1)
        assert client.get(reverse("worklist")).status_code == 200
    time_machine.move_to(start + timedelta(hours=10, minutes=1), tick=False)
    leave(client, 1)

    ended = client.post(page, typed)

    assert ended.status_code == 302 and ended.url.startswith(reverse("login"))
    assert client.get(reverse("worklist")).status_code == 302
    log_in(client, "lena")
    asked = client.get(page).content.decode()
    assert "Skicka det nu" in asked and "Det jag hade skrivit" not in asked
    client.post(page, dict(re.findall(r'name="(held)" value="([^"]+)"', asked)))
    case.refresh_from_db()
    assert case.decision_reason == "Det jag hade skrivit"


def test_a_draft_of_the_phone_waits_when_the_shift_is_over(client, time_machine) -> None:
    karin = cast.person("karin")
    client.force_login(karin)
    client.get(reverse("worklist"))
    time_machine.move_to(timezone.now() + timedelta(hours=10, minutes=1))

    answer = client.post(reverse("incident-new"), {}, headers={phone.HEADER: phone.holder(karin)})

    assert answer.status_code == 401 and not HeldForm.objects.exists()


def test_what_nobody_came_back_for_is_gone_in_days_and_with_its_case(client) -> None:
    case, page, typed = sending_a_review(client)
    leave(client, 31)
    client.post(page, typed)
    assert held.sweep(timezone.now() + timedelta(days=3)) == 0
    assert HeldForm.objects.get().case_id == case.pk

    assert held.sweep(timezone.now() + timedelta(days=5)) == 1


def test_a_draft_from_the_phones_outbox_waits_for_the_login(client) -> None:
    karin = cast.person("karin")
    client.force_login(karin)
    client.get(reverse("worklist"))
    leave(client, 11)

    answer = client.post(reverse("incident-new"), {}, headers={phone.HEADER: phone.holder(karin)})

    assert answer.status_code == 401


def test_logging_out_ends_the_session_and_clears_the_cache(client) -> None:
    client.force_login(cast.person("karin"))

    answer = client.post(reverse("logout"))

    assert answer["Clear-Site-Data"] == '"cache"'
    assert client.get(reverse("worklist")).status_code == 302
