"""What a parent or carer opens without an account: their own link, or the code on a slip."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac

from policies import parents
from policies.forms.families import LinkForm, SlipForm
from policies.models import Audience
from policies.selectors.families import fingerprint, given_for, shown_to, text_shown
from policies.services import families
from policyportal.lib.workflow import Refused

# Where more wrong codes than these came from one place in this time, a further tick is asked; none is refused.
MANY = 10
MANY_WITHIN_SECONDS = 5 * 60


@login_not_required
def acknowledge_by_link(request, token):
    """Read what the policy asks of families, tick three statements, confirm; afterwards, thanks.

    What was ticked about other words than those of now is asked again: a page may have stood open over a new version.
    Nothing on it names a child: a mail is forwarded easily. Every link that opens nothing is answered alike.
    """
    asked = parents.request_in(token)
    if asked is None:
        return render(request, "policies/by_link_over.html", status=404)
    version, school = asked.campaign.version, asked.campaign.school
    context = {"school": school, "version": version, "carer": asked.carer, "page_url": school.get_absolute_url()}
    given = given_for(version, school, Audience.PARENTS).filter(carer=asked.carer).first()
    if given is not None:
        return render(request, "policies/by_link_thanks.html", {**context, "given": given})
    if not parents.is_current(asked):
        return render(request, "policies/by_link_replaced.html", context)
    words = fingerprint(text_shown(version, school, Audience.PARENTS))
    form = LinkForm(request.POST or None, words=words)
    if form.is_about_other_words():
        context["changed"] = True
        form = LinkForm(words=words)
    elif form.is_valid():
        try:
            families.acknowledge_by_link(asked, **form.statements())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            return redirect("policies:acknowledge_by_link", token)
    context |= {"form": form, "parts": shown_to(version, school, Audience.PARENTS), "due_on": asked.campaign.due_on}
    return render(request, "policies/by_link.html", context)


@login_not_required
def slip(request):
    """Type the code of a printed slip."""
    key = f"slips:{salted_hmac('policies.slips', request.META.get('REMOTE_ADDR', ''), algorithm='sha256').hexdigest()}"
    form = SlipForm(request.POST or None, many_came=cache.get(key, 0) >= MANY)
    if form.is_valid():
        asked = parents.request_of_code(form.cleaned_data["code"])
        if asked is not None:
            return redirect(reverse("policies:acknowledge_by_link", args=[parents.token_of(asked)]))
        cache.add(key, 0, MANY_WITHIN_SECONDS)
        cache.incr(key)
        form.add_error(
            "code", "This code opens nothing. Look at the slip again, or ask the school office for a new one"
        )
    return render(request, "policies/slip.html", {"form": form})
