"""Each rule on words of its own: what it finds in a sentence of no school there is, and what it lets stand."""

from datetime import date

import pytest

from policies.check.context import Cited, Context, NamedChannel, Register, RegisteredChannel, ServedSchool
from policies.check.making import passages_of
from policies.check.table import check
from policies.models import PolicyVersion
from policies.reading.opening import open_text
from policyportal.lib.dates import read_stated

ON = date(2026, 11, 20)
PRIMARY = (ServedSchool("Oakfield Primary School", "Oakfield", "primary"),)


def found(text: str = "", **facts) -> set[str]:
    """The rules that find something in a text, by name, with the key of each."""
    title = facts.get("title", "Social media policy")
    document = open_text(f"{title}\n\n{text}\n") if text else None
    known = {
        "title": "Social media policy",
        "today": ON,
        "schools": PRIMARY,
        "passages": tuple(passages_of(document)) if document else (),
        "verbatim": True,
    }
    return {f"{listed.slug} {one.key}" for listed, one in check(Context(**{**known, **facts}))}


def slugs(text: str = "", **facts) -> set[str]:
    return {one.split(" ")[0] for one in found(text, **facts)}


# The rule, what it finds, and nearly the same that it lets stand.
WORDS = [
    (
        "deadline-unmeasured",
        "1. Comments\n\nThe office answers in a timely manner and removes spam in due course.",
        "1. Comments\n\nThe office answers within two days of a message.",
    ),
    (
        "threshold-unmeasured",
        "1. Blocks\n\nPeople who frequently insult others are blocked by the office.",
        "1. Blocks\n\nPeople who insult others three times are blocked by the office.",
    ),
    (
        "deadline-no-start",
        "1. Posts\n\nThe office takes a post down within two days.",
        "1. Posts\n\nThe office takes a post down within two days of being told.",
    ),
    (
        "passwords-asked",
        "1. Inquiries\n\nAn inquiry may ask you to disclose your password.",
        "1. Inquiries\n\nYou must never disclose your password, and nobody will ask for it.",
    ),
    (
        "consent-opt-out",
        "1. Pictures\n\nWe publish photographs of children unless a parent tells us otherwise.",
        "1. Pictures\n\nWe publish photographs of children whose parents have given their consent.",
    ),
    (
        "police-consent-and-without",
        "1. Threats\n\nThreats are told to the police if the teacher gives consent.\n\n"
        "2. Crime\n\nThe head will inform the police of any criminal conduct.",
        "1. Crime\n\nThe head will inform the police of any criminal conduct.",
    ),
    (
        "disclaimer-against-duty",
        "1. Watching\n\nThe school monitors its pages. The school accepts no liability for what is said there.",
        "1. Watching\n\nThe school monitors its pages each day.",
    ),
    (
        "contact-ban-exceptions",
        "1. Contact\n\nStaff must not communicate with pupils past or present. Messages from pupils, unless they are "
        "related to you, are handed to the lead.",
        "1. Contact\n\nStaff must not communicate with pupils, unless they are related.",
    ),
    (
        "follow-ban-educational-accounts",
        "1. Pupils\n\nPupils must not follow any member of staff. Staff may open an account for learning.",
        "1. Pupils\n\nPupils must not follow any private account. Staff may open an account for learning.",
    ),
    (
        "never-discuss-own-channels",
        "1. Staff\n\nStaff never talk about the school online. The office is responsible for managing our accounts.",
        "1. Staff\n\nStaff never talk about the school on personal accounts. The office is responsible for managing "
        "our accounts.",
    ),
    (
        "ban-and-discouragement",
        "1. Pupils\n\nPupils are not permitted to be friends with staff. Pupils are discouraged from following them.",
        "1. Pupils\n\nPupils are not permitted to be friends with staff or to follow them.",
    ),
    (
        "exceptions-only-at-entry",
        "1. Links\n\nLinks with families must be declared on joining.",
        "1. Links\n\nLinks with families must be declared on joining, and whenever a new link arises.",
    ),
    (
        "image-ban-own-posts",
        "1. Staff\n\nStaff must not share photos of children.\n\n2. Pages\n\nThe school may post pictures of plays.",
        "1. Staff\n\nStaff must not share photos of children on a personal account.\n\n"
        "2. Pages\n\nThe school may post pictures of plays.",
    ),
    (
        "moderation-stricter",
        "1. Ours\n\nThe school will not post adverts unless they help a club.\n\n2. Theirs\n\nThe office deletes "
        "advertising.",
        "1. Ours\n\nThe school will not post adverts.\n\n2. Theirs\n\nThe office deletes advertising.",
    ),
    (
        "pupils-below-minimum-age",
        "1. Pupils\n\nInstagram is for people aged 13 and over. Pupils are welcome to comment on our pictures.",
        "1. Pupils\n\nInstagram is for people aged 13 and over. Pupils are welcome to draw.",
    ),
    (
        "body-two-names",
        "1. Who\n\nAsk the SLT. The leadership group decides.",
        "1. Who\n\nAsk the SLT. The senior leadership team decides.",
    ),
    (
        "role-undefined",
        "1. Who\n\nTell the safeguarding officer of the school.",
        "1. Who\n\nTell the designated safeguarding lead of the school.",
    ),
    (
        "role-whose",
        "1. Who\n\nThe head calls the hosting company IT manager.",
        "1. Who\n\nThe head calls the IT manager of the hosting company.",
    ),
    (
        "people-unnamed",
        "1. Who\n\nSelected staff have the rights to post.",
        "1. Who\n\nThe office and the computing lead have the rights to post.",
    ),
    (
        "parents-contact-missing",
        "1. Parents\n\nParents with a concern contact the school directly.",
        "1. Parents\n\nParents with a concern contact the school office directly.",
    ),
    (
        "template-residue",
        "1. Rules\n\nKeep the name of the academy clean.",
        "1. Rules\n\nKeep the name of the school clean, and trust your colleagues.",
    ),
    (
        "secondary-words",
        "1. Pupils\n\nTell your Head of Year about it.",
        "1. Pupils\n\nTell your class teacher about it.",
    ),
    (
        "agency-and-contract",
        "1. Rules\n\nThis holds for agency staff. It is part of your contract of employment.",
        "1. Rules\n\nThis holds for agency staff.",
    ),
    (
        "channels-open-ended",
        "1. Where\n\nOur pages are on Facebook, Instagram and other platforms.",
        "1. Where\n\nOur pages are on Facebook and Instagram.",
    ),
    (
        "plural-accounts",
        "1. Where\n\nWe look after our Facebook pages. There is one Facebook page.",
        "1. Where\n\nWe look after our Facebook page. There is one Facebook page.",
    ),
    (
        "heading-without-list",
        "1. Facebook and Seesaw\n\nThe school will post on Facebook:\n\n- News",
        "1. Facebook and Seesaw\n\nThe school will post on Facebook and Seesaw:\n\n- News",
    ),
    (
        "managers-everybody",
        "1. Where\n\nThe accounts are run by all staff. Whoever is not authorised must not post.",
        "1. Where\n\nThe accounts are run by the office. Whoever is not authorised must not post.",
    ),
    (
        "sentence-garbled",
        "1. Rules\n\nPeople must not do not shout at the the others.",
        "1. Rules\n\nPeople must not shout at others, and they should do so never.",
    ),
    (
        "phrase-incomplete",
        "1. Rules\n\nThink of the school and the wider, before you post.",
        "1. Rules\n\nThink of the school and the wider community before you post.",
    ),
    (
        "bracket-unmatched",
        "1. Rules\n\nBe kind to everybody online (and to yourself.",
        "1. Rules\n\nBe kind to everybody online (and to yourself), as in a) above.",
    ),
    (
        "full-stop-missing",
        "1. Rules\n\nThe school follows the Equality Act Pupils will be kind.",
        "1. Rules\n\nThe school follows the Equality Act. Pupils will be kind.",
    ),
    (
        "terms-mixed",
        "1. Rules\n\nPupils are kind. Students are brave.",
        "1. Rules\n\nPupils are kind. Pupils are brave.",
    ),
    (
        "name-several-ways",
        "1. Help\n\nYou may ring the Teachers Online Support Line. The Teachers' Online Support-Line helps.",
        "1. Help\n\nYou may ring the Teachers Online Support Line. The Teachers Online Support Line helps.",
    ),
    (
        "platform-dated",
        "1. Where\n\nWe watch Twitter and Google+.",
        "1. Where\n\nWe watch X (formerly Twitter).",
    ),
    (
        "reference-dated",
        "1. Law\n\nWe keep the Data Protection Act 1998.",
        "1. Law\n\nWe keep the Data Protection Act 2018.",
    ),
    (
        "guidance-edition",
        "1. Law\n\nWe follow KCSIE 2021.",
        "1. Law\n\nWe follow KCSIE 2026.",
    ),
    (
        "statistics-old",
        "1. Why\n\nIn 2015, 40 per cent of children had met a bully online.",
        "1. Why\n\nIn 2026, 40 per cent of children had met a bully online.",
    ),
    (
        "forecast-old",
        "1. Why\n\nThe rules are likely to become stricter in the next years.",
        "1. Why\n\nThe rules have become stricter.",
    ),
]


