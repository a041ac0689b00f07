"""The verbs on accounts of Google and Microsoft: link one, unlink it, and say whose may be linked.

Joining is by invitation. Somebody who is signed in links an account; from then on only its key opens the door
(Google's issuer and subject, Microsoft's tenant and object), never an e-mail address: anybody can give an account
of their own the address of a headteacher.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import Membership, Role, School, User
from accounts.notifications import notify
from accounts.rules import holds
from policyportal.lib.workflow import NotAllowed, Refused, save_as

GOOGLE = "google"
MICROSOFT = "microsoft-"
# Every private account of Microsoft lives in this tenant.
PRIVATE_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
MOST_ENTRIES = 20
NOT_LINKED = "That account was not linked. It must be an account of your school, and nobody else’s."
LAST_WAY = "This is your only way of signing in. Set a password or add a passkey first."


@dataclass(frozen=True)
class Provider:
    """Where accounts may come from: Google, or one tenant of Microsoft."""

    id: str
    label: str
    issuer: str
    client_id: str
    secret: str
    # The claim that names the account; with the issuer it is the whole key.
    key: str


def providers() -> list[Provider]:
    """Return where accounts may come from: what this portal has a client id for and a school has listed."""
    if not (settings.GOOGLE_CLIENT_ID or settings.MICROSOFT_CLIENT_ID):
        return []
    found = []
    tenants: dict[str, list[str]] = {}
    listed = School.objects.order_by("name").values_list("short_name", "google_domains", "microsoft_tenants")
    google = False
    for name, domains, ids in listed:
        google = google or bool(domains)
        for tenant in ids:
            tenants.setdefault(tenant, []).append(name)
    if google and settings.GOOGLE_CLIENT_ID:
        found.append(
            Provider(
                id=GOOGLE,
                label="Google",
                issuer=settings.GOOGLE_ISSUER,
                client_id=settings.GOOGLE_CLIENT_ID,
                secret=settings.GOOGLE_CLIENT_SECRET,
                key="sub",
            )
        )
    if settings.MICROSOFT_CLIENT_ID:
        found += [
            Provider(
                id=MICROSOFT + tenant,
                label="Microsoft" if len(tenants) == 1 else f"Microsoft ({', '.join(names)})",
                issuer=settings.MICROSOFT_ISSUER.format(tenant=tenant),
                client_id=settings.MICROSOFT_CLIENT_ID,
                secret=settings.MICROSOFT_CLIENT_SECRET,
                key="oid",
            )
            for tenant, names in tenants.items()
        ]
    return found


def company_of(provider_id: str) -> str:
    """Return whose accounts these are, for somebody to read."""
    return "Google" if provider_id == GOOGLE else "Microsoft"


def lists(school: School, provider_id: str) -> bool:
    """Tell whether accounts from there may be linked at a school."""
    if provider_id == GOOGLE:
        return bool(school.google_domains)
    return provider_id.removeprefix(MICROSOFT) in school.microsoft_tenants


def address_in(claims: Mapping[str, Any]) -> str:
    """Return the address of an account as its owner may be shown it, and no more than that."""
    email = claims.get("email")
    return email[:254] if isinstance(email, str) else ""


def welcoming(user: User, provider_id: str, claims: Mapping[str, Any]) -> School | None:
    """Return a school where `user` holds an open post that lets in this account, or None. Asked at every sign-in.

    Google: `hd` is one of the school's domains and the address is really verified. Microsoft: `tid` is one of the
    school's tenants, the one that was asked, and `iss` is of that same tenant.
    """
    posts = Membership.objects.open().filter(user=user)
    schools = School.objects.filter(pk__in=posts.values("school_id"))
    if provider_id == GOOGLE:
        # The words "true" and "false" are both no answer.
        if claims.get("email_verified") is not True:
            return None
        wanted = claims.get("hd")
        return next((school for school in schools if wanted in school.google_domains), None)
    tenant = provider_id.removeprefix(MICROSOFT)
    if claims.get("tid") != tenant or claims.get("iss") != settings.MICROSOFT_ISSUER.format(tenant=tenant):
        return None
    return next((school for school in schools if lists(school, provider_id)), None)


def may_sign_in(user: User | None, provider_id: str, claims: Mapping[str, Any]) -> bool:
    """Tell whether the person to whom this account is linked may sign in with it today."""
    return user is not None and user.is_active and welcoming(user, provider_id, claims) is not None


@transaction.atomic
def link_account(user: User, *, provider_id: str, uid: str, claims: Mapping[str, Any]) -> SocialAccount:
    """Link an account to `user`, who is signed in, and return the link.

    Tells the person. Refuses, always in the same words, an account that no school of theirs lets in, one that is
    linked to anybody already, and a second one of the same provider.
    """
    held = User.objects.select_for_update().get(pk=user.pk)
    school = welcoming(held, provider_id, claims) if held.is_active else None
    known = SocialAccount.objects.filter(provider=provider_id)
    if school is None or known.filter(uid=uid).exists() or known.filter(user=held).exists():
        raise Refused(NOT_LINKED)
    account = SocialAccount.objects.create(
        user=held, provider=provider_id, uid=uid, extra_data={"email": address_in(claims)}
    )
    said = f"{company_of(provider_id)} account linked for signing in"
    save_as(held, held, said)
    notify(
        user=held,
        school=school,
        event="account_linked",
        subject=said,
        path=reverse("socialaccount_connections"),
        key=f"account-linked:{account.pk}",
    )
    return account


@transaction.atomic
def unlink_account(user: User, account: SocialAccount) -> None:
    """Unlink an account of `user`. Tells nobody. Refuses the last way of signing in."""
    held = User.objects.select_for_update().get(pk=user.pk)
    if not other_ways(held, account):
        raise Refused(LAST_WAY)
    SocialAccount.objects.filter(user=held, pk=account.pk).delete()
    save_as(held, held, f"{company_of(account.provider)} account unlinked")


def other_ways(user: User, account: SocialAccount) -> bool:
    """Tell whether `user` could still sign in without this account; one that no school lists any more is no way."""
    if user.has_usable_password():
        return True
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists():
        return True
    open_still = [provider.id for provider in providers()]
    others = SocialAccount.objects.filter(user=user, provider__in=open_still).exclude(pk=account.pk)
    return others.exists()


def linked_accounts(user: User) -> list[SocialAccount]:
    """Return the accounts that `user` has linked, the oldest first."""
    return list(SocialAccount.objects.filter(user=user).order_by("date_joined"))


@transaction.atomic
def change_other_accounts(
    school: School, *, by: Membership, google_domains: list[str], microsoft_tenants: list[str], reason: str
) -> School:
    """Say whose accounts may be linked at a school, and return it as stored; one taken off the list opens no more.

    Tells the headteacher. Refuses whoever may not, and what is no domain or no tenant of a school.
    """
    held = School.objects.select_for_update().get(pk=school.pk)
    if not holds(by, "manage_sign_in") or held.pk != by.school_id:
        raise NotAllowed("change whose accounts may sign in")
    if wrong := [*faults_in_domains(google_domains), *faults_in_tenants(microsoft_tenants)]:
        raise Refused(*wrong)
    held.google_domains, held.microsoft_tenants = google_domains, microsoft_tenants
    save_as(held, by, reason or "Accounts for signing in changed")
    change = held.history.order_by("-history_id").first()
    for post in Membership.objects.open().filter(school=held).holding(Role.HEADTEACHER).select_related("user"):
        notify(
            user=post.user,
            school=held,
            event="other_accounts_changed",
            subject="Changed: whose accounts may be used to sign in",
            path=reverse("accounts:school_detail"),
            key=f"other-accounts:{held.pk}:{change.history_id}",
        )
    return held


def faults_in_domains(domains: list[str]) -> list[str]:
    """Say what is wrong with a list of domains of Google Workspace, a sentence each."""
    wrong = [f"“{word}” is no domain. Write it like school.example.org." for word in domains if not is_domain(word)]
    return [*wrong, *_too_many(domains)]


def faults_in_tenants(tenants: list[str]) -> list[str]:
    """Say what is wrong with a list of tenants of Microsoft, a sentence each."""
    wrong = [
        f"“{word}” is no tenant ID. Copy it from the overview page of Microsoft Entra."
        for word in tenants
        if not is_tenant(word)
    ]
    if PRIVATE_TENANT in tenants:
        wrong.append("This is the tenant of everybody’s private Microsoft accounts, not of a school.")
    return [*wrong, *_too_many(tenants)]


def is_domain(word: str) -> bool:
    """Tell whether this may be the domain of a school, in lower case."""
    return len(word) <= 253 and DOMAIN.fullmatch(word) is not None


def is_tenant(word: str) -> bool:
    """Tell whether this is the id of a tenant as Microsoft writes it: never a name, and never "common"."""
    try:
        return str(UUID(word)) == word
    except ValueError:
        return False


def _too_many(words: list[str]) -> list[str]:
    return [f"List {MOST_ENTRIES} at most."] if len(words) > MOST_ENTRIES else []
