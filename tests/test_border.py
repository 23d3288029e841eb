"""Between the two authorities run five messages and no key; personal text lies sealed."""

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.urls import path

from cases.models.fields import SealedField
from cases.routes import every_route_declares_its_right
from kronoberg import urls

POLICE = {"youthcase", "incident", "alcoholseizure", "supplytip", "custodiancontact"}
SOCIAL = {"referral", "appointment", "attendee"}
OURS = ("cases", "notices", "kronoberg")
# Names that personal facts go by: a column called so must be sealed.
PERSONAL = ("name", "personal_number", "street", "phone", "birth_date", "note", "concern", "place")
# Staff and units are no secret; a rule's note is the lawyer's.
OPEN = {"organisation", "user", "municipality", "postalcode", "rule"}


def keys():
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation and field.related_model:
                yield model._meta.model_name, field.name, field.related_model._meta.model_name


def test_no_key_joins_the_police_and_the_social_services():
    joined = [
        (here, name, there)
        for here, name, there in keys()
        if (here in POLICE and there in SOCIAL) or (here in SOCIAL and there in POLICE)
    ]

    assert joined == []


def test_letters_and_messages_hold_no_key_to_either_sides_cases():
    from_notices = {
        (model._meta.model_name, field.related_model._meta.model_name)
        for model in apps.get_app_config("notices").get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model
    }

    assert not {pair for pair in from_notices if pair[1] in POLICE | SOCIAL}


@pytest.mark.parametrize("column", PERSONAL)
def test_every_column_with_a_personal_name_is_sealed(column):
    bare = [
        model._meta.label
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if field.name == column
        and model._meta.model_name not in OPEN
        and not isinstance(field, SealedField)
    ]

    assert bare == []


def test_every_text_column_without_choices_that_is_not_sealed_is_known_to_hold_no_person():
    # A new unsealed text column must be looked at, and added here with open eyes.
    known = {
        "language", "number_index", "reference", "due_step", "call_sign", "crime_report",
        "receipt_number", "state_before_merge", "sender", "sender_reference", "notice_sha256",
        "ongoing_reference", "interpreter", "chain", "mac", "previous_mac", "remark_digest",
        "role", "action", "from_state", "to_state", "page", "prefix", "code", "addressee",
        "template_version", "window", "facts_sha256", "pdf_sha256", "failure", "payload_sha256",
        "legal_ground",
    }  # fmt: skip
    found = {
        field.name
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if field.get_internal_type() in ("CharField", "TextField", "SlugField")
        and not field.choices
        and model._meta.model_name not in OPEN
    }

    assert found <= known


def test_a_route_that_says_nothing_of_who_may_come_in_stops_the_start(monkeypatch):
    assert every_route_declares_its_right() == []

    monkeypatch.setattr(urls, "urlpatterns", urls.urlpatterns)
    urls.urlpatterns.append(path("hemligt/", lambda request: HttpResponse()))
    try:
        [fault] = every_route_declares_its_right()
    finally:
        urls.urlpatterns.pop()

    assert fault.id == "kronoberg.E001"
