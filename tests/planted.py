"""One of everything in a school, made through the verbs, each with a mark in its words that names the school."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from allauth.socialaccount.models import SocialAccount
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Notification
from accounts.notifications import notify
from channels_mgmt import services as channels
from channels_mgmt.models import ChannelRule
from incidents.models import About, Report
from incidents.services.handling import add_evidence, add_note
from incidents.services.reports import file_report
from moderation.services import block_author, record_contact, record_item
from policies import services as policies
from policyportal.lib.workflow import take
from tests.cast import Cast


@dataclass(frozen=True)
class Planted:
    """What was planted in one school: ids by the name that the table of pages uses for a thing."""

    canary: str
    ids: dict[str, UUID]
    slug: str


def canary_of(school: str) -> str:
    """Return the mark that stands in every word planted in a school."""
    return f"CANARY-{school.upper()}"


def plant(cast: Cast, slug: str) -> Planted:
    """Plant one of everything in a school and return what it was."""
    canary = canary_of(slug)
    school = cast.school(slug)
    head, chair = cast.post("headteacher", slug), cast.post("chair", slug)
    office, teacher, dsl = cast.post("office", slug), cast.post("teacher", slug), cast.post("dsl", slug)

    policy = policies.record_policy(title=f"Policy {canary}", schools=[school], by=head)
    version = policies.draft_version(policy, by=head, approver_kind="person", approver_name=f"Approver {canary}")
    clause = policies.add_clause(
        version,
        by=head,
        code="1",
        kind="rule",
        text=f"Rule {canary}",
        category=f"Category {canary}",
        for_staff=True,
        about_staff=True,
        about_parent=True,
    )
    reference = policies.add_reference(policy, by=head, kind="related_policy", title=f"Reference {canary}")
    take("approve", version, chair)
    take("publish", version, head)
    draft = policies.draft_next_version(policy, by=head, reason="A change of law")
    question = policies.ask(policy, by=teacher, text=f"Question {canary}")

    platform = channels.list_platform(school=school, by=head, name=f"Platform {canary}")
    channel = channels.open_channel(
        school=school,
        by=head,
        platform=platform,
        name=f"Channel {canary}",
        audience="private",
        managing_roles=["senior_leader"],
        authorising_roles=["headteacher"],
    )
    rule = channels.add_rule(channel, by=head, rule_list=ChannelRule.List.REMOVE, title=f"Abuse {canary}")
    authorisation = channels.authorise(channel, office, by=head, reason=f"Reason {canary}")

    file = SimpleUploadedFile(f"{canary}.txt", f"Words {canary}".encode())
    item = record_item(
        channel=channel, by=office, words=f"Comment {canary}", author_handle=f"handle {canary}", captures=[file]
    )
    contact = record_contact(item.author, by=office, words=f"Contact {canary}")
    block = block_author(
        item.author,
        by=office,
        reason=f"Reason {canary}",
        review_on=timezone.localdate() + timedelta(days=90),
        other_way="By telephone",
        contact_skipped_reason="A threat",
    )

    ordinary, _ = file_report(
        school=school,
        reporter_kind=Report.Reporter.PARENT,
        words=f"Ordinary {canary}",
        about=About.PARENT,
        who=f"Named {canary}",
        form_token=uuid4(),
    )
    confidential, _ = file_report(
        school=school,
        reporter_kind=Report.Reporter.PARENT,
        words=f"Confidential {canary}",
        about=About.STAFF,
        person=teacher.user,
        form_token=uuid4(),
    )
    sealed, _ = file_report(
        school=school,
        reporter_kind=Report.Reporter.PARENT,
        words=f"Sealed {canary}",
        about=About.STAFF,
        person=head.user,
        form_token=uuid4(),
    )
    evidence = add_evidence(
        ordinary, head, upload=SimpleUploadedFile(f"{canary}.txt", f"Evidence {canary}".encode()), kind="other"
    )
    add_note(ordinary, dsl, f"Note {canary}")
    notify(user=teacher.user, school=school, event="planted", subject=f"Told {canary}", path="/", key=f"plant:{slug}")
    SocialAccount.objects.create(
        user=teacher.user, provider="google", uid=f"planted {slug}", extra_data={"email": f"{canary}@elsewhere.example"}
    )
    ids = {
        "person": cast.post("support_staff", slug).pk,
        "user": cast.user("support_staff", slug).pk,
        "policy": policy.pk,
        "version": version.pk,
        "draft": draft.pk,
        "question": question.pk,
        "clause": clause.pk,
        "draft_clause": draft.clauses.get().pk,
        "reference": reference.pk,
        "platform": platform.pk,
        "channel": channel.pk,
        "rule": rule.pk,
        "authorisation": authorisation.pk,
        "item": item.pk,
        "capture": item.captures.get().pk,
        "author": item.author_id,
        "contact": contact.pk,
        "block": block.pk,
        "ordinary": ordinary.pk,
        "confidential": confidential.pk,
        "sealed": sealed.pk,
        "evidence": evidence.pk,
        "notification": Notification.objects.get(user=teacher.user, event="planted").pk,
    }
    return Planted(canary=canary, ids=ids, slug=slug)
