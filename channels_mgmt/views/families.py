"""The pages on which a family declares a link without an account, and the form that the office hands out."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.decorators import needs
from channels_mgmt import links
from channels_mgmt.forms import FamilyLinkForm
from channels_mgmt.selectors import schools_asking, who_decides
from channels_mgmt.views.links import asking, own_trail, token_of

# Where more than these came from one address in this time, a further tick is asked; none is refused.
MANY = 5
MANY_WITHIN_SECONDS = 60 * 60


@login_not_required
def public_link(request, slug):
    """Declare a link between one's child and an adult at the school [GRA-50, GRA-51]."""
    school = get_object_or_404(schools_asking(), slug=slug)
    key = key_of_sender(request, school)
    form = FamilyLinkForm(request.POST or None, many_came=cache.get(key, 0) >= MANY)
    token = token_of(request)
    if form.is_valid():
        links.declare_link_by_family(school=school, form_token=token, **form.facts())
        cache.add(key, 0, MANY_WITHIN_SECONDS)
        cache.incr(key)
        return redirect("channels:public_link_thanks", slug)
    context = {"school": school, "form": form, "token": token, "deciding": who_decides(school)}
    return render(request, "channels_mgmt/link_public.html", context)


@login_not_required
def public_link_thanks(request, slug):
    """Say what happens now; nothing of what was written is shown again."""
    school = get_object_or_404(schools_asking(), slug=slug)
    return render(request, "channels_mgmt/link_thanks.html", {"school": school, "deciding": who_decides(school)})


@needs("hand_out_links_form")
def link_notice(request):
    """The words and the address that the office gives to families when a child joins, to print or copy."""
    school = request.membership.school
    asking(school)
    address = request.build_absolute_uri(reverse("channels:public_link", args=[school.slug]))
    context = {"address": address, "deciding": who_decides(school), "trail": own_trail()}
    return render(request, "channels_mgmt/link_notice.html", context)


def key_of_sender(request, school):
    """Return where the declarations from one address are counted: a keyed hash, so that no address is kept."""
    source = f"{school.pk}:{request.META.get('REMOTE_ADDR', '')}"
    return f"links-declared:{salted_hmac('channels.links_declared', source, algorithm='sha256').hexdigest()}"
