"""The pages of declared links: one's own, the headteacher's list, one link and what is decided on it."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from accounts.rules import holds
from channels_mgmt import links
from channels_mgmt.forms import LinkForm, LinkReasonForm, LinksAnswerForm, NameAdultForm
from channels_mgmt.models import FamilyLink
from channels_mgmt.rules import can_decide_link, links_seen_by
from channels_mgmt.selectors import answer_of, notes_on, own_links
from policyportal.lib.paging import page_of
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import Refused, TooLate, steps_of, steps_open_to, take

OWN = "Links with families"
OF_SCHOOL = "Declared links"
DECIDED = {
    FamilyLink.Status.APPROVED: "The link is approved.",
    FamilyLink.Status.REFUSED: "The link is refused.",
    FamilyLink.Status.ENDED: "The link is ended.",
}


@needs("declare_links")
def own_link_list(request):
    """What somebody declared of themselves, and how it stands."""
    membership = request.membership
    page = page_of(own_links(membership), request.GET, order="-created_at")
    context = {
        "asks": membership.school.declares_links,
        "answer": answer_of(membership),
        "page": page,
        "headers": ["Pupil", "How you are linked", "Where you are in contact", "How it stands"],
        "rows": [
            [
                {"text": link.pupil, "url": link.get_absolute_url()},
                link.relation,
                link.platforms or "Not online",
                {"text": link.get_status_display(), "tone": link.tone},
            ]
            for link in page
        ],
        "actions": actions_beside(membership),
    }
    return render(request, "channels_mgmt/link_own.html", context)


def actions_beside(membership):
    """Return what else somebody may do about links."""
    further = [
        ("All declared links", "channels:link_list", holds(membership, "decide_links")),
        (
            "Form for families",
            "channels:link_notice",
            holds(membership, "hand_out_links_form") and membership.school.declares_links,
        ),
    ]
    return [(label, reverse(name)) for label, name, allowed in further if allowed]


@needs("declare_links")
def link_create(request):
    """Declare a link of one's own."""
    asking(request.membership.school)
    form = LinkForm(request.POST or None)
    token = token_of(request)
    if form.is_valid():
        link = links.declare_link(by=request.membership, form_token=token, **form.cleaned_data)
        messages.success(request, "The link is declared. You are told when it is decided.")
        return redirect(link)
    return render(request, "channels_mgmt/link_create.html", {"form": form, "token": token, "trail": own_trail()})


@needs("declare_links")
def links_answer(request):
    """Say whether there is anything to declare."""
    asking(request.membership.school)
    form = LinksAnswerForm(request.POST or None)
    if form.is_valid():
        answer = links.answer_declaration(by=request.membership, has_links=form.cleaned_data["has_links"])
        if answer.has_links:
            return redirect("channels:link_create")
        messages.success(request, "Thank you. You have declared that there are no links.")
        return redirect("portal:home")
    return render(request, "channels_mgmt/link_answer.html", {"form": form, "trail": own_trail()})


@needs("decide_links")
def link_list(request):
    """Every declared link of the school, by how it stands."""
    seen = links_seen_by(request.membership)
    asked = request.GET.get("show")
    shown = FamilyLink.Status(asked) if asked in FamilyLink.Status.values else FamilyLink.Status.DECLARED
    chosen = seen.filter(status=shown).select_related("school", "adult", "declared_by__user")
    page = page_of(chosen, request.GET, order="-created_at")
    context = {
        "page": page,
        "shown": shown.label,
        "tabs": [
            {"label": label, "url": f"?show={value}", "current": value == shown}
            for value, label in FamilyLink.Status.choices
        ],
        "headers": ["Member of staff", "Pupil", "How they are linked", "Declared by", "Declared"],
        "rows": [
            [
                {"text": link.adult.name if link.adult else link.adult_name, "url": link.get_absolute_url()},
                link.pupil,
                link.relation,
                "A family" if link.by_family else "Themselves",
                link.created_at,
            ]
            for link in page
        ],
        "actions": actions_beside(request.membership)[1:],
    }
    return render(request, "channels_mgmt/link_list.html", context)


@needs("declare_links")
def link_detail(request, pk):
    """One link: how it stands, its facts, the contact noted under it."""
    with transaction.atomic():
        link = found(request, pk)
        decides = can_decide_link(request.membership, link)
        if decides:
            links.record_view(link, by=request.membership)
    own = link.adult_id == request.membership.user_id
    context = {
        "link": link,
        "steps": steps_open_to(request.membership, link),
        "actions": actions_on(link, decides),
        "facts": facts_of(link, full=decides or not link.by_family, decides=decides),
        "to_tell": decides and link.by_family and link.status != link.Status.DECLARED and not link.declarer_told_at,
        "notes": notes_on(link),
        "notes_contact": own and link.status == link.Status.APPROVED,
        "events": timeline_of(link) if decides else [],
        "trail": school_trail() if decides and holds(request.membership, "decide_links") else own_trail(),
    }
    return render(request, "channels_mgmt/link_detail.html", context)


