"""Invitations: one school, one post, once, in time; nothing of anybody else is opened, told or changed by one."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.inviting import invite, token_of
from accounts.models import Invitation, Membership, Role, User
from accounts.services import (
    accept_invitation,
    add_person,
    end_post,
    give_post,
    register_person,
    send_invitation,
    withdraw_invitation,
)
from policyportal.lib.dates import today
from policyportal.lib.models import OutboxMail
from policyportal.lib.outbox import drain
from policyportal.lib.workflow import NotAllowed, Refused

PASSWORD = "three plain unlikely words"
CHOSEN = {"password": PASSWORD, "again": PASSWORD}
NEWCOMER = {
    "name": "Nia Nowak",
    "email": "nia@example.org",
    "role": "teacher",
    "employment": "full_time",
    "starts_on_day": "1",
    "starts_on_month": "9",
    "starts_on_year": "2026",
}
ACCEPT = "/invitation/"


def invited(cast, school="oakfield", email="nia@example.org", **details):
    """Return the post of somebody whom the head of a school has just added."""
    head = cast.post(Role.HEADTEACHER, school)
    return add_person(name="Nia Nowak", email=email, by=head, **({"role": Role.TEACHER} | details))


def link_to(post):
    """Return the path in the link of the open invitation to a post."""
    return reverse("accounts:invitation_open", args=[token_of(Invitation.objects.waiting().get(post=post))])


def standing(post):
    post.refresh_from_db()
    return post.accepted_at


def test_adding_somebody_gives_a_post_that_opens_nothing_and_sends_a_link(cast):
    cast.client("headteacher").post("/people/new/", NEWCOMER)
    post = Membership.objects.get(user__email="nia@example.org")
    assert post.accepted_at is None
    assert not Membership.objects.open().filter(pk=post.pk).exists()
    drain()
    [message] = mail.outbox
    assert message.to == ["nia@example.org"]
    assert "The link works once" in message.body
    path = re.search(r"https?://[^/]+(/invitation/\S+)", message.body)[1]
    assert Client().get(path).url == ACCEPT


def test_no_table_holds_the_secret_of_a_link(cast):
    post = invited(cast)
    drain()
    secret = re.search(r"/invitation/(\S+)/", mail.outbox[0].body)[1]
    held = [repr(row) for model in (OutboxMail, Invitation, Membership, User) for row in model.objects.values()]
    held += [repr(row) for model in (Invitation, Membership) for row in model.history.values()]
    assert Invitation.objects.get(post=post)
    assert not [row for row in held if secret in row or secret.split(":")[-1] in row]


def test_the_link_leaves_the_address_at_once_and_the_page_says_what_is_taken_up(cast):
    post, client = invited(cast, job_title="Class teacher"), Client()
    moved = client.get(link_to(post))
    assert (moved.status_code, moved.url) == (302, ACCEPT)
    page = client.get(ACCEPT).content.decode()
    for words in ("Oakfield Primary School", "Class teacher", "nia@example.org"):
        assert words in page
    assert standing(post) is None


def test_whoever_is_new_chooses_a_password_is_signed_in_and_holds_the_post(cast):
    post, client = invited(cast), Client()
    client.get(link_to(post))
    assert client.post(ACCEPT, CHOSEN).url == "/"
    assert standing(post) is not None
    user = User.objects.get(pk=post.user_id)
    assert user.check_password(PASSWORD)
    assert user.joined_at is not None
    page = client.get("/").content.decode()
    assert "Nia Nowak" in page
    assert "Oakfield Primary School" in page
    assert post.history.first().history_user_id == user.pk


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "password1234", "again": "password1234"}, "password"),
        ({"password": PASSWORD, "again": "another of the kind"}, "again"),
        ({"password": ""}, "password"),
    ],
)
def test_a_weak_or_mistyped_password_joins_nobody(cast, typed, field):
    post, client = invited(cast), Client()
    client.get(link_to(post))
    response = client.post(ACCEPT, typed)
    assert field in response.context["form"].errors
    assert standing(post) is None
    assert not User.objects.get(pk=post.user_id).has_usable_password()


def broken_links(cast):
    """Return a link of each kind that opens nothing."""
    used, withdrawn, expired, ended, replaced, good = (
        invited(cast, email=f"{kind}@example.org") for kind in ("a", "b", "c", "d", "e", "f")
    )
    links = {
        "used": link_to(used),
        "withdrawn": link_to(withdrawn),
        "expired": link_to(expired),
        "of an ended post": link_to(ended),
        "replaced": link_to(replaced),
    }
    accept_invitation(Invitation.objects.get(post=used).pk, user=used.user, password=PASSWORD)
    withdraw_invitation(withdrawn, by=cast.headteacher)
    late = Invitation.objects.get(post=expired)
    late.expires_at = timezone.now() - timedelta(seconds=1)
    late.save()
    end_post(ended, by=cast.headteacher, last_day=today(), reason="A mistake")
    ended.refresh_from_db()
    ended.starts_on = ended.ends_on = today() - timedelta(days=1)
    ended.save()
    send_invitation(replaced, by=cast.headteacher)
    right = link_to(good)
    links["cut short"] = right[:-6] + "/"
    links["with another id"] = right.replace(right.split("/")[2].split(":")[0], "ImZvcmdlZCI")
    links["made up"] = "/invitation/anything/"
    links["an id alone"] = f"/invitation/{Invitation.objects.get(post=good).pk}/"
    return links


def test_every_link_that_opens_nothing_is_answered_with_the_same_page(cast):
    answers = {}
    for kind, path in broken_links(cast).items():
        client = Client()
        response = client.get(path)
        answers[kind] = (response.status_code, response.content)
        assert client.get(ACCEPT).status_code == 404, kind
        assert client.post(ACCEPT, CHOSEN).status_code == 404, kind
    assert len(set(answers.values())) == 1
    status, page = answers["made up"]
    assert status == 404
    assert "to send you a new one" in page.decode()


def test_a_token_signed_for_another_purpose_is_no_invitation(cast):
    from_elsewhere = token_of(Invitation.objects.get(post=invited(cast)))
    assert Client().get(f"/invitation/{from_elsewhere[:-1]}x/").status_code == 404


@pytest.mark.parametrize("after", ["withdrawn", "expired", "used"])
def test_an_invitation_that_ends_while_its_page_is_open_takes_up_nothing(cast, after):
    post, client = invited(cast), Client()
    client.get(link_to(post))
    invitation = Invitation.objects.get(post=post)
    if after == "withdrawn":
        withdraw_invitation(post, by=cast.headteacher)
    elif after == "expired":
        invitation.expires_at = timezone.now()
        invitation.save()
    else:
        accept_invitation(invitation.pk, user=post.user, password="another unlikely password")
    assert client.post(ACCEPT, CHOSEN).status_code == 404
    assert (standing(post) is None) == (after != "used")
    assert not User.objects.get(pk=post.user_id).check_password(PASSWORD)


def test_somebody_who_has_joined_signs_in_first_and_then_takes_up_the_post(cast):
    teacher, client = cast.user(Role.TEACHER, "riverside"), Client()
    post = invited(cast, email=teacher.email)
    client.get(link_to(post))
    page = client.get(ACCEPT)
    assert page.context["sign_in_url"] == "/sign-in/?next=/invitation/"
    assert client.post(ACCEPT, CHOSEN).status_code == 200
    assert standing(post) is None
    assert not User.objects.get(pk=teacher.pk).check_password(PASSWORD)
    client.force_login(teacher)
    client.get(link_to(post))
    assert "Take up this post" in client.get(ACCEPT).content.decode()
    assert client.post(ACCEPT).url == "/"
    assert standing(post) is not None
    assert "Oakfield Primary School" in client.get("/").content.decode()


def test_somebody_signed_in_as_another_person_is_told_so_and_nothing_happens(cast):
    post, client = invited(cast), cast.client("office")
    client.get(link_to(post))
    for response in (client.get(ACCEPT), client.post(ACCEPT, CHOSEN)):
        page = response.content.decode()
        assert "for somebody else" in page
        assert "You are signed in as Olive Oakfield" in page
        assert "nia@example.org" not in page
    assert standing(post) is None
    with pytest.raises(NotAllowed):
        accept_invitation(Invitation.objects.get(post=post).pk, user=cast.user("office"))


def test_an_invitation_to_one_school_takes_up_nothing_in_another(cast):
    """The person waits for two schools; the link of the one mints that one alone, and the other's stays open."""
    ours, theirs = invited(cast), invited(cast, school="riverside")
    another = invited(cast, role=Role.GOVERNOR)
    client = Client()
    client.get(link_to(ours))
    client.post(ACCEPT, CHOSEN)
    assert standing(ours) is not None
    assert standing(theirs) is None
    assert standing(another) is None
    assert Invitation.objects.waiting().filter(post__in=(theirs, another)).count() == 2
    assert {post.school_id for post in Membership.objects.open().filter(user=ours.user)} == {ours.school_id}
    assert client.get("/school/choose/").context["posts"] == [ours]


