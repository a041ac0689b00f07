"""The pages of the register of channels: the list, one channel, its three lists, the people on it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.decorators import needs
from channels_mgmt import rules, services
from channels_mgmt.forms import (
    MODERATE,
    POST,
    AudienceForm,
    AuthorisationForm,
    ChannelForm,
    ReasonForm,
    RuleForm,
    initial_of,
)
from channels_mgmt.models import Authorisation, Channel, ChannelRule
from channels_mgmt.selectors import (
    attempts_on,
    credentials_to_change,
    events_of_channel,
    labels_of,
    people_on,
    register_of,
    rule_lists,
)
from policyportal.lib.paging import page_of
from policyportal.lib.workflow import Refused, TooLate, steps_of, steps_open_to, take

MUST_CONFIRM = "Not stated in the policy: confirm"
REGISTER = "Channels"


@needs("view_channels")
def channel_list(request):
    """The register of the school's channels."""
    school = request.membership.school
    page = page_of(register_of(request.membership), request.GET, order="name")
    context = {
        "page": page,
        "headers": ["Channel", "Platform", "Who can see it", "Managed by", "Status"],
        "rows": [
            [
                {"text": channel.name, "url": channel.get_absolute_url()},
                channel.platform.name,
                {"text": channel.get_audience_display(), "hint": MUST_CONFIRM if channel.must_confirm else ""},
                labels_of(school, channel.managing),
                {"text": channel.get_status_display(), "tone": channel.status_tone},
            ]
            for channel in page
        ],
        "may_open": rules.can_open_channel(request.membership),
        "actions": [("Platforms", reverse("channels:platform_list"))],
    }
    if context["may_open"] and context["rows"]:
        context["actions"].insert(0, ("Add a channel", reverse("channels:channel_create")))
    return render(request, "channels_mgmt/channel_list.html", context)


@needs("view_channels")
def channel_detail(request, pk):
    """One channel: how it stands, its facts, the people on it, its three lists and its past."""
    channel = found(request, pk)
    manages = rules.can_manage_channel(request.membership, channel)
    authorises = rules.can_authorise(request.membership, channel)
    people = people_on(channel)
    context = {
        "channel": channel,
        "steps": steps_open_to(request.membership, channel),
        "actions": [("Change the channel", reverse("channels:channel_edit", args=[channel.pk]))] if manages else [],
        "confirms": rules.can_confirm_audience(request.membership, channel),
        "facts": facts_of(channel),
        "manages": manages,
        "authorises": authorises and channel.status != Channel.Status.CLOSED,
        "people_headers": ["Person", "May", "Since", "Until", "How it stands", "Granted by", ""],
        "people": [person_row(row, authorises) for row in people],
        "line_headers": ["What", "In full", "Clause", *([""] if manages else [])],
        "lists": [
            {"heading": one.heading, "kind": one.kind, "rows": [line_row(line, manages) for line in one.rules]}
            for one in rule_lists(channel)
        ],
        "credentials": credentials_to_change(channel) if manages else [],
        "attempts": attempts_on(channel)[:5] if manages else [],
        "events": events_of_channel(channel, people),
        "trail": [(REGISTER, reverse("channels:channel_list"))],
    }
    return render(request, "channels_mgmt/channel_detail.html", context)


@needs("open_channels")
def channel_create(request):
    """Add a channel to the register."""
    membership = request.membership
    form = ChannelForm(
        request.POST or None, membership=membership, instance=Channel(school=membership.school), initial={}
    )
    if form.is_valid():
        try:
            channel = services.open_channel(school=membership.school, by=membership, **form.facts())
        except Refused as refusal:
            form.add_error("name", refusal.messages)
        else:
            messages.success(request, f"{channel} is on the register.")
            return redirect(channel)
    context = {
        "form": form,
        "title": "Add a channel",
        "label": "Add channel",
        "cancel_url": reverse("channels:channel_list"),
        "trail": [(REGISTER, reverse("channels:channel_list"))],
    }
    return render(request, "channels_mgmt/form.html", context)


