"""The form of how somebody is told."""

from django import forms

from accounts.models import User
from policyportal.lib.forms import PortalForm


class ToldForm(PortalForm):
    """At once, or once a day."""

    option_hints = {
        "mail_when": {
            User.MailWhen.AT_ONCE: "One mail for each thing, outside the quiet hours of your school.",
            User.MailWhen.DAILY: "One mail at the end of the quiet hours, however many things wait.",
        }
    }

    mail_when = forms.ChoiceField(
        label="When should mail tell you that something waits?", choices=User.MailWhen, widget=forms.RadioSelect
    )
