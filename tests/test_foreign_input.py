"""What a form was not made for: an id of another unit's, a column that it does not have."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.forms import form_for
from cases.models import InformationMeeting, Municipality, PatrolPass, Referral, User, YouthCase
from cases.models.moves import AnyCase, moves_of
from tests import cast, machines
from tests.factories import make_case, make_referral

STAFF: dict[Any, tuple[str, ...]] = {
    YouthCase: ("karin", "omar", "lena"),
    Referral: ("ines", "sara", "hanna"),
}


def elsewhere() -> dict[Any, list[Any]]:
    """What a form could be made to point to, of Alvesta's: of the police and of social services."""
    per, alva, now = cast.person("per"), cast.person("alva"), timezone.now()
    patrol = PatrolPass.objects.create(
        organisation=per.organisation, municipality_id="0764", planned_by=per,
        planned_from=now, planned_to=now + timedelta(hours=4),
    )  # fmt: skip
    meeting = InformationMeeting.objects.create(
        organisation=alva.organisation, at=now + timedelta(days=3), made_by=alva
    )
    return {
        User: [per, alva],
        YouthCase: [make_case("picked_up", by="per")],
        Referral: [make_referral("received", by="alva")],
        PatrolPass: [patrol],
        InformationMeeting: [meeting],
    }


def forms_of(model: Any) -> Iterator[tuple[AnyCase, str, forms.Form]]:
    """The form of each step that somebody of Växjö may take, in each state of the road."""
    for state in machines.states_of(model):
        try:
            case: Any = make_case(state) if model is YouthCase else make_referral(state)
        except ValueError:  # a way out, and no step of the road
            continue
        for move in (move for move in moves_of(model) if move.source == state):
            who = (cast.person(name) for name in STAFF[model])
            by = next((user for user in who if move.is_allowed(case, user)), None)
            if by is not None:
                yield case, move.name, form_for(case, move.name)(case=case, by=by)


@pytest.mark.parametrize("model", [YouthCase, Referral])
def test_no_form_of_a_step_takes_an_id_of_another_unit(model: Any) -> None:
    foreign, n_tried, taken = elsewhere(), 0, []
    for case, action, form in forms_of(model):
        for name, field in form.fields.items():
            queryset = getattr(field, "queryset", None)
            if queryset is None or queryset.model is Municipality:
                continue  # municipalities are everybody's
            for each in foreign[queryset.model]:
                n_tried += 1
                sent = [str(each.pk)] if isinstance(field, forms.ModelMultipleChoiceField) else None
                for value in (sent or str(each.pk), getattr(each, "reference", str(each.pk))):
                    try:
                        field.clean(value)
                    except forms.ValidationError:
                        continue
                    taken.append(f"{action} in {case.state}: {name} takes {each!r}")

    assert taken == []
    assert n_tried >= 10, "a form without choices proves nothing"


# A column and what somebody would like it to be; none of them is in the form of a step below.
WANTED: dict[str, Any] = {
    "state": "closed", "version": 99, "author": "", "owner": "", "organisation": "",
    "reference": "K-2026-999999", "closed_at": "2026-11-01", "due_at": "2030-01-01",
    "age_class": "18_19", "sender": "Någon annan", "category": "C",
}  # fmt: skip
Send = Callable[[Client, str, dict[str, Any]], Any]
# An objection is noted, an entry of the record written.
STEPS = [(YouthCase, "omar", "note_dispute"), (Referral, "sara", "write_entry")]


def given() -> dict[str, str]:
    """Enough for the two steps."""
    told = {"reason": "Det stämmer inte.", "text": "Ringde skolan.", "request_id": str(uuid4())}
    return told | {"at": f"{timezone.localtime():%Y-%m-%dT%H:%M}"}


def named(way: Callable[[str], str]) -> Send:
    """As fields of the form, under the name that `way` makes of a column."""

    def send(client: Client, address: str, wanted: dict[str, Any]) -> Any:
        more = {way(name): value for name, value in wanted.items()}
        return client.post(address, given() | more)

    return send


def in_address(client: Client, address: str, wanted: dict[str, Any]) -> Any:
    return client.post(address, given(), query_params=wanted)


def in_headers(client: Client, address: str, wanted: dict[str, Any]) -> Any:
    headers = {f"X-{name}": str(value) for name, value in wanted.items()}
    return client.post(address, given(), headers=headers)


def urlencoded(client: Client, address: str, wanted: dict[str, Any]) -> Any:
    body = "&".join(f"{name}={value}" for name, value in (given() | wanted).items())
    return client.post(address, body, content_type="application/x-www-form-urlencoded")


def as_json(client: Client, address: str, wanted: dict[str, Any]) -> Any:
    return client.post(address, json.dumps(given() | wanted), content_type="application/json")


def json_in_a_field(client: Client, address: str, wanted: dict[str, Any]) -> Any:
    packed = dict.fromkeys(("facts", "records", "case", "data"), json.dumps(wanted))
    return client.post(address, given() | packed)


ENCODINGS: dict[str, Send] = {
    "its name": named(str),
    "its column": named("{}_id".format),
    "upper case": named(str.upper),
    "a prefix": named("case-{}".format),
    "another prefix": named("form-0-{}".format),
    "an attribute": named("case.{}".format),
    "two underscores": named("case__{}".format),
    "brackets": named("case[{}]".format),
    "a list": named("{}[]".format),
    "a space": named("{} ".format),
    "a zero byte": named("{}\x00".format),
    "the address": in_address,
    "headers": in_headers,
    "a body of its own": urlencoded,
    "json": as_json,
    "json in a field": json_in_a_field,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("model", "who", "action"), STEPS)
def test_a_column_that_the_form_has_not_is_never_stored(
    client: Client, model: Any, who: str, action: str, encoding: str
) -> None:
    case: Any = make_case("handed_over") if model is YouthCase else make_referral("received")
    columns = {name: value for name, value in WANTED.items() if hasattr(case, name)}
    columns |= dict.fromkeys(("author", "owner"), str(cast.person("per").pk))
    columns["organisation"] = str(cast.person("per").organisation_id)
    before = model.objects.filter(pk=case.pk).values(*columns).get()
    client.force_login(cast.person(who))

    ENCODINGS[encoding](client, reverse("step", args=[case.pk, action]), columns)

    after = model.objects.filter(pk=case.pk).values(*columns).get()
    # The step itself is taken where the form could be read, and counts one version.
    assert after.pop("version") - before.pop("version") == (encoding != "json")
    assert after == before
