"""The forty incidents, each as a change of a few words in one of our files."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Mutant:
    """One incident: its number and words, the file, what stands there and what it becomes, and the
    tests that are to notice, each as file::name.
    """

    number: int
    incident: str
    file: str
    text: str
    becomes: str
    tests: str

    def tests_to_run(self) -> list[str]:
        """As pytest wants them named."""
        named = (test.split("::") for test in self.tests.split())
        return [f"tests/{file}.py::{name}" for file, name in named]

    def stands_once(self) -> bool:
        return (ROOT / self.file).read_text(encoding="utf-8").count(self.text) == 1


_ROW = """AccessEntry.append(
            user.organisation,
            by=user,
            words=words,
            kind=kind,
            subject_id=subject,
            page=match.view_name if match else "",
            purpose=purpose or request.__dict__.get("_purpose", ""),
        )
"""
_LOG = (
    f"    try:\n        entry = {_ROW}"
    "    except DatabaseError as fault:\n        raise LogUnwritable from fault\n"
    "    if kind == AccessEntry.Kind.REFUSED:\n"
    '        request.__dict__["_refusal"] = (entry.pk, entry.mac)\n'
)
_LATER = (
    f"    (lambda write: __import__('django.db').db.transaction.on_commit(write))(\n"
    f"        lambda: {_ROW}    )\n"
    '    request.__dict__["_refusal"] = (0, "")\n'
)

MUTANTS = (
    Mutant(
        1, "global rights accepted", "cases/models/grants.py",
        "    return {unit: frozenset(rights) for unit, rights in held.items()}",
        "    own = user.groups.values_list('permissions__codename', flat=True)\n"
        "    every = Organisation.objects.values_list('pk', flat=True)\n"
        "    return {unit: frozenset(held.get(unit, set()) | {*own}) for unit in every}",
        "test_library_traps::test_a_global_right_lists_no_case",
    ),
    Mutant(
        2, "is_active skipped", "cases/models/grants.py",
        "_held(user) if user.is_active else {}",
        "_held(user)",
        "test_access::test_somebody_inactive_sees_and_may_nothing",
    ),
    Mutant(
        3, "permission by name instead of a callable", "cases/models/youth_case.py",
        "follows_up = on_organisation(Right.FOLLOW_UP_YOUTHCASE)",
        'follows_up = "cases.follow_up_youthcase"',
        "test_youth_case::test_every_role_may_what_the_table_says",
    ),
    Mutant(
        4, "tenant filter dropped", "cases/access.py",
        "cases.filter(organisation__in=_units(user, R.VIEW_REFERRAL))",
        "cases.all()",
        "test_access::test_referrals_open_for_whom_the_table_says",
    ),
    Mutant(
        5, "tenant filter dropped from a counter", "kronoberg/alarms.py",
        "Posting.objects.filter(organisation=user.organisation, state=State.RETURNED)",
        "Posting.objects.filter(state=State.RETURNED)",
        "test_incidents::test_a_count_on_the_list_is_of_the_own_unit",
    ),
    Mutant(
        6, "search without a filter", "cases/search.py",
        "access.findable_cases(user).filter(person__organisation=user.organisation)",
        "access.findable_cases(user).model._default_manager.all()",
        "test_search::test_nobody_finds_outside_the_own_circle",
    ),
    Mutant(
        7, "bulk without a check of each", "kronoberg/steps.py",
        "        case = access.get_case(request, pk, action)\n    except (Http404",
        "        case = access.visible_cases(request.user).model.objects.get(pk=pk)\n"
        "    except (Http404",
        "test_worklist::test_many_are_assigned_each_by_its_own_step",
    ),
    Mutant(
        8, "a later check overwrites a denial", "cases/access.py",
        "is_hidden = any(one.is_protected for one in (case.person, *case.person.custodians.all()))",
        "is_hidden = [o.is_protected for o in (case.person, *case.person.custodians.all())][-1]",
        "test_incidents::test_a_hidden_custodian_hides_the_words_whoever_comes_last",
    ),
    Mutant(
        9, "export checked at its start only", "notices/views_pile.py",
        "if file is None or pile.hidden_cases(run.organisation, cases):",
        "if file is None:",
        "test_pile_pages::test_the_pdf_closes_when_somebody_in_it_becomes_hidden",
    ),
    Mutant(
        10, "export by id alone", "notices/views_pile.py",
        "PrintRun.objects.filter(pk=pk, organisation=user.organisation)",
        "PrintRun.objects.filter(pk=pk)",
        "test_pile_pages::test_a_pile_is_for_those_who_handle_the_post_of_its_own_unit",
    ),
    Mutant(
        11, "a key in a form is anybody's", "cases/forms/social.py",
        "User.objects.filter(organisation=office, role__in=roles, is_active=True)",
        "User.objects.all()",
        "test_social_forms::test_cases_are_assigned_to_caseworkers_of_the_own_unit_only",
    ),
    Mutant(
        12, "403 where it should be 404", "cases/access.py",
        "(user, pk, *related)\n    if case is None:\n"
        "        log_access(request, AccessEntry.Kind.REFUSED, pk)\n        raise Http404",
        "(user, pk, *related)\n    if case is None:\n"
        "        log_access(request, AccessEntry.Kind.REFUSED, pk)\n        raise PermissionDenied",
        "test_access::test_police_cases_open_for_whom_the_table_says",
    ),
    Mutant(
        13, "a refusal names the other case", "kronoberg/steps.py",
        'return "Ett ärende fick du inte ta steget i."',
        'return str(access.visible_cases(request.user).model.objects.get(pk=pk))',
        "test_worklist::test_a_selection_holds_what_one_may_not_and_the_rest_is_done",
    ),
    Mutant(
        14, "an error repeats a personal number", "cases/search.py",
        "raise NotSearchable(str(fault)) from None",
        'raise NotSearchable(f"{typed}: {fault}") from None',
        "test_search::test_part_of_a_name_or_a_wrong_number_is_no_question",
    ),
    Mutant(
        15, "anything that is not empty is a yes", "cases/forms/social.py",
        'label="Behöver ungdomen skydd genast?",\n'
        '        choices=[("True", "Ja"), ("False", "Nej")],\n'
        '        coerce=lambda answer: answer == "True",',
        'label="Behöver ungdomen skydd genast?",\n'
        '        choices=[("True", "Ja"), ("False", "Nej")],\n'
        "        coerce=bool,",
        "test_incidents::test_a_no_is_a_no",
    ),
    Mutant(
        16, "a state set by update()", "cases/models/guards.py",
        "    NOT (NEW.version = OLD.version + 1 AND EXISTS (",
        "    1 = 0 AND NOT (NEW.version = OLD.version + 1 AND EXISTS (",
        "test_guards::test_state_cannot_be_set_past_the_door",
    ),
    Mutant(
        17, "the log after the answer", "cases/access_log.py",
        _LOG, _LATER,
        "test_access::test_police_cases_open_for_whom_the_table_says",
    ),
    Mutant(
        18, "the log by the queue", "cases/access_log.py",
        _LOG, '    __import__("notices.tasks").tasks.render_waiting_letters.delay()\n'
        '    request.__dict__["_refusal"] = (0, "")\n',
        "test_access::test_police_cases_open_for_whom_the_table_says",
    ),
    Mutant(
        19, "a log that fails is let go", "cases/access_log.py",
        "        raise LogUnwritable from fault\n    if kind",
        "        return\n    if kind",
        "test_log_first::test_a_case_whose_reading_cannot_be_logged_is_not_shown",
    ),
    Mutant(
        20, "no lock", "cases/workflow.py",
        'fresh.select_for_update(of=("self",)).get(pk=case.pk)',
        "fresh.get(pk=case.pk)",
        "test_incidents::test_a_step_locks_its_case_before_it_is_read",
    ),
    Mutant(
        21, "no check of what was read", "cases/workflow.py",
        "if not _is_as_read(",
        "if False and not _is_as_read(",
        "test_changes::test_the_door_itself_refuses_to_write_over_what_the_caller_has_not_read",
    ),
    Mutant(
        22, "paper outside the transaction of its step", "notices/dispatch.py",
        "    with transaction.atomic():\n        paper = PAPER",
        "    if True:\n        paper = PAPER",
        "test_dispatch::test_nothing_is_left_of_a_notice_when_any_part_of_it_fails",
    ),
    Mutant(
        23, "the worker woken inside the transaction", "notices/dispatch.py",
        "            return paper(case, by=by, **step)",
        '            __import__("notices.tasks").tasks.wake_worker()\n'
        "            return paper(case, by=by, **step)",
        "test_library_traps::test_no_task_is_scheduled_for_later_and_one_only_wakes_the_worker",
    ),
    Mutant(
        24, "marked before it is made", "notices/outbox.py",
        "    facts = letters.from_json(letter.code, letter.facts)\n    pdf =",
        "    Letter.objects.filter(pk=letter.pk).update(state=Letter.State.READY)\n"
        "    facts = letters.from_json(letter.code, letter.facts)\n    pdf =",
        "test_incidents::test_a_letter_is_ready_when_its_bytes_are_stored_and_not_before",
    ),
    Mutant(
        25, "a key for each try", "kronoberg/steps.py",
        "uuid5(batch, str(pk))",
        '__import__("uuid").uuid4()',
        "test_worklist::test_the_same_selection_sent_twice_is_taken_once",
    ),
    Mutant(
        26, "rights kept in the process", "cases/models/grants.py",
        'user.__dict__.setdefault("_rights", {})',
        "rights_by_unit.__dict__.setdefault(str(user.pk), {})",
        "test_access::test_a_new_role_holds_at_the_next_fetch",
    ),
    Mutant(
        27, "gates for the first custodian only", "notices/dispatch.py",
        "gates.to_custodian(case, custodian, on=on)",
        "gates.to_custodian(case, custodian, on=on) if number == 1 else []",
        "test_dispatch::test_the_home_of_a_hidden_custodian_is_in_no_letter_to_anybody "
        "test_dispatch::test_a_barred_custodian_gets_no_letter_and_the_notice_hides_where_they_are",
    ),
    Mutant(
        28, "a fact is read as wording", "notices/wording.py",
        "plain = _PLACEHOLDER.sub(fact, text)",
        "plain = _PLACEHOLDER.sub(fact, _PLACEHOLDER.sub(fact, text))",
        "test_incidents::test_a_fact_that_looks_like_wording_stays_as_it_is",
    ),
    Mutant(
        29, "a letter may read files", "notices/engine.py",
        'allowed_protocols=("data",)', 'allowed_protocols=("data", "file")',
        "test_incidents::test_a_letter_fetches_data_alone_and_follows_nobody",
    ),
    Mutant(
        30, "a letter may follow redirects", "notices/engine.py",
        "allow_redirects=False", "allow_redirects=True",
        "test_incidents::test_a_letter_fetches_data_alone_and_follows_nobody",
    ),
    Mutant(
        31, "a plain hash of a personal number", "cases/sealing.py",
        "return hmac.new(keyring().index, number.encode(), hashlib.sha256).hexdigest()",
        "return hashlib.sha256(number.encode()).hexdigest()",
        "test_sealing::test_equal_numbers_meet_in_the_blind_index_and_it_is_no_plain_hash",
    ),
    Mutant(
        32, "a table left out of the rotation", "cases/resealing.py",
        "        if columns:\n            yield model, columns",
        '        if columns and model._meta.model_name != "recordentry":\n'
        "            yield model, columns",
        "test_incidents::test_nothing_anywhere_is_sealed_with_an_older_key_after_a_rotation",
    ),
    Mutant(
        33, "a table left out of the erasure", "kronoberg/erasure.py",
        'if any(field.attname == "case_id" for field in model._meta.concrete_fields):',
        'if any(f.attname == "case_id" for f in model._meta.fields if model.__name__ != "Letter"):',
        "test_incidents::test_an_erased_case_takes_its_letters_and_messages_along",
    ),
    Mutant(
        34, "a restored backup is not swept", "kronoberg/erasure.py",
        "    for kind, key in _tombstones():",
        "    for kind, key in ():",
        "test_erasure::test_a_restored_backup_is_swept_of_what_was_erased",
    ),
    Mutant(
        35, "figures as they are", "kronoberg/statistics/freezing.py",
        "    return {source: [rows[source][at] for at in places] "
        "for source, places in chosen.items()}",
        "    return {source: list(each) for source, each in rows.items()}",
        "test_frozen_figures::test_one_case_more_would_draw_all_the_chance_anew",
    ),
    Mutant(
        36, "chance drawn anew", "kronoberg/statistics/freezing.py",
        "    return Random(seed)",
        "    return Random()",
        "test_frozen_figures::test_one_case_more_would_draw_all_the_chance_anew",
    ),
    Mutant(
        37, "a PDF may be kept", "kronoberg/middleware.py",
        'response["Cache-Control"] = "no-store"',
        'response["Cache-Control"] = "private"',
        "test_hardening::test_every_page_carries_every_header",
    ),
    Mutant(
        38, "logout leaves the session", "kronoberg/views/security.py",
        "    end_session(request)\n    response = redirect(\"home\")",
        '    response = redirect("home")\n    response.delete_cookie("sessionid")',
        "test_incidents::test_a_cookie_from_before_the_logout_opens_nothing",
    ),
    Mutant(
        39, "a calendar outlives its owner's work", "cases/calendars.py",
        "address.owner if access.may(address.owner, Right.SUPPORT_REFERRAL) else None",
        "address.owner",
        "test_meetings::test_a_new_address_ends_the_old_and_so_does_leaving",
    ),
    Mutant(
        40, "a log prints what was sent", "kronoberg/middleware.py",
        "        if isinstance(exception, access.ReasonNeeded):",
        '        __import__("logging").getLogger("kronoberg").error("%s", request.POST)\n'
        "        if isinstance(exception, access.ReasonNeeded):",
        "test_hardening::test_a_page_that_fails_writes_nothing_of_what_was_sent",
    ),
)  # fmt: skip