@pytest.mark.parametrize(("slug", "wrong", "right"), WORDS, ids=[row[0] for row in WORDS])
def test_a_rule_finds_it_in_other_words_and_lets_what_is_right_stand(slug, wrong, right):
    assert slug in slugs(wrong)
    assert slug not in slugs(right)


def test_audiences_without_a_rule_are_told_by_name():
    told = found("1. Rules\n\nEmployees must be kind online. Messages to parents go through the office.")
    assert {"audience-missing pupils", "audience-missing parents"} <= told
    assert "audience-missing staff" not in told


def test_parents_with_rules_and_no_consequence_are_told_and_a_procedure_is_one():
    rules = "1. Families\n\nParents should be kind online."
    assert "sanction-missing parents" in found(rules)
    assert "sanction-missing parents" not in found(f"{rules} What a parent does is dealt with under our code.")


def test_a_part_of_the_title_that_the_text_never_speaks_of():
    schools = (ServedSchool("Oakfield Primary School and Nursery", "Oakfield", "primary"),)
    assert "body-title-only nursery" in found("1. Rules\n\nPupils should be kind online.", schools=schools)
    assert "body-title-only nursery" not in found("1. Rules\n\nThe nursery has no accounts.", schools=schools)


def test_several_schools_and_one_in_the_text():
    two = (*PRIMARY, ServedSchool("Elmwood Primary School", "Elmwood", "primary"))
    assert "singular-for-several school" in found("1. Rules\n\nTell the headteacher.", schools=two)
    assert "singular-for-several school" not in found("1. Rules\n\nTell the school office.", schools=two)
    defined = "1. Rules\n\nThe word “school” means both schools. Tell the headteacher."
    assert "singular-for-several school" not in found(defined, schools=two)


