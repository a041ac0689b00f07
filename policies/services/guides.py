"""The verbs of guide pages: their words clause by clause, and what they open with."""

from accounts.models import Membership, School
from policies.models import Clause, GuideIntro
from policies.rules import can_edit_guide
from policyportal.lib.workflow import NotAllowed, save_as


def edit_guide_text(clause: Clause, *, by: Membership, text: str, reason: str = "") -> Clause:
    """Change the words that the guide page shows for a clause; the former ones remain in its history.

    The clause's own text, which people acknowledged, stays. Tells nobody. Refuses whoever may not edit guides.
    """
    if not can_edit_guide(by, clause.version.policy):
        raise NotAllowed("Change guide")
    clause.guide_text = text.strip()
    save_as(clause, by, reason.strip() or "Guide page reworded")
    return clause


def write_guide_intro(*, school: School, audience: str, text: str, by: Membership | None) -> GuideIntro:
    """Store the opening words of a guide page, the former ones remaining in its history, and return them."""
    intro = GuideIntro.objects.filter(school=school, audience=audience).first()
    intro = intro or GuideIntro(school=school, audience=audience)
    intro.text = text
    save_as(intro, by, "Opening words of the guide")
    return intro
