"""The life of an appointment: one person proposes it, another confirms or refuses it, or it is taken back."""

from accounts.appointing import carry_out, note_decision
from accounts.models import Appointment, Membership
from accounts.notifications import appointment_decided
from accounts.rules import can_decide_appointment, can_withdraw_appointment
from policyportal.lib.dates import today
from policyportal.lib.workflow import Step, register

PROPOSED, CONFIRMED = Appointment.Status.PROPOSED, Appointment.Status.CONFIRMED
REFUSED, WITHDRAWN = Appointment.Status.REFUSED, Appointment.Status.WITHDRAWN


def is_still_possible(appointment: Appointment) -> str:
    """What has changed since it was proposed stands in the way."""
    ended = appointment.post is not None and appointment.post.ends_on and appointment.post.ends_on < today()
    if appointment.kind == Appointment.Kind.END:
        return "This post has ended already. Refuse the proposal." if ended else ""
    if appointment.ends_on and appointment.ends_on < today():
        return "Its last day has passed. Refuse the proposal."
    held = Membership.objects.current().filter(
        school=appointment.school_id, user=appointment.user_id, role=appointment.role
    )
    return f"{appointment.person_name} holds this post already." if held.exists() else ""


register(
    Appointment,
    [
        Step(
            "confirm",
            "Confirm appointment",
            (PROPOSED,),
            CONFIRMED,
            can_decide_appointment,
            reason_needed=True,
            needs=(is_still_possible,),
            precedes=(note_decision, carry_out),
            follows=(appointment_decided,),
        ),
        Step(
            "refuse",
            "Refuse appointment",
            (PROPOSED,),
            REFUSED,
            can_decide_appointment,
            reason_needed=True,
            precedes=(note_decision,),
            follows=(appointment_decided,),
        ),
        # When the person leaves, or whoever proposed it does.
        Step("lapse", "Lapsed", (PROPOSED,), WITHDRAWN, lambda actor, appointment: True, automatic=True),
        Step("withdraw", "Take it back", (PROPOSED,), WITHDRAWN, can_withdraw_appointment, reason_needed=True),
    ],
)
