"""The induction pack: what is in it, confirming an item, and who of those who joined still owes what."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.decorators import needs
from policies import services
from policies.forms import InductionItemForm
from policies.models import InductionItem
from policies.selectors.induction import joiners_of, left_to_choose, owed_by, pack_of
from policies.views.found import trail
from policyportal.lib.templatetags.portal import counted
from policyportal.lib.workflow import NotAllowed, Refused


@needs("manage_induction")
def induction_pack(request):
    """What joiners read and confirm, and who of them still owes what."""
    school = request.membership.school
    items = list(pack_of(school))
    joiners = joiners_of(school) if items else []
    context = {
        "item_headers": ["Item", "For", "Due", "Asked"],
        "item_rows": [
            [
                {"text": item.title, "url": reverse("policies:induction_item_edit", args=[item.pk])},
                ", ".join(school.label_of(role) for role in item.roles) or "Everybody who joins",
                f"{counted(item.days, 'day')} after the first day",
                {"text": "Yes", "tone": "good"} if item.in_use else {"text": "No longer", "tone": ""},
            ]
            for item in items
        ],
        "offered": left_to_choose(school),
        "joiner_headers": ["Name", "First day", "Confirmed", "Still open", "Due"],
        "joiner_rows": [
            [
                joiner.post.person_name,
                joiner.post.starts_on,
                f"{joiner.asked - len(joiner.open_titles)} of {joiner.asked}",
                ", ".join(joiner.open_titles) or "Nothing",
                {"due": joiner.due} if joiner.due else "",
            ]
            for joiner in joiners
            if joiner.asked
        ],
        "actions": [("Add an item", reverse("policies:induction_item_create"))],
        "trail": trail(),
    }
    return render(request, "policies/induction_pack.html", context)


@needs("manage_induction")
def induction_item_create(request):
    """Put an item into the pack; one that is offered comes with its words."""
    title = request.GET.get("title", "")
    found = next((each for each in left_to_choose(request.membership.school) if each.title == title), None)
    first = {"title": found.title, "text": found.text, "link": found.link} if found else {}
    return edited(request, None, first)


@needs("manage_induction")
def induction_item_edit(request, pk):
    """Change an item, or take it out of use."""
    item = get_object_or_404(InductionItem.objects.visible_to(request.membership), pk=pk)
    return edited(request, item, {})


@needs("acknowledge_policies")
def induction_item(request, pk):
    """Read one item of one's own induction and confirm it with one press."""
    owing = next((each for each in owed_by(request.membership) if each.item.pk == pk), None)
    if owing is None:
        raise Http404
    if request.method == "POST":
        try:
            services.confirm_induction(owing.item, by=request.membership)
        except NotAllowed as refusal:
            raise Http404 from refusal
        messages.success(request, "Thank you. It is confirmed.")
        return redirect("portal:induction")
    return render(request, "policies/induction_item.html", {"owing": owing})


def edited(request, item, first):
    """Answer the form of a new item or of one that is there."""
    form = InductionItemForm(request.POST or None, instance=item, initial=first, membership=request.membership)
    if form.is_valid():
        try:
            if item:
                services.edit_induction_item(item, by=request.membership, **form.cleaned_data)
            else:
                services.add_induction_item(by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The induction pack is changed.")
            return redirect("policies:induction_pack")
    context = {
        "title": "Change an item" if item else "Add an item",
        "text": "Joiners find it among their first steps, read it and confirm it. The words they see are kept.",
        "form": form,
        "label": "Save item",
        "back_url": reverse("policies:induction_pack"),
        "trail": [*trail(), ("Induction pack", reverse("policies:induction_pack"))],
    }
    return render(request, "policies/form.html", context)