def test_a_title_that_names_one_school_of_several():
    two = (*PRIMARY, ServedSchool("Elmwood Primary School", "Elmwood", "primary"))
    assert "title-one-school oakfield-primary-school" in found(title="Oakfield social media policy", schools=two)
    assert "title-one-school" not in slugs(schools=two)


def test_a_rule_for_a_platform_without_a_channel():
    text = "2. Our official pages\n\nYou may follow us on X. We write on our Facebook page."
    listed = (NamedChannel("Facebook", "Our page", "public"),)
    assert "platform-unlisted x" in found(text, channels=listed)
    assert "platform-unlisted x" not in found(text, channels=(*listed, NamedChannel("X", "Us", "public")))
    register = Register((RegisteredChannel("Facebook", "Our page", "Oakfield"),))
    told = found(text, channels=listed, register=register)
    assert "platform-not-registered x" in told
    assert "platform-unlisted x" not in told, "the register counts, not the text twice"
    known = Register((*register.channels, RegisteredChannel("X (formerly Twitter)", "Us", "Oakfield", ("Twitter",))))
    assert "platform-not-registered" not in slugs(text, channels=listed, register=known)


def test_what_the_register_and_the_policy_do_not_have_in_common():
    page = RegisteredChannel("Facebook", "Page", "Oakfield", has_rules=True, managers=("office",))
    other = RegisteredChannel("Seesaw", "Class 1", "Oakfield")
    told = found("1. Rules\n\nWe write on our Facebook page.", register=Register((page, other)))
    assert "channel-not-in-policy seesaw-class-1" in told
    assert "channel-without-rules seesaw-class-1" in told
    assert "channel-not-in-policy facebook-page" not in told
    empty = found("1. Rules\n\nWe are kind.", register=Register())
    assert {"channel-none-registered channels", "authoriser-none-registered authorisers"} <= empty


