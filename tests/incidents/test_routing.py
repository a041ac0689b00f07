"""The routing table: every kind of subject, every absence, and who is never led to it."""

from itertools import product
from uuid import UUID, uuid5

import pytest

from accounts.models import Role
from incidents.models import About, Incident
from incidents.routing import Facts, Led, Post, Roll, named_in, route, staff_named_in

ORDINARY, CONFIDENTIAL, SEALED = Incident.Confidentiality.values
NAMES = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


def who(name):
    return uuid5(NAMES, name)


PEOPLE = {
    "head": (Role.HEADTEACHER, 1, ()),
    "deputy": (Role.DEPUTY_HEAD, 2, ("head",)),
    "lead": (Role.DSL, 3, ("head",)),
    "deputy_lead": (Role.DEPUTY_DSL, 4, ("lead", "head")),
    "senior": (Role.SENIOR_LEADER, 5, ("deputy", "head")),
    "teacher": (Role.TEACHER, 6, ("senior", "deputy", "head")),
    "office": (Role.OFFICE, 7, ("head",)),
    "volunteer": (Role.VOLUNTEER, 8, ("teacher", "senior", "deputy", "head")),
    "governor": (Role.GOVERNOR, 9, ()),
    "chair": (Role.CHAIR, 10, ()),
    "officer": (Role.TRUST_OFFICER, 11, ()),
}
STAFF = {"head", "deputy", "lead", "deputy_lead", "senior", "teacher", "office", "volunteer"}


def roll(*, away=(), without=(), extra=()):
    posts = [
        Post(who(name), role, seniority, name in away, tuple(who(m) for m in line), f"{name.title()} Oakes-{name}")
        for name, (role, seniority, line) in PEOPLE.items()
        if name not in without
    ]
    return Roll(posts=(*posts, *extra))


def way(about, *subjects, reporter=None, safeguarding=False, on=None, **facts):
    found = Facts(
        about=about,
        subjects=frozenset(who(name) for name in subjects),
        reporter=who(reporter) if reporter else None,
        safeguarding=safeguarding,
        **facts,
    )
    return route(found, on or roll(), {"staff": "Staff handbook", "pupil": "Behaviour policy"})


def names(people):
    by_id = {who(name): name for name in [*PEOPLE, "co_chair", "second_head"]}
    return [by_id[one.user_id if isinstance(one, Led) else one] for one in people]


TABLE = [
    # about, subjects, safeguarding, confidentiality, handlers, readers, kept out (at least)
    (About.PUPIL, (), True, CONFIDENTIAL, ["lead", "deputy_lead"], ["head"], set()),
    (About.PARENT, (), True, CONFIDENTIAL, ["lead", "deputy_lead"], ["head"], set()),
    (About.COMMUNITY, (), True, CONFIDENTIAL, ["lead", "deputy_lead"], ["head"], set()),
    (About.UNKNOWN, (), True, CONFIDENTIAL, ["lead", "deputy_lead"], ["head"], set()),
    (About.PUPIL, (), False, ORDINARY, ["head", "lead"], [], set()),
    (About.PARENT, (), False, ORDINARY, ["head"], [], set()),
    (About.COMMUNITY, (), False, ORDINARY, ["head"], [], set()),
    (About.UNKNOWN, (), False, ORDINARY, ["head"], [], set()),
    (About.STAFF, (), False, CONFIDENTIAL, ["head"], ["lead"], set()),
    (About.STAFF, ("teacher",), False, CONFIDENTIAL, ["head"], ["lead"], {"teacher", "senior", "deputy", "volunteer"}),
    (About.STAFF, ("teacher",), True, CONFIDENTIAL, ["head", "lead"], [], {"teacher", "senior", "deputy"}),
    (About.STAFF, ("office",), False, CONFIDENTIAL, ["head"], ["lead"], {"office"}),
    (About.STAFF, ("volunteer",), False, CONFIDENTIAL, ["head"], ["lead"], {"volunteer", "teacher", "senior"}),
    (About.STAFF, ("senior",), False, CONFIDENTIAL, ["head"], [], {"senior", "deputy", "teacher", "volunteer"}),
    (About.STAFF, ("deputy",), False, CONFIDENTIAL, ["head"], [], {"deputy", "senior", "teacher"}),
    (About.STAFF, ("deputy_lead",), False, CONFIDENTIAL, ["head", "lead"], [], {"deputy_lead"}),
    (About.STAFF, ("lead",), False, CONFIDENTIAL, ["head"], [], {"lead", "deputy_lead"}),
    (About.STAFF, ("lead",), True, CONFIDENTIAL, ["head"], [], {"lead", "deputy_lead"}),
    (About.STAFF, ("head",), False, SEALED, ["chair"], [], STAFF),
    (About.STAFF, ("head",), True, SEALED, ["chair"], [], STAFF),
    (About.STAFF, ("head", "lead"), False, SEALED, ["chair"], [], STAFF),
    (About.STAFF, ("head", "teacher"), False, SEALED, ["chair"], [], STAFF),
    (About.STAFF, ("governor",), False, SEALED, ["chair"], [], {"governor"}),
    (About.STAFF, ("chair",), False, SEALED, ["officer"], [], {"chair"}),
    (About.STAFF, ("chair", "head"), False, SEALED, ["officer"], [], {"chair"} | STAFF),
    (About.STAFF, ("officer",), False, SEALED, ["chair"], [], {"officer"}),
]


