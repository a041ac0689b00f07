"""The pages of items: the queue, recording one, one item, deciding on it, its captures."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.decorators import needs
from moderation import rules
from moderation.forms import DecisionForm, ImageryForm, ItemForm, QueueFilter
from moderation.models import Capture, Item
from moderation.selectors import DECIDED, LATE, ORDERS, WAITING, open_counts, queue
from moderation.services import record_item
from moderation.wordings import wording_of, wordings_for
from policyportal.lib.attachments import FileRefused, download
from policyportal.lib.paging import page_of
from policyportal.lib.templatetags.portal import span
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to, take

QUEUE = "Moderation"
LONGEST_SNIPPET = 120


@needs("flag_items")
def item_list(request):
    """The queue: what waits, what is late, what was decided."""
    view = request.GET.get("show", WAITING)
    if view not in ORDERS:
        raise Http404
    form = QueueFilter(request.GET, membership=request.membership)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = page_of(queue(request.membership, view, **chosen), request.GET, order=ORDERS[view])
    counts = open_counts(request.membership)
    labels = {WAITING: f"Waiting ({counts.waiting})", LATE: f"Late ({counts.late})", DECIDED: "Decided"}
    context = {
        "form": form,
        "page": page,
        "tabs": [
            {"label": label, "url": f"?{urlencode({'show': name})}", "current": name == view}
            for name, label in labels.items()
        ],
        "view": view,
        "chips": chips_of(request.GET, form, chosen),
        "clear_url": f"{reverse('moderation:item_list')}?{urlencode({'show': view})}",
        "headers": DECIDED_HEADERS if view == DECIDED else WAITING_HEADERS,
        "rows": [decided_row(item) if view == DECIDED else waiting_row(item) for item in page],
        "actions": [("Record something seen", reverse("moderation:item_begin"))],
    }
    return render(request, "moderation/item_list.html", context)


@needs("flag_items")
def item_begin(request):
    """Ask the question before all others; the answer leads to the form that fits."""
    form = ImageryForm(request.GET if "imagery" in request.GET else None)
    if form.is_valid():
        address = reverse("moderation:item_create", args=[form.cleaned_data["imagery"]])
        channel = request.GET.get("channel")
        return redirect(f"{address}?{urlencode({'channel': channel})}" if channel else address)
    context = {
        "form": form,
        "channel": request.GET.get("channel", ""),
        "trail": [(QUEUE, reverse("moderation:item_list"))],
    }
    return render(request, "moderation/item_begin.html", context)


@needs("flag_items")
def item_create(request, imagery):
    """Record something seen on a channel; with no room for a file where a child may be shown."""
    membership = request.membership
    words_only = imagery != Item.Imagery.NO
    form = ItemForm(
        request.POST or None,
        request.FILES or None,
        membership=membership,
        words_only=words_only,
        files_dropped=getattr(request, "files_dropped", False),
        initial={"channel": request.GET.get("channel")},
    )
    if form.is_valid():
        try:
            item = record_item(by=membership, imagery=imagery, **form.cleaned_data)
        except FileRefused as refusal:
            form.add_error("captures", str(refusal))
        else:
            return redirect("moderation:item_recorded", item.pk)
    context = {"form": form, "words_only": words_only, "trail": [(QUEUE, reverse("moderation:item_list"))]}
    return render(request, "moderation/item_create.html", context)


@needs("flag_items")
def item_recorded(request, pk):
    """Say that it is recorded, what happens next, and where to go from here."""
    item = found(request, pk)
    another = f"{reverse('moderation:item_begin')}?{urlencode({'channel': item.channel_id})}"
    context = {"item": item, "another_url": another, "may_decide": rules.can_decide(request.membership, item)}
    return render(request, "moderation/item_recorded.html", context)


@needs("flag_items")
def item_detail(request, pk):
    """One item: how it stands, its facts, its captures, its past."""
    item = found(request, pk)
    context = {
        "item": item,
        "steps": steps_open_to(request.membership, item),
        "facts": facts_of(item),
        "files": [
            {
                "name": capture.original_name,
                "url": reverse("moderation:capture_download", args=[capture.pk]),
                "size": capture.size,
                "at": capture.captured_at,
            }
            for capture in item.captures.all()
        ],
        "author": item.author if item.author and rules.can_see_author(request.membership, item.author) else None,
        "events": timeline_of(item),
        "trail": [(QUEUE, reverse("moderation:item_list"))],
    }
    return render(request, "moderation/item_detail.html", context)


@needs("flag_items")
def item_step(request, pk):
    """Decide on an item: delete, hide, reply or leave, with what each of them asks."""
    step = {step.name: step for step in steps_of(Item)}.get(request.POST.get("step") or request.GET.get("step"))
    if step is None:
        raise Http404
    item = get_object_or_404(
        Item.objects.visible_to(request.membership).select_related("channel", "school", "author", "decided_by"), pk=pk
    )
    if not step.rule(request.membership, item):
        raise PermissionDenied
    initial = {"message_sent": wording_of(item.school, request.GET.get("wording"))}
    form = DecisionForm(request.POST or None, step=step, item=item, initial=initial)
    try:
        if item.status not in step.sources:
            raise TooLate(item)
        if form.is_valid():
            reason = str(form.cleaned_data.get("rule") or "")
            take(step.name, item, request.membership, reason, **form.cleaned_data)
            messages.success(request, f"{step.label}: done and recorded. {DO_IT_THERE[step.name]}")
            return redirect("moderation:item_list")
    except TooLate as late:
        return too_late(request, late.thing)
    except NotAllowed:
        raise PermissionDenied from None
    except Refused as refusal:
        form.add_error(None, refusal.messages)
    context = {
        "item": item,
        "form": form,
        "step": step,
        "wordings": wordings_for(item.school) if "message_sent" in step.sets else [],
        "trail": [(QUEUE, reverse("moderation:item_list")), (str(item), item.get_absolute_url())],
    }
    return render(request, "moderation/item_step.html", context)


@needs("flag_items")
def capture_download(request, pk):
    """One capture, for whoever may read its item."""
    captures = Capture.objects.visible_to(request.membership)
    return download(get_object_or_404(captures.filter(item__in=rules.items_open_to(request.membership)), pk=pk))


DO_IT_THERE = {
    "remove": "Delete it on the platform too.",
    "hide": "Hide it on the platform too.",
    "reply": "Send the reply on the platform too.",
    "leave": "",
}
WAITING_HEADERS = ["What it says", "Channel", "Written by", "Recorded", "Decide by"]
DECIDED_HEADERS = ["What it says", "Channel", "Written by", "Decision", "Time taken"]


def found(request, pk):
    """Return the item that the person may read; any other id is not there."""
    items = rules.items_open_to(request.membership)
    related = ("channel", "school", "author", "rule__clause", "decided_by", "recorded_by")
    return get_object_or_404(items.select_related(*related), pk=pk)


def too_late(request, item):
    """Say who was quicker and what was decided, and give back what the person wrote."""
    item = found(request, item.pk)
    own_words = [request.POST.get(name, "").strip() for name in ("message_sent", "explanation")]
    context = {"item": item, "own_words": "\n\n".join(filter(None, own_words))}
    return render(request, "moderation/too_late.html", context, status=409)


def chips_of(query, form, chosen):
    """Return the filters that are on, each with the address of the list without it."""
    chips = []
    for name, value in chosen.items():
        if value:
            rest = query.copy()
            for key in [key for key in rest if key in (name, "before", "after") or key.startswith(f"{name}_")]:
                del rest[key]
            words = dict(form.fields[name].choices).get(value, value) if name == "kind" else value
            chips.append({"label": f"{form.fields[name].label}: {words}", "url": f"?{rest.urlencode()}"})
    return chips


def opening_of(item):
    """Return the item's first words as the link of its row."""
    words = item.words if len(item.words) <= LONGEST_SNIPPET else f"{item.words[:LONGEST_SNIPPET]}…"
    marks = [item.get_kind_display(), "flagged" if item.flagged else "", "words only" if item.words_only else ""]
    return {"text": words, "url": item.get_absolute_url(), "hint": ", ".join(filter(None, marks))}


