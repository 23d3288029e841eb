"""What stands in each sealed column, in the words of the bar: role × field × state (R08).

Every column that somebody writes text in has a row here; one without fails the suite. Who reads a
row stands in `kronoberg.canaries`, apart from `access`; who writes it, in the machine's own moves.
"""

# Kind of field: the columns of it.
FIELDS = {
    "supplier": """
        SupplyTip: price platform nick phone plate vehicle description assessment
    """,
    "health": """
        YouthCase: injuries other_drugs
        CustodyCheck: note
    """,
    "address": """
        Person: name personal_number street postal_code locality phone birth_date identified_by
                school
        Custodian: name personal_number street postal_code locality phone
        YouthCase: whereabouts
        Incident: place
    """,
    "informant": """
        YouthCase: hearsay hearsay_by
        Incident: participants
    """,
    "internal note": """
        WorkingNote: text
        HeldForm: content
        PatrolPass: places summary next_time
        LogReview: conclusion
        ReviewedEntry: note
        EmergencyAccess: words verdict_words
        LegalHold: reason
        PromiseComment: words
    """,
    "what was written": """
        YouthCase: description custody_decided_by custody_criteria observations child_words concern
                   why_now effect_on_child concern_since if_nothing_is_done special_considerations
                   custodian_reaction danger_how other_adults other_children attachments
                   why_not_told handed_over_to decision_reason supplement_question
        Referral: protection_reasons protection_source supplement_question decision_reasons
                  overrun_reasons
        Incident: circumstances
        CustodianContact: phone leave_for_other_adult note
        DutyContact: phone spoke_with decision
        Appointment: place
        FollowUp: note
        ContactMade: note
        RecordEntry: text
        Remark: text
        InformationMeeting: place outcome
        AccessibilityReport: text contact
        CitizenPromise: title problem target
        PromiseActivity: words
        Measure: title words outcome
    """,
    # No column of its own: whole messages and forms, made of what stands above.
    "made of others": """
        FormerFacts: facts
        Letter: facts
        Message: payload
        Handout: html
        CohortTally: n_again
        RunningError: errors
    """,
}
# What R08 names.
NAMED = ("supplier", "health", "address", "informant", "internal note")


def kind_of() -> dict[tuple[str, str], str]:
    """(model, column) → the kind of field."""
    found = {}
    for kind, text in FIELDS.items():
        model = ""
        for word in text.split():
            if word.endswith(":"):
                model = word[:-1]
            else:
                found[model, word] = kind
    return found