def actions_on(link, decides):
    """Return what may be done besides the steps: saying whom a family means."""
    if not (decides and link.by_family and link.status == link.Status.DECLARED):
        return []
    label = "Change who is meant" if link.adult_id else "Say who is meant"
    return [(label, reverse("channels:link_name", args=[link.pk]))]


def facts_of(link, *, full, decides):
    """Return the facts of a link; what a family wrote of itself is for whoever decides."""
    named = link.adult.name if link.adult else f"{link.adult_name} (as the family wrote it)"
    typed = link.adult_name if decides and link.adult and link.adult_name != link.adult.name else ""
    facts = [
        {"label": "Member of staff", "value": named},
        {"label": "As the family wrote it", "value": typed},
        {"label": "Pupil", "value": link.pupil},
        {"label": "How they are linked", "value": link.relation},
        {"label": "Where they are in contact", "value": link.platforms or "Not online"},
        {"label": "What else was said", "value": link.reason if full else ""},
        {"label": "Declared by", "value": "A parent or carer" if link.by_family else link.declared_by.user.name},
        {"label": "Their name", "value": link.declarer_name if decides else ""},
        {"label": "How to reach them", "value": link.declarer_contact if decides else ""},
        {"label": "Declared", "value": link.created_at},
        {"label": "Decided by", "value": link.decided_by and link.decided_by.user.name},
        {"label": "Decided", "value": link.decided_at},
        {"label": "Why it was decided so", "value": link.decision_reason},
        {"label": "Family told", "value": link.declarer_told_at if decides else None},
    ]
    return [fact for fact in facts if fact["value"]]


@needs("declare_links")
def link_step(request, pk):
    """Approve, refuse or end a link."""
    step = {step.name: step for step in steps_of(FamilyLink)}.get(request.POST.get("step") or request.GET.get("step"))
    if step is None:
        raise Http404
    link = decided_here(request, pk)
    form = LinkReasonForm(request.POST or None) if step.reason_needed else None
    try:
        if link.status not in step.sources:
            raise TooLate(link)
        if request.method == "POST" and (form is None or form.is_valid()):
            reason = form.cleaned_data["reason"] if form else ""
            link = take(step.name, link, request.membership, reason)
            messages.success(request, DECIDED[link.status])
            return redirect(link)
    except TooLate as late:
        return render(request, "channels_mgmt/link_too_late.html", {"late": late, "link": link}, status=409)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
        return redirect("channels:link_name", link.pk)
    context = {"link": link, "step": step, "form": form, "title": f"{step.label}?"}
    return render(request, "channels_mgmt/link_step.html", context)


@needs("declare_links")
def link_name(request, pk):
    """Say which member of staff a family means."""
    link = decided_here(request, pk)
    form = NameAdultForm(request.POST or None, membership=request.membership)
    if form.is_valid():
        try:
            links.name_adult(link, by=request.membership, person=form.cleaned_data["person"])
        except Refused as refusal:
            form.add_error("person", refusal.messages)
        else:
            messages.success(request, "It is noted who is meant.")
            # Whoever names the one who decides hands the link on with that.
            mine = can_decide_link(request.membership, link)
            return redirect(link) if mine else redirect("channels:link_list")
    context = {"form": form, "link": link, "trail": school_trail()}
    return render(request, "channels_mgmt/link_name.html", context)


@needs("declare_links")
@require_POST
def link_told(request, pk):
    """Note that the office told the family."""
    link = decided_here(request, pk)
    try:
        links.record_told(link, by=request.membership)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        messages.success(request, "It is noted that the family was told.")
    return redirect(link)


def found(request, pk):
    """Return a link that this person may see; any other is not there."""
    with_people = ("school", "adult", "declared_by__user", "decided_by__user")
    return get_object_or_404(links_seen_by(request.membership).select_related(*with_people), pk=pk)


def decided_here(request, pk):
    """Return a link on which this person decides; any other is not there."""
    link = found(request, pk)
    if not can_decide_link(request.membership, link):
        raise Http404
    return link


def asking(school):
    """Let only a school that asks for declarations have the page."""
    if not school.declares_links:
        raise Http404


def token_of(request):
    """Return the token that the form carried, or a new one: one form sent twice is one declaration."""
    try:
        return UUID(request.POST.get("form_token", ""))
    except ValueError:
        return uuid4()


def own_trail():
    """Return the way back to one's own links."""
    return [(OWN, reverse("channels:own_link_list"))]


def school_trail():
    """Return the way back to the links of the school."""
    return [(OF_SCHOOL, reverse("channels:link_list"))]
