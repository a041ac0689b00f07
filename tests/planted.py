"""One of everything in a school, made through the verbs, each with a mark in its words that names the school."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from allauth.socialaccount.models import SocialAccount
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.inviting import token_of
from accounts.models import Notification
from accounts.notifications import notify
from accounts.services import add_person, families, open_staff_import, propose_giving
from accounts.views.second_step import mark_of
from channels_mgmt import links
from channels_mgmt import services as channels
from channels_mgmt.models import ChannelRule, CredentialChange
from incidents.models import About, Report
from incidents.services import escalate, log_monitoring
from incidents.services.handling import add_evidence, add_note, close, triage
from incidents.services.reports import file_report
from moderation.services import block_author, record_contact, record_item
from policies import parents
from policies import services as policies
from policies.models import AcknowledgementRequest
from policies.selectors.briefings import staff_on
from policies.services import lessons
from policyportal.lib.workflow import save_as, take
from tests.cast import Cast
from tests.second_steps import give_app, give_passkey


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
    school.declares_links = True
    school.save()
    head, chair = cast.post("headteacher", slug), cast.post("chair", slug)
    office, teacher, dsl = cast.post("office", slug), cast.post("teacher", slug), cast.post("dsl", slug)

    staff_import = open_staff_import(
        file_name=f"{canary}.csv",
        content=f"Name,Email,Role\nNia {canary},nia@{slug}.example,Teacher\nNo {canary},,Teacher\n".encode(),
        by=head,
    )
    school_class = families.add_class(school=school, by=head, name=f"Class {canary}", teacher=teacher)
    pupil = families.add_pupil(school_class=school_class, by=head, name=f"Pupil {canary}")
    carer = families.add_carer(pupil, by=head, name=f"Carer {canary}", email=f"carer@{slug}.example")
    family_import = families.open_family_import(
        file_name=f"{canary}.csv",
        content=f"Name,Class\nPip {canary},Class {canary}\nNo {canary},\n".encode(),
        by=head,
    )
    invited = add_person(name=f"Invited {canary}", email=f"invited@{slug}.example", role="teacher", by=head)
    appointment = propose_giving(
        "dsl", by=head, name=f"Proposed {canary}", email=f"proposed@{slug}.example", reason=f"Reason {canary}"
    )

    policy = policies.record_policy(
        title=f"Policy {canary}", schools=[school], by=head, for_pupils=True, for_parents=True
    )
    version = policies.draft_version(policy, by=head, approver_kind="person", approver_name=f"Approver {canary}")
    clause = policies.add_clause(
        version,
        by=head,
        code="1",
        kind="rule",
        text=f"Rule {canary}",
        category=f"Category {canary}",
        for_staff=True,
        for_pupils=True,
        for_parents=True,
        about_staff=True,
        about_parent=True,
    )
    reference = policies.add_reference(policy, by=head, kind="related_policy", title=f"Reference {canary}")
    take("submit", version, head)
    take("approve", version, chair)
    take("publish", version, head)
    draft = policies.draft_next_version(policy, by=head, reason="A change of law")
    pending = policies.record_policy(title=f"Pending {canary}", schools=[school], by=head)
    in_review = policies.draft_version(pending, by=head, approver_kind="person", approver_name=f"Approver {canary}")
    policies.add_clause(in_review, by=head, code="1", kind="rule", text=f"Pending rule {canary}", for_staff=True)
    take("submit", in_review, head)
    topic = lessons.add_topic(school=school, by=head, name=f"Topic {canary}")
    lessons.log_lesson(school_class=school_class, topic=topic, by=teacher, taught_on=timezone.localdate())
    question = policies.ask(policy, by=teacher, text=f"Question {canary}")
    review = policies.open_review(policy, by=head, trigger="guidance", reason=f"Guidance {canary}")
    suggestion = policies.suggest(policy, by=teacher, text=f"Suggestion {canary}")
    calendar_secret = policies.make_calendar(teacher)
    document = f"Social media policy {canary}\n\n1. Purpose\n\n{'All staff must be kind online at all times. ' * 4}"
    reading = policies.record_reading(by=head, content=document.encode())

    scenario = policies.add_scenario(
        draft,
        by=head,
        text=f"Question {canary}",
        options=[f"Answer {canary}", "Nothing"],
        right=0,
        explanation=f"Because {canary}",
    )
    briefing = policies.plan_briefing(
        policy, by=head, title=f"Briefing {canary}", held_on=timezone.localdate(), lead=head, expectations=[clause]
    )
    there = staff_on(school, briefing.held_on).exclude(pk=cast.user("support_staff", slug).pk)
    policies.record_attendance(briefing, by=head, present=set(there.values_list("pk", flat=True)))
    # Due years after joining: everybody of the cast is still asked.
    induction_item = policies.add_induction_item(
        by=head, title=f"Induction {canary}", text=f"I have read {canary}", days=5000
    )

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

    link = links.declare_link(by=teacher, pupil_name=f"Pupil {canary}", relation=f"Niece {canary}")
    family_link = links.declare_link_by_family(
        school=school,
        declarer_name=f"Parent {canary}",
        declarer_contact=f"Telephone {canary}",
        adult_name=f"Somebody {canary}",
        pupil_name=f"Child {canary}",
        relation=f"Aunt {canary}",
    )

    credential_change = CredentialChange(
        school=school, channel=channel, leaver=cast.user("contractor", slug), due_on=timezone.localdate()
    )
    save_as(credential_change, head, f"Reason {canary}")

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

    give_app(teacher.user)
    _, passkey = give_passkey(teacher.user, f"Passkey {canary}")

    incidents = _incidents(cast, slug)
    monitoring = log_monitoring(
        by=head,
        of="staff",
        purpose="standards",
        scope=f"Scope {canary}",
        reason=f"Reason {canary}",
        starts_on=timezone.localdate(),
        person=teacher.user,
    )
    notify(user=teacher.user, school=school, event="planted", subject=f"Told {canary}", path="/", key=f"plant:{slug}")
    SocialAccount.objects.create(
        user=teacher.user,
        provider="google",
        uid=f"planted {slug}",
        extra_data={"email": f"{canary}@elsewhere.example"},
    )
    ids = {
        "person": cast.post("support_staff", slug).pk,
        "user": cast.user("support_staff", slug).pk,
        "staff_import": staff_import.pk,
        "dsl": dsl.pk,
        "school_class": school_class.pk,
        "pupil": pupil.pk,
        "carer": carer.pk,
        "topic": topic.pk,
        "request_token": parents.token_of(AcknowledgementRequest.objects.get(carer=carer)),
        "family_import": family_import.pk,
        "invited": invited.pk,
        "invitation_token": token_of(invited.invitations.get()),
        "appointment": appointment.pk,
        "credential_change": credential_change.pk,
        "policy": policy.pk,
        "version": version.pk,
        "draft": draft.pk,
        "in_review": in_review.pk,
        "finding": policy.findings.open().by_weight()[0].pk,
        "question": question.pk,
        "review": review.pk,
        "suggestion": suggestion.pk,
        "calendar_secret": calendar_secret,
        "closed": _closed(cast, slug),
        "reading": reading.pk,
        "proposal": reading.proposals.first().pk,
        "campaign": version.campaigns.get(audience="staff").pk,
        "scenario": scenario.pk,
        "briefing": briefing.pk,
        "induction_item": induction_item.pk,
        "clause": clause.pk,
        "draft_clause": draft.clauses.get().pk,
        "reference": reference.pk,
        "platform": platform.pk,
        "channel": channel.pk,
        "rule": rule.pk,
        "authorisation": authorisation.pk,
        "link": link.pk,
        "family_link": family_link.pk,
        "item": item.pk,
        "capture": item.captures.get().pk,
        "author": item.author_id,
        "contact": contact.pk,
        "block": block.pk,
        **incidents,
        "monitoring": monitoring.pk,
        "second_step": teacher.pk,
        "passkey": mark_of(passkey),
        "notification": Notification.objects.get(user=teacher.user, event="planted").pk,
    }
    return Planted(canary=canary, ids=ids, slug=slug)


# One incident of each confidentiality and of each kind of person whom it may concern: whom, and who then handles it.
INCIDENTS = {
    "ordinary": ("", "headteacher"),
    "confidential": ("teacher", "headteacher"),
    "about_dsl": ("dsl", "headteacher"),
    "about_leader": ("senior_leader", "headteacher"),
    "safeguarding": ("", "dsl"),
    "sealed": ("headteacher", "chair"),
    "about_governor": ("governor", "chair"),
    "about_chair": ("chair", "trust_officer"),
}


def _closed(cast: Cast, slug: str) -> UUID:
    """Plant an ordinary incident that the head has dealt with to its end, and return its id."""
    head = cast.post("headteacher", slug)
    incident, _ = file_report(
        school=cast.school(slug),
        reporter_kind=Report.Reporter.PARENT,
        words=f"Words CLOSED-{canary_of(slug)}",
        about=About.PARENT,
        form_token=uuid4(),
    )
    incident = triage(incident, head, about=About.PARENT)
    return close(incident, head, outcome="advice", outcome_words=f"Decided {canary_of(slug)}").pk


def _incidents(cast: Cast, slug: str) -> dict[str, UUID]:
    """Plant the incidents of a school, each with a file and a note, and return their ids and those of their files."""
    ids: dict[str, UUID] = {}
    for name, (subject, handler) in INCIDENTS.items():
        mark = f"{name.upper()}-{canary_of(slug)}"
        incident, _ = file_report(
            school=cast.school(slug),
            reporter_kind=Report.Reporter.PARENT,
            words=f"Words {mark}",
            about=About.STAFF if subject else About.PARENT,
            # The leaders are told of it too, so that they read what they do not handle.
            safeguarding=name == "safeguarding",
            tell_leaders=name == "safeguarding",
            person=cast.user(subject, slug) if subject else None,
            who=f"Who {mark}",
            place=f"Place {mark}",
            link=f"https://social.example/{mark}",
            reporter_name=f"Reporter {mark}",
            reporter_contact=f"Contact {mark}",
            form_token=uuid4(),
        )
        handled_by = cast.post(handler, slug)
        file = SimpleUploadedFile(f"File-{mark}.txt", f"Content {mark}".encode())
        evidence = add_evidence(incident, handled_by, upload=file, kind="other")
        add_note(incident, handled_by, f"Note {mark}")
        escalation = escalate(
            incident, handled_by, to="provider", contact=f"Provider {mark}", asked_on=timezone.localdate()
        )
        ids |= {name: incident.pk, f"evidence_of_{name}": evidence.pk, f"escalation_of_{name}": escalation.pk}
    return ids | {"evidence": ids["evidence_of_ordinary"], "escalation": ids["escalation_of_ordinary"]}
