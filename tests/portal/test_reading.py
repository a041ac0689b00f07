"""Handing in a policy, looking through what was read, and taking it over, all or nothing."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, School
from channels_mgmt.models import Channel, ChannelRole, ChannelRule, Platform
from channels_mgmt.services import add_rule
from policies import services
from policies.check.making import of_version
from policies.models import Policy, PolicyVersion, Proposal, Reading, Reminder
from policies.reading.document import Place, Unreadable
from policies.reading.facts import Fact, Kind
from policies.services import reading as verbs
from policyportal import taking_over
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to, take
from policyportal.read_in.channels import lines_that_stay
from policyportal.read_in.page import review_page
from policyportal.read_in.values import FORMS
from policyportal.read_in.words import KINDS, MANY
from policyportal.taking_over import names_school, take_over
from tests.cast import FIRST_NAMES

pytestmark = pytest.mark.django_db
Status, Decision = Reading.Status, Proposal.Decision

LINES = [
    "Social media policy 2025",
    "Approved by: Ann Approver, September 25",
    "Next review due by: September 26",
    "Our channels: Facebook, Seesaw (private)",
    "They are managed by the headteacher and teaching staff, authorised by the headteacher.",
    "Ideas go to the school office.",
    "The school may post on Facebook: Seasonal greetings",
    "The school will not post on Facebook: Political statements",
    "Staff delete: Spam",
    "Concerns about staff are dealt with under the staff handbook.",
    "Staff must not post images of pupils.",
    "Behaviour policy",
    "Most platforms ask for an age of 13 years; Facebook 13.",
]
DATES = {"day": "2025-09-30", "precision": "month", "raw": "September 25"}
CLAUSE = {
    "code": "3.1",
    "section": "3",
    "heading": "Staff",
    "kind": "rule",
    "text": "Staff must not post images of pupils.",
    "audiences": ["staff"],
    "about": ["staff"],
    "category": "Posting images of pupils",
}
FOUND = [
    (Kind.TITLE, {"text": "Social media policy 2025"}, 0, 95),
    (Kind.ISSUED, {"raw": "2025"}, 0, 90),
    (Kind.APPROVER, {"kind": "person", "name": "Ann Approver", "role": ""}, 1, 90),
    (Kind.APPROVED_ON, DATES, 1, 70),
    (Kind.REVIEW_DUE_ON, {**DATES, "day": "2026-09-30", "raw": "September 26"}, 2, 90),
    (Kind.CHANNEL, {"platform": "Facebook", "name": "Facebook", "audience": ""}, 3, 90),
    (Kind.CHANNEL, {"platform": "Seesaw", "name": "Seesaw", "audience": "private"}, 3, 90),
    (Kind.MANAGED_BY, {"who": "the headteacher and teaching staff"}, 4, 90),
    (Kind.AUTHORISED_BY, {"who": "the headteacher"}, 4, 90),
    (Kind.SUGGESTIONS_TO, {"who": "the school office"}, 5, 90),
    (
        Kind.CHANNEL_RULE,
        {"list": "may", "mode": "may", "platforms": ["Facebook"], "text": "Seasonal greetings"},
        6,
        90,
    ),
    (Kind.CHANNEL_RULE, {"list": "never", "platforms": ["Facebook"], "text": "Political statements"}, 7, 90),
    (Kind.CHANNEL_RULE, {"list": "remove", "platforms": [], "text": "Spam"}, 8, 90),
    (Kind.PROCEDURE, {"about": "staff", "name": "Staff handbook"}, 9, 90),
    (Kind.CLAUSE, CLAUSE, 10, 40),
    (Kind.CLAUSE, {**CLAUSE, "text": "Political statements are not posted.", "category": ""}, 7, 90),
    (Kind.RELATED_POLICY, {"title": "Behaviour policy", "cited": "listed"}, 11, 90),
    (Kind.MINIMUM_AGE, {"platform": "Facebook", "age": 13}, 12, 90),
]


def facts(document=None):
    found = [
        Fact(kind, value, Place(block, 0, len(LINES[block])), sure, "It says so.")
        for kind, value, block, sure in FOUND
    ]
    return [*found, Fact(Kind.CYCLE, None, None, 100, "No cycle is stated.")]


@pytest.fixture
def reader(monkeypatch):
    """A reader that finds what the lines above say."""
    monkeypatch.setattr(verbs, "facts_of", facts)


@pytest.fixture
def head(cast):
    return cast.headteacher


@pytest.fixture
def reading(reader, head):
    return services.record_reading(by=head, content="\n\n".join(LINES).encode())


def decided(reading, head, decision=Decision.CONFIRMED):
    services.decide(reading, by=head, proposals=reading.proposals.values_list("pk", flat=True), decision=decision)
    return reading


def of_kind(reading, kind):
    return reading.proposals.filter(kind=kind).first()


def url(name, *args):
    return reverse(f"portal:{name}", args=args)


def test_a_reading_keeps_the_text_and_proposes_what_was_found_and_what_is_missing(reading):
    assert [block["text"] for block in reading.blocks] == LINES
    assert reading.source == Reading.Source.PASTED
    assert reading.proposals.count() == len(FOUND) + 2
    missing = reading.proposals.filter(block=None)
    assert sorted(missing.values_list("kind", flat=True)) == ["acknowledged_by", "cycle"]
    assert set(reading.proposals.values_list("decision", flat=True)) == {Decision.PROPOSED}
    assert not Policy.objects.exists() and not Channel.objects.exists()


def test_nothing_is_taken_over_before_everything_that_was_found_is_decided(reading, head):
    with pytest.raises(Refused, match="18 of the things that were read still wait"):
        take_over(reading, by=head)
    reading.refresh_from_db()
    assert reading.status == Status.READ and not Policy.objects.exists()


def test_taking_over_makes_the_policy_its_channels_lists_routes_and_works(reading, head):
    services.change_proposal(of_kind(reading, Kind.ACKNOWLEDGED_BY), by=head, value={"audiences": ["staff", "pupils"]})
    services.change_proposal(of_kind(reading, Kind.CYCLE), by=head, value={"months": 12})
    version = take_over(decided(reading, head), by=head)
    policy = version.policy
    assert (policy.title, policy.cycle_months) == ("Social media policy 2025", 12)
    assert (policy.for_staff, policy.for_pupils, policy.for_parents) == (True, True, False)
    assert (version.status, version.issued_raw, version.approver) == ("drafted", "2025", "Ann Approver")
    assert str(version.stated("approved_on")) == "September 2025" and version.approved_on_raw == "September 25"
    assert str(version.stated("review_due_on")) == "September 2026"
    rule, other = version.clauses.all()
    assert (rule.code, rule.category, rule.for_staff, rule.about_staff) == ("3.1", CLAUSE["category"], True, True)
    assert other.code == "C2"
    facebook, seesaw = Channel.objects.order_by("name")
    assert (facebook.audience, facebook.audience_confirmed, facebook.posting_mode) == ("public", False, "may")
    assert (seesaw.audience, seesaw.audience_confirmed, seesaw.posting_mode) == ("private", True, "none")
    assert facebook.managers_need_authorisation
    assert set(ChannelRole.objects.filter(channel=facebook).values_list("role", "manages", "authorises")) == {
        ("headteacher", True, True),
        ("teacher", True, False),
    }
    lines = set(ChannelRule.objects.values_list("channel__name", "rule_list", "title", "clause__code"))
    assert lines == {
        ("Facebook", "allowed", "Seasonal greetings", None),
        ("Facebook", "never", "Political statements", "C2"),
        ("Facebook", "remove", "Spam", None),
        ("Seesaw", "remove", "Spam", None),
    }
    assert set(Platform.objects.values_list("name", "minimum_age")) == {("Facebook", 13), ("Seesaw", None)}
    school = School.objects.get(pk=head.school_id)
    assert school.suggestion_roles == ["office"] and school.procedures == {"staff": "Staff handbook"}
    assert [str(work) for work in policy.references.all()] == ["Behaviour policy"]
    reading.refresh_from_db()
    assert (reading.status, reading.policy, reading.version) == (Status.APPLIED, policy, version)


def test_a_version_in_force_already_asks_everybody_and_needs_a_reason(reading, head, cast):
    decided(reading, head)
    with pytest.raises(Refused, match="Give a reason"):
        take_over(reading, by=head, in_force=True)
    assert not Policy.objects.exists() and not Channel.objects.exists()
    version = take_over(reading, by=head, in_force=True, reason="Approved by governors")
    assert version.status == PolicyVersion.Status.PUBLISHED
    assert Reminder.objects.filter(version=version, user=cast.teacher.user).exists()


def test_the_check_asks_a_text_read_in_as_its_clauses_stand_now(reading, head):
    decided(reading, head)
    # A clause that a line of a list cites cannot be removed.
    lines = reading.proposals.filter(kind=Kind.CHANNEL_RULE).values_list("pk", flat=True)
    services.decide(reading, by=head, proposals=lines, decision=Decision.DROPPED)
    version = take_over(reading, by=head)
    assert [passage.text for passage in of_version(version).passages] == LINES
    first, second = version.clauses.all()
    services.edit_clause(first, by=head, reason="Clearer", text="Staff must ask before they post images of pupils.")
    services.remove_clause(second, by=head, reason="Not ours")
    services.write_clause(version, by=head, heading="Films", text="Films are shown to the head first.", kind="rule")
    said = [passage.text for passage in of_version(version).passages]
    assert said[10] == "Staff must ask before they post images of pupils." and CLAUSE["text"] not in said
    assert not any("political statements" in text.casefold() for text in said)
    assert said[-1] == "Films are shown to the head first." and len(said) == len(LINES) + 1


def test_what_was_left_out_is_not_made(reading, head):
    decided(reading, head)
    services.decide(
        reading,
        by=head,
        proposals=reading.proposals.filter(kind__in=["channel", "procedure"]).values_list("pk", flat=True),
        decision=Decision.DROPPED,
    )
    take_over(reading, by=head)
    assert not Channel.objects.exists() and not ChannelRule.objects.exists()
    assert School.objects.get(pk=head.school_id).procedures == {}


def test_where_one_part_fails_nothing_is_made(reading, head, monkeypatch):
    def fails(*args, **kwargs):
        raise Refused("No.")

    monkeypatch.setattr(taking_over, "change_routes", fails)
    with pytest.raises(Refused):
        take_over(decided(reading, head), by=head)
    reading.refresh_from_db()
    assert reading.status == Status.READ
    assert not Policy.objects.exists() and not Channel.objects.exists() and not Platform.objects.exists()


def test_a_new_version_keeps_the_channels_and_lines_that_are_there(reading, head, reader):
    first = take_over(decided(reading, head), by=head, in_force=True, reason="In force")
    later = services.record_reading(by=head, content="\n\n".join(LINES).encode(), policy=first.policy)
    version = take_over(decided(later, head), by=head)
    assert (version.policy, version.number, version.status) == (first.policy, 2, "drafted")
    assert Channel.objects.count() == 2 and ChannelRule.objects.count() == 4 and Platform.objects.count() == 2
    assert version.policy.references.count() == 1
    third = services.record_reading(by=head, content="\n\n".join(LINES).encode(), policy=first.policy)
    decided(third, head)
    with pytest.raises(Refused, match="There is a draft of this policy already"):
        take_over(third, by=head)


def hand_in_again(head, policy, without=(), **changed):
    """Read a further version in that leaves some kinds out, or says them in other words; all of it is right."""
    reading = services.record_reading(by=head, content="\n\n".join(LINES).encode(), policy=policy)
    decided(reading, head)
    services.decide(
        reading,
        by=head,
        proposals=reading.proposals.filter(kind__in=without).values_list("pk", flat=True),
        decision=Decision.DROPPED,
    )
    for proposal in reading.proposals.filter(kind=Kind.CHANNEL_RULE):
        if new := changed.get(proposal.value["list"]):
            services.change_proposal(proposal, by=head, value={**proposal.value, "text": new})
    return reading


def test_the_lines_that_a_new_version_does_not_name_are_shown_before_it_is_taken_over(reading, head, cast):
    first = take_over(decided(reading, head), by=head, in_force=True, reason="In force")
    other = services.record_policy(title="Trips policy", schools=[head.school], by=head)
    seesaw, facebook = Channel.objects.get(name="Seesaw"), Channel.objects.get(name="Facebook")
    of_another = services.add_clause(services.draft_version(other, by=head), by=head, position=1, code="1", text="No.")
    add_rule(facebook, by=head, rule_list="never", title="Where a trip is today", clause=of_another)
    add_rule(seesaw, by=head, rule_list="never", title="Spam")
    later = hand_in_again(head, first.policy, remove="SPAM", never="Party politics")
    assert [(one.channel.name, [str(line) for line in one.lines]) for one in lines_that_stay(later)] == [
        ("Facebook", ["Political statements"]),
        ("Seesaw", ["Spam"]),
    ]
    page = cast.client("headteacher").get(url("reading_apply", later.pk)).content.decode()
    assert "2 lines of your lists will stay in force" in page
    assert "Never post: Political statements" in page and facebook.get_absolute_url() in page
    assert "Where a trip is today" not in page and "Remove on sight: Spam" not in page
    take_over(later, by=head)
    titles = facebook.rules.in_force().filter(rule_list="never").values_list("title", flat=True)
    assert {"Political statements", "Party politics"} <= set(titles)


def test_nothing_stays_unnamed_where_the_text_is_the_same_or_the_policy_is_new(reading, head, cast):
    assert lines_that_stay(reading) == []
    first = take_over(decided(reading, head), by=head, in_force=True, reason="In force")
    again = hand_in_again(head, first.policy)
    assert lines_that_stay(again) == []
    assert "stay in force" not in cast.client("headteacher").get(url("reading_apply", again.pk)).content.decode()


def test_the_lines_that_stay_take_as_many_queries_for_many_channels_as_for_one(reading, head):
    first = take_over(decided(reading, head), by=head, in_force=True, reason="In force")
    later = hand_in_again(head, first.policy, without=[Kind.CHANNEL_RULE])
    with CaptureQueriesContext(connection) as asked:
        assert sum(len(one.lines) for one in lines_that_stay(later)) == 4
    assert len(asked) == 2


def test_what_a_new_version_does_not_say_is_told_as_it_stays(reading, head):
    services.change_proposal(of_kind(reading, Kind.ACKNOWLEDGED_BY), by=head, value={"audiences": ["pupils"]})
    told = {line.label: line.value for line in taking_over.what_would_be_made(reading)}
    assert told["Ideas for posts go to"] == told["Procedures for reports"] == "None"
    policy = take_over(decided(reading, head), by=head, in_force=True, reason="In force").policy
    later = hand_in_again(head, policy, without=[Kind.SUGGESTIONS_TO, Kind.PROCEDURE])
    told = {line.label: line.value for line in taking_over.what_would_be_made(Reading.objects.get(pk=later.pk))}
    assert told["Ideas for posts go to"] == told["Procedures for reports"] == taking_over.AS_NOW
    assert told["Asked to acknowledge it"] == "Pupils"
    take_over(later, by=head)
    policy.refresh_from_db()
    assert (policy.for_staff, policy.for_pupils) == (False, True)


@pytest.mark.parametrize("silent", [[Kind.AUTHORISED_BY], [Kind.MANAGED_BY], [Kind.AUTHORISED_BY, Kind.MANAGED_BY]])
def test_who_runs_a_channel_stays_where_a_new_version_does_not_say(reading, head, silent):
    first = take_over(decided(reading, head), by=head, in_force=True, reason="In force")
    facebook = Channel.objects.get(name="Facebook")
    duties = set(facebook.roles.values_list("role", "manages", "authorises"))
    take_over(hand_in_again(head, first.policy, without=silent), by=head)
    facebook.refresh_from_db()
    assert set(facebook.roles.values_list("role", "manages", "authorises")) == duties
    assert facebook.managers_need_authorisation


def test_an_address_longer_than_a_row_holds_is_left_out(reading, head):
    decided(reading, head)
    link = "https://guidance.example/" + "a" * 200
    services.add_proposal(reading, by=head, kind=Kind.GUIDANCE, value={"title": "Long address", "link": link})
    version = take_over(reading, by=head)
    assert version.policy.references.get(title="Long address").link == ""


@pytest.mark.parametrize(
    ("named", "is_named"),
    [("Elmwood Primary School", True), ("Elmwoodside Primary School", False), ("ELMWOOD and Oakfield", True)],
)
def test_a_school_is_named_by_a_word_of_its_own(cast, named, is_named):
    told = Proposal(kind=Kind.SCHOOL, value={"name": named})
    assert names_school([told], cast.school("elmwood")) is is_named
    told.decision = Decision.DROPPED
    assert not names_school([told], cast.school("elmwood"))


@pytest.mark.parametrize("status", Status.values)
def test_only_whoever_keeps_the_policies_takes_over_or_puts_away_and_only_once(reading, head, cast, status):
    if status == Status.APPLIED:
        take_over(decided(reading, head), by=head)
    elif status == Status.DROPPED:
        take("drop", reading, head)
    reading.refresh_from_db()
    wanted = {"apply", "drop"} if status == Status.READ else set()
    for role in FIRST_NAMES:
        actor = cast.post(role)
        allowed = wanted if role == Role.HEADTEACHER else set()
        assert {step.name for step in steps_open_to(actor, reading)} == allowed, role
        for step in steps_of(Reading):
            if step.name not in allowed:
                with pytest.raises((NotAllowed, TooLate)):
                    take(step.name, reading, actor)
    assert steps_open_to(cast.post("headteacher", "riverside"), reading) == []


def test_nobody_decides_on_what_was_put_away_nor_in_another_school(reading, head, cast):
    one = reading.proposals.first()
    for actor in (cast.teacher, cast.office, cast.post("headteacher", "riverside")):
        with pytest.raises(NotAllowed):
            services.decide(reading, by=actor, proposals=[one.pk], decision=Decision.CONFIRMED)
        with pytest.raises(NotAllowed):
            services.change_proposal(one, by=actor, value={"text": "Mine"})
        with pytest.raises(NotAllowed):
            take_over(reading, by=actor)
    with pytest.raises(Refused):
        services.decide(reading, by=head, proposals=[one.pk], decision="changed")
    take("drop", reading, head)
    with pytest.raises(TooLate):
        services.decide(reading, by=head, proposals=[one.pk], decision=Decision.CONFIRMED)
    with pytest.raises(TooLate):
        take_over(reading, by=head)


def test_the_same_as_was_read_is_right_and_anything_else_is_changed(reading, head):
    title = of_kind(reading, Kind.TITLE)
    same = services.change_proposal(title, by=head, value=title.value)
    assert (same.decision, same.changed_to) == (Decision.CONFIRMED, None)
    other = services.change_proposal(title, by=head, value={"text": "Another title"})
    assert (other.decision, other.settled, other.value) == (Decision.CHANGED, {"text": "Another title"}, title.value)
    assert other.history.latest().history_user_id == head.user_id


def test_who_signed_stays_where_the_date_beside_is_changed(head):
    form = FORMS[Kind.SIGNED]({"raw": "1 May 2025"}, value={"raw": "1/5/25", "by": "Ann"}, school=head.school)
    assert form.is_valid() and form.value() == {"raw": "1 May 2025", "by": "Ann"}


def test_every_kind_of_finding_has_its_words_its_group_and_its_form():
    assert set(KINDS) == set(FORMS) == set(Kind)


def test_unsure_findings_come_first_and_quoted_words_are_marked(reading):
    review = review_page(reading, "clauses", None)
    assert [finding.confidence for finding in review.findings] == ["Unsure", "Sure"]
    assert [(line.number, line.pieces[0].position) for line in review.lines if line.pieces[0].position] == [
        (7, review.findings[1].proposal.position),
        (10, review.findings[0].proposal.position),
    ]
    assert "".join(piece.words for line in review.lines for piece in line.pieces) == "".join(LINES)


def test_the_review_page_asks_as_many_queries_for_fifty_findings_as_for_one(cast, head, monkeypatch):
    client = cast.client("headteacher")
    counts = []
    for number in (1, 50):
        found = [Fact(Kind.CLAUSE, {**CLAUSE, "code": str(one)}, Place(10, 0, 9), 90, "So.") for one in range(number)]
        monkeypatch.setattr(verbs, "facts_of", lambda document, found=found: found)
        reading = services.record_reading(by=head, content="\n\n".join(LINES).encode())
        client.get(reading.get_absolute_url())
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{reading.get_absolute_url()}?group=clauses")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_list_asks_as_many_queries_for_many_documents_as_for_one(cast, head, reader):
    client, counts = cast.client("headteacher"), []
    for number in (1, 8):
        for _ in range(number):
            services.record_reading(by=head, content="\n\n".join(LINES).encode())
        client.get(url("reading_list"))
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(url("reading_list"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert answer.content.decode().count("Waits for you") == 9


def test_a_file_is_handed_in_and_led_to_its_review_and_another_school_knows_nothing_of_it(cast, reader):
    client = cast.client("headteacher")
    file = io.BytesIO("\n\n".join(LINES).encode())
    file.name = "policy.txt"
    answer = client.post(url("reading_create"), {"way": "file", "file": file})
    reading = Reading.objects.get()
    assert answer.url == reading.get_absolute_url()
    assert (reading.file_name, reading.source) == ("policy.txt", Reading.Source.TEXT)
    page = client.get(answer.url).content.decode()
    assert "18 of 18 findings still wait" in page and '<mark id="t1">Social media policy 2025</mark>' in page
    stranger = cast.client("headteacher", "riverside")
    for name in ("reading_detail", "reading_apply", "reading_drop"):
        assert stranger.get(url(name, reading.pk)).status_code == 404
    assert stranger.post(url("reading_decide", reading.pk), {"all_right": "yes"}).status_code == 404
    assert cast.client("office").get(url("reading_create")).status_code == 403
    assert str(reading) not in stranger.get(url("reading_list")).content.decode()


def test_what_cannot_be_read_is_said_beside_the_field_and_pasted_text_is_kept(cast):
    client = cast.client("headteacher")
    picture = io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    picture.name = "scan.png"
    answer = client.post(url("reading_create"), {"way": "file", "file": picture})
    assert answer.context["form"].errors["file"]
    words = "Buy two and get one free at our shop. " * 10
    answer = client.post(url("reading_create"), {"way": "pasted", "text": words})
    assert answer.context["form"].errors["text"]
    assert words.strip() in answer.content.decode()
    assert client.post(url("reading_create"), {"way": "file"}).context["form"].errors["file"]
    assert not Reading.objects.exists()


def test_a_sign_that_no_database_stores_is_taken_out_of_a_pasted_text(cast):
    client = cast.client("headteacher")
    words = "Social media policy. All staff of the school\0 must follow this policy, whatever they write, always. "
    client.post(url("reading_create"), {"way": "pasted", "text": words * 3})
    reading = Reading.objects.get()
    assert reading.blocks[0]["text"] == (words * 3).replace("\0", "").strip()
    assert "school must follow" in client.get(reading.get_absolute_url()).content.decode()


def test_a_pasted_line_of_two_megabytes_is_refused_beside_the_field(cast):
    answer = cast.client("headteacher").post(url("reading_create"), {"way": "pasted", "text": "x" * 2_000_000})
    assert "300,000 letters" in str(answer.context["form"].errors["text"])


def test_a_whole_group_is_confirmed_at_once_and_leads_to_the_next_then_to_taking_over(cast, reading):
    client = cast.client("headteacher")
    for _ in KINDS:
        page = client.get(reading.get_absolute_url())
        shown = [str(finding.proposal.pk) for finding in page.context["review"].findings if finding.is_open]
        answer = client.post(url("reading_decide", reading.pk), {"all_right": "yes", "shown": shown})
        if answer.url == url("reading_apply", reading.pk):
            break
    assert not reading.proposals.filter(decision=Decision.PROPOSED).exclude(block=None).exists()
    page = client.get(answer.url).content.decode()
    assert (
        "What will be made" in page and "2 clauses" in page and "1 may post, 1 never post, 1 remove on sight" in page
    )
    answer = client.post(url("reading_apply", reading.pk), {"standing": "in_force", "reason": ""})
    assert answer.context["form"].errors["reason"]
    answer = client.post(url("reading_apply", reading.pk), {"standing": "draft"})
    reading.refresh_from_db()
    assert answer.url == reading.policy.get_absolute_url()
    again = client.post(url("reading_apply", reading.pk), {"standing": "draft"}, follow=True)
    assert "This has already been changed" in again.content.decode()
    assert Policy.objects.count() == 1


def test_taking_over_too_early_is_refused_on_the_page(cast, reading):
    client = cast.client("headteacher")
    answer = client.post(url("reading_apply", reading.pk), {"standing": "draft"})
    assert "still wait for your word" in answer.content.decode()
    assert not Policy.objects.exists()


def test_one_finding_is_right_left_out_or_changed(cast, reading):
    client = cast.client("headteacher")
    title, due = of_kind(reading, Kind.TITLE), of_kind(reading, Kind.REVIEW_DUE_ON)
    client.post(url("reading_decide", reading.pk), {"right": title.pk})
    client.post(url("reading_decide", reading.pk), {"leave_out": of_kind(reading, Kind.ISSUED).pk})
    client.post(url("reading_decide", reading.pk), {"leave_out": "nonsense"})
    assert of_kind(reading, Kind.TITLE).decision == Decision.CONFIRMED
    assert of_kind(reading, Kind.ISSUED).decision == Decision.DROPPED
    change = url("reading_change", reading.pk, due.pk)
    answer = client.post(change, {"raw": "when we can", "day_day": "", "day_month": "", "day_year": ""})
    assert "Give the day" in answer.content.decode()
    client.post(change, {"raw": "", "day_day": "1", "day_month": "10", "day_year": "2026"})
    due.refresh_from_db()
    assert due.settled == {"raw": "", "day": "2026-10-01", "precision": "day"}
    who = of_kind(reading, Kind.MANAGED_BY)
    client.post(url("reading_change", reading.pk, who.pk), {"roles": ["office", "headteacher"]})
    who.refresh_from_db()
    assert who.settled == {"who": "the headteacher and teaching staff", "roles": ["headteacher", "office"]}


ADDED = {
    Kind.REVIEW_QUESTION: {"text": "Does it work?"},
    Kind.CONSULTS: {"group": "pupils"},
    Kind.CHANNEL: {"platform": "Vimeo", "name": "Films of the school", "audience": "public"},
    Kind.MANAGED_BY: {"roles": ["office"]},
    Kind.AUTHORISED_BY: {"roles": ["headteacher"]},
    Kind.SUGGESTIONS_TO: {"roles": ["office"]},
    Kind.PLATFORM: {"name": "Mastodon"},
    Kind.MINIMUM_AGE: {"platform": "Mastodon", "age": 16},
    Kind.CHANNEL_RULE: {"list": "never", "text": "Names of pupils", "platforms": "Vimeo"},
    Kind.PROCEDURE: {"about": "parent", "name": "Complaints policy"},
    Kind.RELATED_POLICY: {"title": "Trips policy", "cited": "listed"},
    Kind.LEGISLATION: {"title": "Online Safety Act", "year": 2023},
    Kind.GUIDANCE: {"title": "Teaching online safety", "year": 2019},
    Kind.CLAUSE: {"heading": "Films", "text": "Films are shown to the head first.", "kind": "rule"},
}


def test_what_the_reader_missed_is_added_and_taken_over_with_the_rest(cast, reading, head):
    client = cast.client("headteacher")
    decided(reading, head)
    assert set(ADDED) == set(MANY)
    for kind, typed in ADDED.items():
        page = url("reading_add", reading.pk, kind)
        group = KINDS[kind].group
        assert page in client.get(f"{reading.get_absolute_url()}?group={group}").content.decode()
        before = reading.proposals.count()
        assert "govuk-error-summary" in client.post(page, {"text": ""}).content.decode()
        assert reading.proposals.count() == before
        answer = client.post(page, typed, follow=True)
        assert f"Added: {KINDS[kind].label.lower()}" in answer.content.decode()
    version = take_over(reading, by=head)
    assert version.clauses.order_by("position").last().text == "Films are shown to the head first."
    channel = Channel.objects.get(name="Films of the school")
    assert [rule.title for rule in channel.rules.filter(rule_list="never")][-1] == "Names of pupils"
    assert Platform.objects.get(name="Mastodon").minimum_age == 16
    assert {"Trips policy", "Online Safety Act", "Teaching online safety"} <= set(
        version.policy.references.values_list("title", flat=True)
    )
    assert cast.school().procedures["parent"] == "Complaints policy"
    assert "Does it work?" in version.policy.review_questions and "pupils" in version.policy.consults


def test_what_was_added_can_be_changed_and_left_out_like_the_rest(cast, reading, head):
    client = cast.client("headteacher")
    decided(reading, head)
    for name in ("Mastodon", "Threads"):
        client.post(url("reading_add", reading.pk, Kind.PLATFORM), {"name": name})
    kept, left_out = list(reading.proposals.all())[-2:]
    client.post(url("reading_change", reading.pk, kept.pk), {"name": "Bluesky"})
    client.post(url("reading_decide", reading.pk), {"leave_out": left_out.pk})
    take_over(reading, by=head)
    added = Platform.objects.filter(name__in=["Mastodon", "Bluesky", "Threads"])
    assert [platform.name for platform in added] == ["Bluesky"]


def test_nothing_is_added_that_a_policy_says_once_nor_once_it_is_taken_over(cast, reading, head):
    client = cast.client("headteacher")
    for kind in (Kind.TITLE, "nonsense"):
        assert client.get(url("reading_add", reading.pk, kind)).status_code == 404
    with pytest.raises(NotAllowed):
        services.add_proposal(reading, by=cast.teacher, kind=Kind.PLATFORM, value={"name": "Mastodon"})
    decided(reading, head)
    take_over(reading, by=head)
    before = reading.proposals.count()
    assert client.post(url("reading_add", reading.pk, Kind.PLATFORM), {"name": "Mastodon"}).status_code == 302
    with pytest.raises(TooLate):
        services.add_proposal(reading, by=head, kind=Kind.PLATFORM, value={"name": "Mastodon"})
    assert reading.proposals.count() == before


def test_the_change_page_of_every_kind_is_shown_filled_in_and_empty(cast, head, monkeypatch):
    values = {kind: next((value for found, value, *_ in FOUND if found == kind), None) for kind in Kind}
    found = [Fact(kind, value, value and Place(0, 0, 6), 50, "So.") for kind, value in values.items()]
    monkeypatch.setattr(verbs, "facts_of", lambda document: found)
    reading = services.record_reading(by=head, content="\n\n".join(LINES).encode())
    client = cast.client("headteacher")
    for proposal in reading.proposals.all():
        words = client.get(url("reading_change", reading.pk, proposal.pk)).content.decode()
        assert ("Read as:" in words) == bool(proposal.value), proposal.kind
        assert KINDS[Kind(proposal.kind)].label.lower() in words


def test_a_document_put_away_changes_nothing_and_says_so(cast, reading):
    client = cast.client("headteacher")
    client.post(url("reading_drop", reading.pk))
    reading.refresh_from_db()
    assert reading.status == Status.DROPPED and not Policy.objects.exists()
    page = client.get(reading.get_absolute_url()).content.decode()
    assert "Not used" in page and "All of these are right" not in page
    assert (
        "This has already been changed"
        in client.post(
            url("reading_decide", reading.pk), {"right": reading.proposals.first().pk}, follow=True
        ).content.decode()
    )
    assert client.post(url("reading_drop", reading.pk), follow=True).status_code == 200


def test_a_policy_of_a_federation_serves_the_schools_that_are_ticked(cast, reading, head):
    client = cast.client("headteacher")
    decided(reading, head)
    page = client.get(url("reading_apply", reading.pk)).content.decode()
    assert "Elmwood Primary School" in page and "Riverside" not in page
    elmwood, riverside = cast.school("elmwood"), cast.school("riverside")
    refused = client.post(url("reading_apply", reading.pk), {"standing": "draft", "schools": [riverside.pk]})
    assert refused.context["form"].errors["schools"]
    client.post(url("reading_apply", reading.pk), {"standing": "draft", "schools": [elmwood.pk]})
    assert {school.slug for school in Policy.objects.get().schools.all()} == {"oakfield", "elmwood"}
    assert not Channel.objects.exclude(school=head.school).exists()


def test_a_school_without_a_policy_is_led_to_reading_it_in_from_home_and_from_the_list(cast):
    client = cast.client("headteacher")
    for page in ("/", reverse("policies:policy_list")):
        assert url("reading_create") in client.get(page).content.decode()
    assert url("reading_create") not in cast.client("teacher").get(reverse("policies:policy_list")).content.decode()


def test_a_document_that_says_too_much_is_refused(head, monkeypatch):
    many = [Fact(Kind.TITLE, {"text": str(one)}, Place(0, 0, 1), 90, "So.") for one in range(verbs.MOST_FACTS + 1)]
    monkeypatch.setattr(verbs, "facts_of", lambda document: many)
    with pytest.raises(Unreadable):
        services.record_reading(by=head, content="\n\n".join(LINES).encode())
    assert not Reading.objects.exists()