@needs("view_channels")
def channel_edit(request, pk):
    """Change the facts of a channel."""
    channel = guarded(request, pk, rules.can_manage_channel)
    form = ChannelForm(
        request.POST or None, membership=request.membership, instance=channel, initial=initial_of(channel)
    )
    if form.is_valid():
        try:
            channel = services.edit_channel(channel, by=request.membership, **form.facts())
        except Refused as refusal:
            form.add_error("name", refusal.messages)
        else:
            messages.success(request, "The channel is changed.")
            return redirect(channel)
    return ask(request, channel, form, "Change the channel", "Save changes")


@needs("view_channels")
def channel_step(request, pk):
    """Suspend, reopen or close a channel, with the reason."""
    step = {step.name: step for step in steps_of(Channel)}.get(request.POST.get("step") or request.GET.get("step"))
    if step is None:
        raise Http404
    channel = guarded(request, pk, step.rule)
    form = ReasonForm(request.POST or None)
    try:
        if channel.status not in step.sources:
            raise TooLate(channel)
        if form.is_valid():
            channel = take(step.name, channel, request.membership, form.cleaned_data["reason"])
            messages.success(request, f"The channel is now: {channel.get_status_display().lower()}.")
            return redirect(channel)
    except TooLate as late:
        return render(request, "channels_mgmt/too_late.html", {"late": late, "channel": channel}, status=409)
    return ask(request, channel, form, f"{step.label}: {channel}", step.label, name="step", value=step.name)


@needs("view_channels")
def audience_confirm(request, pk):
    """Say for certain who can see a channel."""
    channel = guarded(request, pk, rules.can_confirm_audience)
    form = AudienceForm(request.POST or None, initial={"audience": channel.audience})
    if form.is_valid():
        services.confirm_audience(channel, by=request.membership, audience=form.cleaned_data["audience"])
        messages.success(request, "Who can see the channel is confirmed.")
        return redirect(channel)
    return ask(request, channel, form, f"Who can see {channel}?", "Confirm who can see it")


