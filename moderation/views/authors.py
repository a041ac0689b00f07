"""The pages of those who wrote on a channel: what they wrote, what was said to them, blocks."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.decorators import needs
from channels_mgmt.forms import ReasonForm
from moderation import rules
from moderation.forms import BlockForm, ContactForm, OutcomeForm
from moderation.models import Author, Block, Contact
from moderation.selectors import author_record
from moderation.services import block_author, note_outcome, record_contact
from moderation.strikes import strikes_of
from moderation.views.items import QUEUE
from moderation.wordings import wording_of, wordings_for
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to, take


@needs("flag_items")
def author_detail(request, pk):
    """An outside account: what it wrote, what was said to it, its blocks."""
    author = found(request, pk)
    record = author_record(author)
    handles = rules.can_handle_author(request.membership, author)
    current = next((block for block in record["blocks"] if block.is_open), None)
    strikes = strikes_of(author).count()
    context = {
        "author": author,
        "current": current,
        "steps": steps_open_to(request.membership, current) if current else [],
        "actions": actions_on(author, current) if handles else [],
        "facts": [
            {"label": "Channel", "value": author.channel.name, "url": author.channel.get_absolute_url()},
            {
                "label": "Against the rules",
                "value": f"{strikes} of the {author.school.block_threshold} after which a block is proposed",
            },
        ],
        "item_headers": ["What it says", "Recorded", "Status", "Rule"],
        "items": [
            [
                {"text": item.words[:120], "url": item.get_absolute_url()},
                item.recorded_at,
                {"text": item.get_status_display(), "tone": item.status_tone},
                str(item.rule or ""),
            ]
            for item in record["items"]
        ],
        "contacts": record["contacts"],
        "handles": handles,
        "blocks": record["blocks"],
        "events": timeline_of(record["blocks"][0]) if record["blocks"] else [],
        "trail": [(QUEUE, reverse("moderation:item_list"))],
    }
    return render(request, "moderation/author_detail.html", context)


@needs("flag_items")
def contact_create(request, pk):
    """Record a courteous attempt to settle something with an author."""
    author = guarded(request, pk)
    initial = {"made_at": timezone.now(), "words": wording_of(author.school, request.GET.get("wording"))}
    form = ContactForm(request.POST or None, initial=initial)
    if form.is_valid():
        record_contact(author, by=request.membership, **form.cleaned_data)
        messages.success(request, "The contact is recorded.")
        return redirect(author)
    context = {
        "form": form,
        "author": author,
        "wordings": wordings_for(author.school),
        "trail": trail_to(author),
    }
    return render(request, "moderation/contact_create.html", context)


@needs("flag_items")
def contact_outcome(request, pk):
    """Note what came of a contact."""
    contact = get_object_or_404(Contact.objects.visible_to(request.membership), pk=pk)
    author = guarded(request, contact.author_id)
    form = OutcomeForm(request.POST or None, initial={"outcome": contact.outcome})
    if form.is_valid():
        note_outcome(contact, by=request.membership, outcome=form.cleaned_data["outcome"])
        messages.success(request, "What came of it is noted.")
        return redirect(author)
    context = {"form": form, "contact": contact, "author": author, "trail": trail_to(author)}
    return render(request, "moderation/contact_outcome.html", context)


@needs("flag_items")
def block_create(request, pk):
    """Block an author: the contact that came first, the reason, the day to look again, another way to the school."""
    author = guarded(request, pk)
    contacts = list(author.contacts.select_related("made_by"))
    form = BlockForm(request.POST or None, author=author, has_contact=bool(contacts))
    if form.is_valid():
        try:
            block_author(author, by=request.membership, reason=form.cleaned_data["reason"], **form.facts())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        except TooLate as late:
            return render(request, "moderation/block_too_late.html", {"late": late, "author": author}, status=409)
        else:
            messages.success(request, f"{author} is blocked. Block the account on the platform too.")
            return redirect(author)
    context = {"form": form, "author": author, "contacts": contacts, "trail": trail_to(author)}
    return render(request, "moderation/block_create.html", context)


@needs("flag_items")
def block_step(request, pk):
    """Decline or lift a block, with the reason; confirming asks more and has its own page."""
    block = get_object_or_404(
        Block.objects.visible_to(request.membership).select_related("author__channel", "author__school"), pk=pk
    )
    step = {step.name: step for step in steps_of(Block)}.get(request.POST.get("step") or request.GET.get("step"))
    if step is None:
        raise Http404
    if not step.rule(request.membership, block):
        raise PermissionDenied
    if step.sets:
        return redirect("moderation:block_create", block.author_id)
    form = ReasonForm(request.POST or None)
    try:
        if block.status not in step.sources:
            raise TooLate(block)
        if form.is_valid():
            block = take(step.name, block, request.membership, form.cleaned_data["reason"])
            messages.success(request, f"{block.author}: {block.get_status_display().lower()}.")
            return redirect(block)
    except TooLate as late:
        context = {"late": late, "author": block.author}
        return render(request, "moderation/block_too_late.html", context, status=409)
    except NotAllowed:
        raise PermissionDenied from None
    context = {
        "form": form,
        "step": step,
        "author": block.author,
        "title": f"{step.label}: {block.author}?",
        "trail": trail_to(block.author),
    }
    return render(request, "moderation/block_step.html", context)


def found(request, pk):
    """Return the author that the person may look at; any other id is not there."""
    authors = rules.authors_open_to(request.membership)
    return get_object_or_404(authors.select_related("channel", "school"), pk=pk)


def guarded(request, pk):
    """Return the author where the person moderates the channel; others of the school get 403."""
    author = get_object_or_404(
        Author.objects.visible_to(request.membership).select_related("channel__school", "school"), pk=pk
    )
    if not rules.can_handle_author(request.membership, author):
        raise PermissionDenied
    return author


def actions_on(author, current):
    """Return what a moderator may do besides the steps of a block."""
    actions = [("Record contact", reverse("moderation:contact_create", args=[author.pk]))]
    if current is None:
        actions.append(("Block this account", reverse("moderation:block_create", args=[author.pk])))
    return actions


def trail_to(author):
    """Return the way back to an author."""
    return [(QUEUE, reverse("moderation:item_list")), (author.handle, author.get_absolute_url())]