def test_an_unaccepted_post_opens_nothing_to_somebody_who_is_signed_in_elsewhere(cast):
    head = cast.user(Role.HEADTEACHER, "riverside")
    post = invited(cast, email=head.email, role=Role.OFFICE)
    client = cast.client("headteacher", "riverside")
    assert client.post("/school/choose/", {"post": str(post.pk)}).status_code == 404
    assert cast.school().name not in client.get("/school/choose/").content.decode()


def test_a_second_press_takes_up_nothing_twice(cast):
    post, client = invited(cast), Client()
    client.get(link_to(post))
    client.post(ACCEPT, CHOSEN)
    assert client.post(ACCEPT, CHOSEN).status_code == 404
    with pytest.raises(Refused, match="used or withdrawn"):
        accept_invitation(Invitation.objects.get(post=post).pk, user=post.user)
    assert post.history.count() == 2


def normalised(response, email):
    """Return a page without what may differ between two people: ids, tokens, the address that was typed."""
    body = response.content.decode().replace(email, "ADDRESS")
    told = r"[0-9a-f]{8}-[0-9a-f-]{27}|csrfmiddlewaretoken\" value=\"\w+\"|<time[^>]*>[^<]*</time>|history/\S+"
    return re.sub(told, "x", body)


def test_a_known_address_is_answered_exactly_like_an_unknown_one(cast):
    """Status, headers and bodies: of the answer itself, the person's page, the list and the history."""
    answers = []
    for email in (cast.user(Role.DSL, "riverside").email, "dinahh@riverside.example"):
        mark = transaction.savepoint()
        client = cast.client("headteacher")
        response = client.post("/people/new/", NEWCOMER | {"email": email})
        post = Membership.objects.get(user__email=email, school__slug="oakfield")
        pages = [client.get(path) for path in (response.url, "/people/?invited=on", "/history/")]
        answers.append([response.status_code, *(normalised(page, email) for page in pages)])
        assert [page.status_code for page in pages] == [200, 200, 200]
        assert "Dinah Riverside" not in "".join(map(str, answers[-1]))
        assert Invitation.objects.filter(post=post).exists()
        # The second is asked of the school as it was before the first.
        transaction.savepoint_rollback(mark)
    for known, unknown in zip(*answers, strict=True):
        assert known == unknown


