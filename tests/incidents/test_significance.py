"""An incident marked significant: who may, what it opens, and that nobody learns from the review which it was."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Notification, Role
from incidents.models import About
from incidents.rules import can_mark_significant
from incidents.services import close, mark_significant, reopen, triage
from policies import services as policies
from policies.models import Review
from policies.selectors import waiting_for
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused, take
from tests.incidents.filing import detail, filed

REASON = "It showed that no rule covers group chats."


@pytest.fixture
def policy(cast):
    """A policy of Oakfield in force."""
    found = policies.record_policy(title="Social media policy", schools=[cast.school()], by=cast.headteacher)
    version = policies.draft_version(found, by=cast.headteacher)
    policies.add_clause(version, by=cast.headteacher, code="1", kind="rule", text="Be kind.", for_staff=True)
    take("adopt", version, cast.headteacher, "In force since 2023")
    return found


def closed(cast, by=None, **facts):
    """An incident brought to its end by whoever handles it."""
    by = by or cast.headteacher
    incident = triage(filed(cast, **facts), by, about=facts.get("about", About.PARENT))
    return close(incident, by, outcome="advice", outcome_words="Spoken to.")


def marked(cast, policy, incident, **facts):
    return mark_significant(incident, cast.headteacher, policy=policy, reason=REASON, **facts)


def test_only_the_head_marks_and_only_what_is_closed_handled_by_them_and_not_marked_yet(cast, policy):
    untouched, ripe = filed(cast), closed(cast)
    for role in Role.values:
        assert not can_mark_significant(cast.post(role), untouched)
        assert can_mark_significant(cast.post(role), ripe) == (role == "headteacher"), role
        assert not can_mark_significant(cast.post(role, "riverside"), ripe)
    about_the_head = closed(cast, cast.chair, about=About.STAFF, person=cast.user("headteacher"))
    for role in ("headteacher", "chair"):
        with pytest.raises(NotAllowed):
            mark_significant(about_the_head, cast.post(role), policy=policy, reason=REASON)
    with pytest.raises(Refused, match="Say why"):
        mark_significant(ripe, cast.headteacher, policy=policy, reason=" ")
    marked(cast, policy, ripe)
    with pytest.raises(NotAllowed):
        marked(cast, policy, ripe)
    assert Review.objects.count() == 1


def test_marking_opens_a_review_that_names_the_incident_by_its_reference_alone(cast, policy):
    incident = closed(cast)
    review = marked(cast, policy, incident, due_on=today() + timedelta(days=14))
    incident.refresh_from_db()
    assert incident.significant_at and incident.status == "closed"
    assert (review.trigger, review.cause, review.cause_path) == (
        "incident",
        incident.reference,
        incident.get_absolute_url(),
    )
    assert REASON not in str(review.__dict__)
    assert incident.history.latest().history_change_reason == REASON
    assert review.get_absolute_url() in [one.url for one in waiting_for(cast.headteacher)]
    assert not Notification.objects.filter(event="review_opened", user=cast.headteacher.user).exists()


def test_where_no_review_can_be_opened_the_incident_stays_unmarked(cast, policy):
    incident = closed(cast)
    with pytest.raises(Refused):
        marked(cast, policy, incident, due_on=today() - timedelta(days=1))
    incident.refresh_from_db()
    assert incident.significant_at is None


def test_one_opened_again_after_it_was_marked_keeps_its_mark(cast, policy):
    incident = closed(cast)
    marked(cast, policy, incident)
    assert reopen(incident, cast.headteacher, reason="More came to light.").significant_at


def test_the_head_marks_it_on_its_page_and_is_led_to_the_review(cast, policy):
    incident, head = closed(cast), cast.client("headteacher")
    address = reverse("incidents:incident_significant", args=[incident.pk])
    assert address in head.get(detail(incident)).content.decode()
    assert "There is a problem" in head.post(address, {"policy": policy.pk, "reason": ""}).content.decode()
    page = head.post(address, {"policy": policy.pk, "reason": REASON}, follow=True)
    review = Review.objects.get()
    assert page.redirect_chain[-1][0] == review.get_absolute_url()
    assert incident.reference in page.content.decode() and "Significant incident" in page.content.decode()
    assert address not in head.get(detail(incident)).content.decode()
    assert head.get(address).status_code == 403
    assert cast.client("deputy_head").get(address).status_code == 403
    assert cast.client("teacher").get(address).status_code == 403
    assert cast.client("headteacher", "riverside").get(address).status_code == 404


READERS = ("deputy_head", "senior_leader", "governor", "chair")


def test_who_may_not_see_the_incident_is_told_no_more_than_that_one_led_to_it(cast, policy):
    """Two incidents of which readers see neither make two reviews that read alike in everything."""
    reviews = {}
    for subject in ("teacher", "office"):
        incident = closed(cast, about=About.STAFF, person=cast.user(subject), words=f"Words of {subject}")
        reviews[subject] = marked(cast, policy, incident), incident
    hidden = [word for _, incident in reviews.values() for word in (incident.reference, str(incident.pk), REASON)]
    for role in READERS:
        client, pages = cast.client(role), {}
        for subject, (review, _) in reviews.items():
            addresses = [review.get_absolute_url(), reverse("portal:review_pack", args=[review.pk])]
            bodies = [client.get(address) for address in addresses]
            assert [body.status_code for body in bodies] == [200, 200]
            pages[subject] = [plain(body.content.decode(), review) for body in bodies]
        assert pages["teacher"] == pages["office"], role
        shown = str(pages) + client.get(reverse("policies:review_list")).content.decode()
        assert "Significant incident" in shown
        assert [word for word in hidden if word in shown] == []
    head = cast.client("headteacher").get(reviews["teacher"][0].get_absolute_url()).content.decode()
    assert reviews["teacher"][1].reference in head


def test_the_history_of_a_review_tells_nobody_which_incident_it_was(cast, policy):
    incident = closed(cast, about=About.STAFF, person=cast.user("teacher"))
    review = marked(cast, policy, incident)
    for role in ("deputy_head", "chair", "headteacher"):
        client = cast.client(role)
        pages = client.get(reverse("portal:audit")).content.decode()
        entry = reverse("portal:audit_entry", args=["review", review.pk, review.history.latest().pk])
        pages += client.get(entry).content.decode()
        pages += client.get(reverse("portal:audit_export"), {"kind": "review"}).getvalue().decode()
        if role != "headteacher":
            assert incident.reference not in pages and str(incident.pk) not in pages, role


def plain(body: str, review: Review) -> str:
    """Leave out of a page what differs between any two reviews: its own id, tokens, and times to the minute."""
    body = body.replace(str(review.pk), "ID")
    body = re.sub(r'(csrfmiddlewaretoken" value|nonce|datetime)="[^"]*"', r"\1", body)
    return re.sub(r"\d{1,2}:\d\d[ap]m", "", body)