def waiting_row(item):
    """Return one undecided item as a row of the queue."""
    return [
        opening_of(item),
        item.channel.name,
        str(item.author or "Not known"),
        item.recorded_at,
        {"due": item.due_at, "hint": "Late" if item.is_late else ""},
    ]


def decided_row(item):
    """Return one decided item as a row of the queue."""
    return [
        opening_of(item),
        item.channel.name,
        str(item.author or "Not known"),
        {"text": item.get_status_display(), "tone": item.status_tone, "hint": str(item.rule or "")},
        {"text": minutes_of(item), "hint": "Past its target" if item.was_late else ""},
    ]


def minutes_of(item):
    """Return the time from recording to decision, in minutes as the policy's report asks, and in words."""
    minutes = int(item.time_taken.total_seconds() // 60)
    return f"{minutes:,} min ({span(item.time_taken)})" if minutes >= 60 else f"{minutes} min"


def facts_of(item):
    """Return the facts of an item for its page."""
    facts = [
        {"label": "Channel", "value": item.channel.name, "url": item.channel.get_absolute_url()},
        {"label": "Kind", "value": item.get_kind_display()},
        {"label": "Link", "value": item.link, "url": item.link},
        {"label": "Seen", "value": item.seen_at},
        {"label": "Recorded", "value": item.recorded_at},
        {"label": "Recorded by", "value": item.recorded_by.name},
        {"label": "Flagged", "value": "By somebody outside the channel's team" if item.flagged else ""},
    ]
    if item.decided_at:
        facts += [
            {"label": "Decision", "value": item.get_status_display()},
            {"label": "Rule", "value": str(item.rule or "")},
            {"label": "Why", "value": item.explanation},
            {"label": "Reply that was sent", "value": item.message_sent},
            {"label": "Decided by", "value": item.decided_by.name},
            {"label": "Decided", "value": item.decided_at},
            {"label": "Time taken", "value": minutes_of(item)},
        ]
    else:
        facts.append({"label": "Decide by", "value": item.due_at})
    return [fact for fact in facts if fact["value"]]