def test_a_person_known_elsewhere_is_called_as_typed_until_they_come(cast):
    dinah = cast.user(Role.DSL, "riverside")
    post = invited(cast, email=dinah.email)
    head = cast.client("headteacher")
    for path in (post.get_absolute_url(), "/people/", "/people/?invited=on"):
        page = head.get(path).content.decode()
        assert "Nia Nowak" in page
        assert "Dinah Riverside" not in page
    accept_invitation(Invitation.objects.get(post=post).pk, user=dinah)
    assert "Dinah Riverside" in head.get(post.get_absolute_url()).content.decode()


def test_managers_see_who_has_not_joined_send_again_and_withdraw(cast):
    post, head = invited(cast), cast.client("headteacher")
    first = link_to(post)
    assert [row[0]["text"] for row in head.get("/people/?invited=on").context["rows"]] == ["Nia Nowak"]
    assert "Not yet" in head.get("/people/").content.decode()
    assert "Not yet" not in cast.client("teacher").get("/people/").content.decode()
    page = head.get(post.get_absolute_url()).content.decode()
    assert "Send invitation again" in page
    assert head.post(f"{post.get_absolute_url()}invite/").url == post.get_absolute_url()
    assert Client().get(first).status_code == 404
    second = link_to(post)
    assert head.post(f"{post.get_absolute_url()}invitation/withdraw/").url == post.get_absolute_url()
    assert Client().get(second).status_code == 404
    page = head.get(post.get_absolute_url()).content.decode()
    assert "Invitation withdrawn" in page
    assert "Withdraw invitation</button>" not in page
    assert (
        "no invitation to withdraw"
        in head.post(f"{post.get_absolute_url()}invitation/withdraw/", follow=True).content.decode()
    )


