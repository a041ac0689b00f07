"""Duties that contradict each other, and what a school should not ask of anybody."""

from collections.abc import Iterator

from policies.check.context import Context
from policies.check.rules.audiences import first_rule_for
from policies.check.rules.contact import says
from policies.check.table import Found, Severity, found, quoted, rule
from policies.models import Audience

# What comes of a breach.
FOLLOWS = r"\b(breach\w*|sanction\w*|warn\w*|block\w*|remov(e|ed|al)|legal action|banned|the school will consider)\b"
HANDLED = r"\b(dealt with|looked into|handled|managed)\b[^.]*\b(under|in line with|in accordance with|by)\b"
TRADE = r"\b(commercial|advert\w*|business(es)?|donations?)\b"


@rule("image-ban-own-posts", Severity.PROBLEM)
def image_ban_own_posts(context: Context) -> Iterator[Found]:
    """Staff may post no pictures of pupils, and the school posts them through staff [PWP-66, PWP-29, CRO-64]."""
    ban = next(
        (
            one
            for one in context.body
            if says(
                r"\b(post|share|upload)\b[^.]*\b(images?|photos?|pictures?) of (pupils|students|children)\b", one.text
            )
            and says(r"\b(must|should|may) not\b|\bnever\b", f"{one.lead} {one.text}")
            and says(r"\bstaff\b", f"{one.lead} {one.text} {one.under}")
            and not says(r"\bpersonal (account|profile|social)|\bwithout\b|\bunless\b", f"{one.lead} {one.text}")
        ),
        None,
    )
    own = next(
        (
            one
            for one in context.body
            if says(r"\b(photos?|pictures?|images?)\b", one.text)
            and says(r"\bschool (will|may)\b(?! not)[^.]*\bpost\b", f"{one.lead} {one.text}")
        ),
        None,
    )
    if ban and own:
        yield found(
            "images",
            ban,
            f"Staff may post no pictures of pupils, yet the school posts them: {quoted(own.text)}.",
            "Say that the ban is on personal accounts.",
        )


@rule("moderation-stricter", Severity.PROBLEM)
def moderation_stricter(context: Context) -> Iterator[Found]:
    """Others' posts of a kind are removed without the exception that the school has [PWP-36, PWP-48, PWP-49]."""
    own = next(
        (
            one
            for one in context.body
            if says(TRADE, one.text)
            and says(r"\bunless\b|\bexcept\b", one.text)
            and not says(r"\bremove|delet", one.lead)
            and says(r"\b(will|may|must|should)? ?(not|never) (\w+ )?post\b|never posted", f"{one.lead} {one.text}")
        ),
        None,
    )
    removed = next(
        (
            one
            for one in context.body
            if says(TRADE, one.text)
            and says(r"\b(delet|remov|hid)(e|es|ed|ing)\b", f"{one.lead} {one.text}")
            and not says(r"\bunless\b|\bexcept\b", one.text)
        ),
        None,
    )
    if own and removed:
        yield found(
            "commercial",
            removed,
            f"Removed without exception: {quoted(removed.text)}; the school's own posts have one: {quoted(own.text)}.",
            "Give moderation the same exception, or take it from the other list.",
        )


@rule("police-consent-and-without", Severity.PROBLEM)
def police_consent_and_without(context: Context) -> Iterator[Found]:
    """The police are told with consent in one case, without in another, and one post may be both [MLC-62, MLC-77]."""
    police = context.hits(r"\bpolice\b")
    asked = next((hit for hit in police if says(r"\bconsent|permission|agreement of\b", hit.sentence)), None)
    plain = next(
        (
            hit
            for hit in police
            if says(r"\bunlawful|illegal|crim(e|inal)\b", hit.sentence)
            and says(r"\bwill (report|contact|inform|tell)\b", hit.sentence)
            and not says(r"\bconsent|permission\b", hit.sentence)
        ),
        None,
    )
    if asked and plain and not says(r"\bregardless|whether or not|even without\b", plain.sentence):
        yield found(
            "police",
            asked.passage,
            "The police are told with the member of staff's consent here, without it where conduct is unlawful: "
            "one post may be both.",
            "Say which goes first: where conduct is unlawful the school reports it in any case.",
        )


@rule("passwords-asked", Severity.PROBLEM)
def passwords_asked(context: Context) -> Iterator[Found]:
    """Somebody is to give a password away [MLC-67, HEA-38]."""
    given = (
        r"\b(hand(ing|ed)? over|provid(e|ing)|giv(e|ing)|disclos(e|ing)|shar(e|ing)|surrender(ing)?|supply(ing)?)\b"
    )
    for hit in context.hits(rf"{given}[^.;]*\b(passwords?|log-?in details|credentials)\b")[:1]:
        refused = r"\b(not|never|nobody|no one|refuse|don[’']t)\b"
        if not says(refused, f"{hit.passage.lead} {hit.sentence[: hit.match.end()]}"):
            yield found(
                "passwords",
                hit.passage,
                f"Passwords are asked for: {quoted(hit.sentence)}",
                "Take it out: a password given away is unsafe and breaks the platforms' terms. Ask for screenshots.",
            )


@rule("disclaimer-against-duty", Severity.PROBLEM)
def disclaimer_against_duty(context: Context) -> Iterator[Found]:
    """The school watches over something, and will not answer for it [HEA-65, HEA-66]."""
    waived = context.first(
        r"\bschool (cannot|can not|will not|is not|does not|accepts? no)\b[^.]*\b(responsib\w+|liab\w+)\b[^.]*"
    )
    duty = context.first(r"\b(school|we) (will|do|does)? ?(monitors?|moderates?)\b")
    if waived and duty:
        yield found(
            "monitoring",
            waived.passage,
            f"The school monitors, and will not answer: {quoted(waived.sentence)}",
            "Say what the school does watch over, and where its part ends.",
        )


@rule("pupils-below-minimum-age", Severity.PROBLEM)
def pupils_below_minimum_age(context: Context) -> Iterator[Found]:
    """Children of a primary are invited to platforms that the text itself calls too old for them [HEA-47, HEA-104]."""
    age = context.first(r"\bover[- ]1[2-9]s?\b|\b(aged?|minimum age( is| of)?) 1[3-9]\b|\b1[3-9] (and|or) over\b")
    invited = context.first(
        r"\b(students|pupils|children)\b[^.]*\b(encouraged|invited|welcome) to (interact|follow|join|like|comment)\b"
    )
    # With channels in the register, the ages of their platforms count.
    registered = context.register and context.register.channels
    if context.is_primary and age and invited and not registered:
        yield found(
            "age",
            invited.passage,
            f"Pupils are invited to interact, though by the policy they are too young: {quoted(age.sentence)}",
            "Take the invitation back for pupils, or invite them only where no such age holds.",
        )


@rule("sanction-missing", Severity.GAP, wording=True)
def sanction_missing(context: Context) -> Iterator[Found]:
    """Parents have rules, and what follows a breach is not said [GRA-65, GRA-66]."""
    rules = first_rule_for(context, Audience.PARENTS)
    spoken_of = [one for one in context.body if says(r"\bparents?\b|carers?\b", f"{one.text} {one.under} {one.lead}")]
    follows = any(
        says(FOLLOWS, one.text)
        or any(says(HANDLED, words) and not says(r"\bcomplain", words) for words in one.sentences)
        for one in spoken_of
    )
    if rules and not follows:
        yield found(
            "parents",
            rules,
            "Parents have rules to keep, and what follows a breach is not stated.",
            "Say what the school does first, and what comes after.",
        )