@pytest.mark.parametrize(("about", "subjects", "safeguarding", "level", "handlers", "readers", "kept"), TABLE)
def test_a_report_goes_by_whom_it_is_about(about, subjects, safeguarding, level, handlers, readers, kept):
    found = way(about, *subjects, safeguarding=safeguarding)
    assert found.confidentiality == level
    assert names(found.handlers) == handlers
    assert names(found.readers) == readers
    assert kept <= set(names(found.excluded))
    assert found.reason


AWAY = [(), ("head",), ("lead",), ("head", "lead", "deputy_lead"), ("chair",)]


@pytest.mark.parametrize("subject", PEOPLE)
def test_nobody_is_led_to_a_report_about_them_or_handles_one_of_their_own(subject):
    for reporter, safeguarding, away in product([*PEOPLE, None], [True, False], AWAY):
        found = way(About.STAFF, subject, reporter=reporter, safeguarding=safeguarding, on=roll(away=away))
        handlers, readers = set(names(found.handlers)), set(names(found.readers))
        assert subject not in handlers | readers
        assert reporter not in handlers
        assert not (handlers | readers) & set(names(found.excluded))
        assert set(names(found.told)) <= handlers | readers
        assert subject != "head" or not (handlers | readers) & STAFF


ABSENCES = [
    # about, safeguarding, away, who acts
    (About.PUPIL, True, ("lead",), "deputy_lead"),
    (About.PUPIL, True, ("lead", "deputy_lead"), "head"),
    (About.PUPIL, True, ("lead", "deputy_lead", "head"), "deputy"),
    (About.PUPIL, True, ("lead", "deputy_lead", "head", "deputy"), "senior"),
    (About.PUPIL, False, ("head",), "lead"),
    (About.PUPIL, False, ("lead",), "head"),
    (About.PUPIL, False, ("head", "lead"), "deputy_lead"),
    (About.PUPIL, False, ("head", "lead", "deputy_lead"), "deputy"),
    (About.PARENT, False, ("head",), "lead"),
    (About.PARENT, False, ("head", "lead", "deputy_lead"), "deputy"),
    (About.PARENT, False, tuple(STAFF), "chair"),
    (About.PARENT, False, (*STAFF, "chair"), "officer"),
]


@pytest.mark.parametrize(("about", "safeguarding", "away", "acts"), ABSENCES)
def test_who_is_away_is_passed_over_and_keeps_it_for_their_return(about, safeguarding, away, acts):
    found = way(about, safeguarding=safeguarding, on=roll(away=away))
    assert names(found.handlers)[0] == acts
    led = set(names(found.handlers)) | set(names(found.readers))
    assert {"head", "lead"} & set(away) <= led
    assert "away" in found.reason or acts in ("head", "lead")


def test_with_head_and_lead_away_the_most_senior_person_in_school_hears_of_it_too():
    found = way(About.PUPIL, safeguarding=True, on=roll(away=("head", "lead")))
    assert names(found.handlers) == ["deputy_lead", "deputy", "lead"]
    assert names(found.told) == ["deputy_lead", "deputy", "lead", "head"]


def test_the_chair_takes_a_report_about_staff_while_the_head_is_away():
    found = way(About.STAFF, "teacher", on=roll(away=("head",)))
    assert names(found.handlers) == ["chair", "head"]
    assert found.confidentiality == CONFIDENTIAL


def test_the_trust_takes_a_report_about_the_head_while_the_chair_is_away_and_never_staff():
    found = way(About.STAFF, "head", on=roll(away=("chair",)))
    assert names(found.handlers) == ["officer", "chair"]


def test_nobody_qualifying_is_said_and_the_report_stays_sealed():
    found = way(About.STAFF, "head", on=roll(without=("chair", "officer")))
    assert found.handlers == () and found.confidentiality == SEALED
    assert "Nobody qualifies" in found.reason