def test_pupils_invited_to_a_channel_that_they_are_too_young_for():
    text = "1. Pupils\n\nPupils are encouraged to interact with these pages."
    old = Register((RegisteredChannel("Facebook", "Page", "Oakfield", minimum_age=13),))
    assert "pupils-invited-too-young age" in found(text, register=old)
    young = Register((RegisteredChannel("Seesaw", "Page", "Oakfield"),))
    assert "pupils-invited-too-young age" not in found(text, register=young)
    secondary = (ServedSchool("Oakfield High School", "Oakfield", "secondary"),)
    assert "pupils-invited-too-young age" not in found(text, register=old, schools=secondary)


def test_another_policy_is_not_asked_for_channels():
    text = "1. Trips\n\nThe school plans each trip."
    told = slugs(text, title="Trips policy", register=Register((RegisteredChannel("X", "Us", "Oakfield"),)))
    assert not told & {"channel-not-in-policy", "audience-missing", "channel-none-registered"}


def test_policies_cited_and_not_listed_and_near_names():
    cited = (
        Cited("related_policy", "Staff behaviour policy", listed=False),
        Cited("related_policy", "Child protection", listed=False),
        Cited("related_policy", "Child protection policy"),
        Cited("related_policy", "Staff Code of Conduct"),
    )
    assert {one for one in found(cited=cited) if one.startswith("policy")} == {
        "policy-not-listed staff-behaviour-policy",
        "policy-near-names staff-behaviour-policy-staff-code-of-conduct",
    }


def test_a_line_of_every_page_printed_in_two_ways():
    lines = ("Together we learn and grow every day", "Fogether we learn and grow every day")
    assert "motto-misprinted fogether-we-learn-and-grow-every-day" in found(headers=lines)
    assert "motto-misprinted" not in slugs(headers=lines[:1])


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"review_due_on": "April 2025"}, {"date-month-only months", "review-overdue stated"}),
        ({"review_due_on": "September 26"}, {"date-ambiguous next-review", "date-month-only months"}),
        ({"approved_on": "10th November 2021", "signed": "12-10-21"}, {"signature-before-approval signed"}),
        ({"approved_on": "3 March 2025", "review_due_on": "3 March 2024"}, {"dates-out-of-order approval"}),
        ({"title": "Policy 2025-26", "review_due_on": "1 October 2026"}, {"title-year-review title"}),
    ],
)
def test_dates_are_compared(facts, wanted):
    stated = {name: read_stated(words) if name.endswith("_on") else words for name, words in facts.items()}
    assert wanted <= found(**stated)


def test_what_a_draft_has_yet_to_be_given_is_not_asked_of_it():
    approval = {"approver-missing", "approval-date-missing", "review-date-missing"}
    assert approval <= slugs()
    assert not approval & slugs(is_draft=True)
    whole = {"approver_kind": PolicyVersion.Approver.GOVERNING_BODY, "minute": "12/3", "signed": "1 May 2026"}
    assert not slugs(**whole) & {"minute-missing", "signatory-missing", "approver-missing"}
