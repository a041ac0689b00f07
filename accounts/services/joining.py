"""The verbs on joining: add a person, send an invitation again, withdraw it, accept it."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import inviting, posts
from accounts.models import Invitation, Membership, User
from accounts.rules import can_invite
from accounts.selectors import works_in
from accounts.services.people import give_post, register_person
from policyportal.lib.workflow import NotAllowed, Refused, save_as

OVER = "This invitation has been used or withdrawn, or its time is over."


@transaction.atomic
def add_person(*, name: str, email: str, by: Membership, **details: Any) -> Membership:
    """Register somebody, give them a post in the school that `by` works in, and return it.

    Whoever works in this school has the post at once; everybody else is asked to take it up by an invitation,
    whether the portal knows their address or not. Tells the person. Refuses what `give_post` refuses.
    """
    user = register_person(email=email, name=name, by=by)
    here = works_in(user, by.school)
    typed = "" if here else name.strip()
    post = give_post(user=user, school=by.school, by=by, taken_up=here, typed_name=typed, **details)
    if not here:
        inviting.invite(post, by)
    return post


@transaction.atomic
def send_invitation(post: Membership, *, by: Membership) -> Invitation:
    """Ask a person again to take up a post, and return the invitation; the one before is withdrawn.

    Tells the person. Refuses whoever may not give such a post, and a post that was taken up or has ended.
    """
    if not can_invite(by, posts.locked(post)):
        raise NotAllowed("invite to this post")
    return inviting.invite(post, by)


@transaction.atomic
def withdraw_invitation(post: Membership, *, by: Membership) -> Invitation:
    """Withdraw the open invitation to a post: its link opens nothing from now on.

    Tells nobody. Refuses whoever may not give such a post, and a post without an open invitation.
    """
    if not can_invite(by, posts.locked(post)):
        raise NotAllowed("withdraw this invitation")
    invitation = inviting.withdraw_open(post, by, "Withdrawn")
    if invitation is None:
        raise Refused("There is no invitation to withdraw.")
    return invitation


@transaction.atomic
def accept_invitation(invitation_id: UUID, *, user: User, password: str = "") -> Membership:
    """Take up the one post that an invitation is for, and return it; nothing else that awaits the person changes.

    A person who has not joined joins with it, with `password` where they chose one. Tells nobody. Refuses anybody
    but the person invited, an invitation that is over, and a password for somebody who has one.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).waiting().filter(pk=invitation_id).first()
    if invitation is None:
        raise Refused(OVER)
    post = posts.locked(invitation.post)
    if post.user_id != user.pk:
        raise NotAllowed("accept somebody else's invitation")
    person = User.objects.select_for_update().get(pk=user.pk)
    if person.joined_at is None:
        person.joined_at = timezone.now()
        if password:
            person.set_password(password)
        save_as(person, person, "Joined")
    elif password:
        raise Refused("Sign in with the password that you have.")
    post.user = person
    invitation.accepted_at = post.accepted_at = timezone.now()
    save_as(invitation, person, "Accepted")
    save_as(post, person, "Taken up")
    return post