def test_a_withdrawn_invitation_is_not_mailed_any_more(cast):
    post = invited(cast)
    withdraw_invitation(post, by=cast.headteacher)
    drain()
    assert mail.outbox == []


@pytest.mark.parametrize("role", [Role.TEACHER, Role.OFFICE, Role.GOVERNOR, Role.DEPUTY_HEAD])
def test_nobody_else_sends_or_withdraws(cast, role):
    post, client = invited(cast), cast.client(role)
    assert client.post(f"{post.get_absolute_url()}invite/").status_code == 404
    assert client.post(f"{post.get_absolute_url()}invitation/withdraw/").status_code == 404
    for verb in (send_invitation, withdraw_invitation):
        with pytest.raises(NotAllowed):
            verb(post, by=cast.post(role))
    assert Invitation.objects.filter(post=post).count() == 1


def test_whoever_manages_people_of_another_school_invites_nobody_here(cast):
    post = invited(cast)
    other = cast.client("headteacher", "elmwood")
    assert other.post(f"{post.get_absolute_url()}invite/").status_code == 404
    with pytest.raises(NotAllowed):
        send_invitation(post, by=cast.post(Role.HEADTEACHER, "elmwood"))


def test_a_post_that_was_taken_up_or_has_ended_is_not_invited_to(cast):
    with pytest.raises(Refused, match="taken up this post already"):
        invite(cast.teacher)
    post = invited(cast)
    post.starts_on = post.ends_on = today() - timedelta(days=1)
    post.save()
    with pytest.raises(Refused, match="has ended"):
        invite(post)


def test_somebody_who_works_here_already_holds_a_second_post_at_once(cast):
    cast.client("headteacher").post("/people/new/", NEWCOMER | {"email": "tara@oakfield.example", "role": "governor"})
    post = Membership.objects.get(user=cast.user(Role.TEACHER), role=Role.GOVERNOR)
    assert post.accepted_at is not None
    assert not Invitation.objects.filter(post=post).exists()


def test_a_post_that_begins_later_says_so_to_whoever_has_taken_it_up(cast):
    post, client = invited(cast, starts_on=today() + timedelta(days=9)), Client()
    client.get(link_to(post))
    client.post(ACCEPT, CHOSEN)
    page = client.get("/", follow=True).content.decode()
    assert "Your post begins on" in page
    assert "Oakfield Primary School" in page


def test_the_mail_says_how_long_an_invitation_lasts():
    assert timedelta(days=14) == Invitation.LASTS
    assert "for fourteen days" in Path("templates/lib/mail_invitation.txt").read_text()


def test_listing_fifty_people_who_have_not_joined_takes_as_many_queries_as_listing_one(cast):
    head = cast.client("headteacher")
    invited(cast)
    head.get("/people/?invited=on")
    with CaptureQueriesContext(connection) as few:
        assert len(head.get("/people/?invited=on").context["rows"]) == 1
    for number in range(49):
        user = register_person(email=f"n{number}@example.org", name=f"N {number:02}")
        invite(give_post(user=user, school=cast.school(), role=Role.TEACHER, taken_up=False))
    with CaptureQueriesContext(connection) as many:
        assert len(head.get("/people/?invited=on").context["rows"]) == 25
    assert len(many) == len(few)