@needs("view_channels")
def rule_create(request, pk):
    """Add a line to one of the three lists of a channel."""
    channel = guarded(request, pk, rules.can_manage_channel)
    initial = {"rule_list": request.GET.get("list")}
    form = RuleForm(
        request.POST or None,
        membership=request.membership,
        instance=ChannelRule(school=channel.school, channel=channel),
        initial=initial,
    )
    if form.is_valid():
        try:
            services.add_rule(channel, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("title", refusal.messages)
        else:
            messages.success(request, "The line is on the list.")
            return redirect(channel)
    return ask(request, channel, form, "Add a line to a list", "Add line")


@needs("view_channels")
def rule_drop(request, pk):
    """Take a line off its list from now on."""
    line = get_object_or_404(ChannelRule.objects.visible_to(request.membership).select_related("channel"), pk=pk)
    channel = guarded(request, line.channel_id, rules.can_manage_channel)
    if request.method == "POST":
        services.drop_rule(line, by=request.membership)
        messages.success(request, f"“{line}” is off the list.")
        return redirect(channel)
    context = {
        "channel": channel,
        "title": f"Take “{line}” off the list?",
        "text": "What was decided under it keeps it. The history says who took it off, and when.",
        "label": "Take it off the list",
    }
    return render(request, "channels_mgmt/confirm.html", context)


@needs("view_channels")
def authorisation_create(request, pk):
    """Authorise a person of the school on a channel."""
    channel = guarded(request, pk, rules.can_authorise)
    form = AuthorisationForm(request.POST or None, membership=request.membership, channel=channel)
    if form.is_valid():
        facts = form.cleaned_data
        try:
            services.authorise(
                channel,
                facts["person"],
                by=request.membership,
                reason=facts["reason"],
                may_post=POST in facts["may"],
                may_moderate=MODERATE in facts["may"],
                starts_on=facts["starts_on"],
                ends_on=facts["ends_on"],
            )
        except Refused as refusal:
            form.add_error("person", refusal.messages)
        else:
            messages.success(request, f"{facts['person'].user} is authorised on {channel}.")
            return redirect(channel)
    return ask(request, channel, form, "Authorise a person", "Authorise person")


@needs("view_channels")
def authorisation_revoke(request, pk):
    """End an authorisation at once, with the reason."""
    row = get_object_or_404(
        Authorisation.objects.visible_to(request.membership).select_related("channel", "membership__user"), pk=pk
    )
    channel = guarded(request, row.channel_id, rules.can_authorise)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            services.revoke(row, by=request.membership, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, f"The authorisation of {row.membership.user} is revoked.")
            return redirect(channel)
    context = {
        "channel": channel,
        "form": form,
        "title": f"Revoke the authorisation of {row.membership.user}?",
        "text": "It ends at once. The person is told, and the history keeps it.",
        "label": "Revoke authorisation",
        "danger": True,
    }
    return render(request, "channels_mgmt/confirm.html", context)


@needs("view_channels")
def attempt_list(request, pk):
    """The refused attempts on a channel's pages, for its managers."""
    channel = guarded(request, pk, rules.can_manage_channel)
    page = page_of(attempts_on(channel), request.GET, order="-at")
    context = {
        "channel": channel,
        "page": page,
        "headers": ["Person", "When"],
        "rows": [[attempt.user.name, attempt.at] for attempt in page],
        "trail": trail_to(channel),
    }
    return render(request, "channels_mgmt/attempt_list.html", context)


def found(request, pk):
    """Return the channel of the school worked in; any other id is not there."""
    channels = Channel.objects.visible_to(request.membership)
    return get_object_or_404(channels.select_related("platform", "school", "responsible__user"), pk=pk)


def guarded(request, pk, rule):
    """Return the channel where `rule` lets the person act on it.

    A try by somebody else of the school is refused, and recorded for the channel's managers.
    """
    channel = found(request, pk)
    if not rule(request.membership, channel):
        services.record_refused_attempt(channel, by=request.membership)
        raise PermissionDenied
    return channel


def ask(request, channel, form, title, label, **button):
    """Show a form about a channel."""
    context = {
        "form": form,
        "title": title,
        "label": label,
        "cancel_url": channel.get_absolute_url(),
        "trail": trail_to(channel),
        **button,
    }
    return render(request, "channels_mgmt/form.html", context)


def trail_to(channel):
    """Return the way back to a channel."""
    return [(REGISTER, reverse("channels:channel_list")), (channel.name, channel.get_absolute_url())]


def facts_of(channel):
    """Return the facts of a channel for its page."""
    roles = list(channel.roles.all())
    school = channel.school
    facts = [
        {"label": "Platform", "value": channel.platform.name},
        {"label": "Web address", "value": channel.address or "None", "url": channel.address},
        {"label": "Who can see it", "value": channel.get_audience_display()},
        {"label": "Confirmed", "value": "No: the policy does not say" if channel.must_confirm else "Yes"},
        {"label": "What it is for", "value": channel.purpose},
        {"label": "Managed by", "value": labels_of(school, [row for row in roles if row.manages])},
        {"label": "Who authorises people", "value": labels_of(school, [row for row in roles if row.authorises])},
        {"label": "Most people authorised", "value": channel.most_authorised},
        {"label": "Outside agency", "value": channel.agency},
        {"label": "Responsible for the agency", "value": channel.responsible and channel.responsible.user.name},
    ]
    if channel.managers_need_authorisation:
        facts.append({"label": "Managers", "value": "Each is also authorised by name before acting"})
    return [fact for fact in facts if fact["value"]]


def person_row(row, authorises):
    """Return one authorised person as a row of the page's table."""
    cells = [
        {"text": row.membership.user.name, "hint": row.membership.title},
        row.allows,
        row.starts_on,
        row.ends_on or "No end",
        {"text": row.standing_words, "tone": "good" if row.still_open else "quiet"},
        {"text": row.granted_by.name, "hint": row.reason},
    ]
    revocable = authorises and row.still_open
    revoke_url = reverse("channels:authorisation_revoke", args=[row.pk])
    return [*cells, {"text": f"Revoke for {row.membership.user.name}", "url": revoke_url} if revocable else ""]


def line_row(line, manages):
    """Return one line of a list as a row of the page's table, with the clause that says so."""
    clause = line.clause
    cited = {"text": str(clause), "url": clause.get_absolute_url()} if clause else ""
    example = f"For example: {line.example}" if line.example else ""
    cells = [line.title, {"text": line.text, "hint": example}, cited]
    if manages:
        drop_url = reverse("channels:rule_drop", args=[line.pk])
        cells.append({"text": f"Take off: {line.title}", "url": drop_url})
    return cells