def test_another_chair_takes_a_report_about_one_chair():
    co_chair = Post(who("co_chair"), Role.CHAIR, 12)
    found = way(About.STAFF, "chair", on=roll(extra=(co_chair,)))
    assert names(found.handlers) == ["co_chair"]
    both = way(About.STAFF, "chair", "head", on=roll(extra=(co_chair,)))
    assert names(both.handlers) == ["officer"]


def test_either_chair_takes_a_report_about_the_head():
    co_chair = Post(who("co_chair"), Role.CHAIR, 12)
    assert names(way(About.STAFF, "head", on=roll(extra=(co_chair,))).handlers) == ["chair", "co_chair"]


def test_a_head_who_is_also_designated_lead_counts_as_the_head():
    both = Post(who("head"), Role.DSL, 1)
    found = way(About.STAFF, "head", on=roll(without=("lead",), extra=(both,)))
    assert names(found.handlers) == ["chair"] and found.confidentiality == SEALED


def test_a_head_who_is_also_a_deputy_lead_still_manages_a_case_about_the_lead():
    also = Post(who("head"), Role.DEPUTY_DSL, 1)
    assert names(way(About.STAFF, "lead", on=roll(extra=(also,))).handlers) == ["head"]


def test_the_reporters_managers_are_kept_out_when_it_is_about_one_of_them():
    found = way(About.STAFF, "senior", reporter="teacher")
    assert {"senior", "deputy"} <= set(names(found.excluded))
    assert "head" not in names(found.excluded)


@pytest.mark.parametrize(
    ("reporter", "about", "safeguarding", "acts"),
    [
        ("lead", About.PUPIL, True, "deputy_lead"),
        ("head", About.PARENT, False, "lead"),
        ("head", About.PUPIL, False, "lead"),
        ("head", About.STAFF, False, "chair"),
    ],
)
def test_who_filed_a_report_does_not_handle_it_but_may_read_it(reporter, about, safeguarding, acts):
    found = way(about, reporter=reporter, safeguarding=safeguarding)
    assert names(found.handlers)[0] == acts
    assert reporter in names(found.readers)
    assert reporter not in names(found.told)


def test_both_head_and_lead_are_told_of_a_pupil():
    for safeguarding in (True, False):
        assert {"head", "lead"} <= set(names(way(About.PUPIL, safeguarding=safeguarding).told))


def test_the_lead_is_not_told_of_conduct_of_staff():
    assert names(way(About.STAFF, "teacher").told) == ["head"]


def test_the_procedure_is_the_schools_and_a_concern_follows_the_complaints_procedure():
    assert way(About.STAFF, "teacher").procedure == "Staff handbook"
    assert way(About.PUPIL).procedure == "Behaviour policy"
    assert way(About.PARENT).procedure == ""
    assert way(About.UNKNOWN, is_concern=True).procedure == "Complaints procedure"


def test_the_reason_uses_the_schools_own_words():
    own = Roll(posts=roll().posts, label_of={Role.HEADTEACHER: "Head of School"}.get)
    found = route(Facts(about=About.STAFF), own, {})
    assert "head of School" in found.reason


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("The headteacher shouted at my son", "head"),
        ("the head teacher did it", "head"),
        ("our headmistress", "head"),
        ("It was the head.", "head"),
        ("Mrs Oakes-head wrote it", "head"),
        ("HEAD OAKES-HEAD", "head"),
        ("the safeguarding lead ignored me", "lead"),
        ("the DSL", "lead"),
        ("the chair of governors posted it", "chair"),
        ("the chairman", "chair"),
    ],
)
def test_words_that_name_a_deciding_post_or_person_are_noticed(words, named):
    assert names(named_in("", words, roll())) == [named]


@pytest.mark.parametrize(
    "words", ["He hit me on the head", "a boy in year 4", "the head of year", "my teacher Miss Oakes-teacher", ""]
)
def test_words_that_name_none_of_them_are_left_alone(words):
    assert named_in("", words, roll()) == frozenset()


def test_initials_count_where_the_person_is_asked_for():
    assert names(named_in("H.O.", "", roll())) == ["head"]
    assert named_in("", "we live at H.O. street", roll()) == frozenset()


@pytest.mark.parametrize(("named", "handlers"), [("head", ["chair"]), ("lead", ["chair"]), ("chair", ["officer"])])
def test_a_report_whose_words_name_them_is_held_for_the_chair_and_they_are_kept_out(named, handlers):
    found = way(About.UNKNOWN, held_for=frozenset({who(named)}))
    assert found.confidentiality == SEALED
    assert names(found.handlers) == handlers
    assert named in names(found.excluded)
    assert "Held for" in found.reason


def test_a_member_of_staff_named_in_words_is_found():
    assert names(staff_named_in("Mr Oakes-teacher", roll())) == ["teacher"]
