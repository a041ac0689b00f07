"""The forms of items, decisions, contacts and blocks."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Membership
from channels_mgmt.models import Channel, ChannelRule
from moderation.models import Author, Item
from moderation.rules import channels_recorded_on_by
from moderation.selectors import rules_to_choose
from policyportal.lib.dates import today
from policyportal.lib.forms import DateField, DateTimeField, FilesField, PortalForm, PortalModelForm
from policyportal.lib.workflow import Step

MOST_WORDS = 5000
BLOCK_WEEKS = 12
FILES_SENT = (
    "A file came with this. No file is kept where a child may be shown, and this one was not. "
    "Record the words alone, and do not copy, save or send the picture."
)


class ImageryForm(PortalForm):
    """The question before all others: a picture of a child like that may not be copied or kept by anybody."""

    imagery = forms.ChoiceField(
        label="Does it show a child undressed or in a sexual way?", choices=Item.Imagery.choices
    )


class ItemForm(PortalModelForm):
    """What was seen on a channel. `words_only` leaves no room for a file."""

    selects = ("channel",)
    fieldsets = (
        ("Where and when", ["channel", "kind", "seen_at"]),
        ("What was written", ["words", "author_handle", "link"]),
        ("Captures", ["captures"]),
    )

    author_handle = forms.CharField(
        label="Name or handle of whoever wrote it",
        required=False,
        max_length=120,
        help_text="As the platform shows it. Leave empty where it is not shown.",
    )
    link = forms.URLField(
        label="Link to it", required=False, max_length=500, assume_scheme="https", help_text="Starts with https://."
    )
    seen_at = DateTimeField(label="When did you see it?", no_future=True)
    captures = FilesField(
        label="Pictures of it",
        required=False,
        help_text="PNG, JPEG or WebP pictures, PDF or plain text; at most 5, each up to 20 MB. "
        "What the camera noted about place and device is taken out.",
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Item
        fields = ("channel", "kind", "seen_at", "words", "link")
        help_texts = {"words": "Copy it word for word. Write what is there, not what you think of it."}
        widgets = {"words": forms.Textarea(attrs={"maxlength": MOST_WORDS})}

    def __init__(self, *args: Any, membership: Membership, words_only: bool, files_dropped: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.files_dropped = files_dropped
        channels = channels_recorded_on_by(membership).select_related("school")
        self.fields["channel"].queryset = channels
        # Most schools have one channel: nobody should have to choose it.
        if not self.initial.get("channel") and len(only := channels[:2]) == 1:
            self.initial["channel"] = only[0]
        self.fields["words"].max_length = MOST_WORDS
        self.initial.setdefault("form_token", uuid.uuid4())
        self.initial["seen_at"] = timezone.now()
        if words_only:
            del self.fields["captures"]

    def clean_words(self) -> str:
        """Refuse more than a page can show."""
        words = self.cleaned_data["words"]
        if len(words) > MOST_WORDS:
            raise forms.ValidationError(f"What it says must be {MOST_WORDS} characters or fewer; it has {len(words)}")
        return words

    def clean(self) -> dict[str, Any]:
        """Say that a file was refused, where one was sent that may not be kept."""
        cleaned = super().clean()
        if self.files_dropped:
            self.add_error(None, FILES_SENT)
        return cleaned


class QueueFilter(PortalForm):
    """Which items the queue shows."""

    selects = ("channel", "kind")

    channel = forms.ModelChoiceField(Channel.objects.none(), label="Channel", required=False)
    kind = forms.ChoiceField(label="Kind", required=False)
    author = forms.CharField(label="Written by", required=False)
    since = DateField(label="Recorded from", required=False)
    until = DateField(label="Recorded until", required=False)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = Channel.objects.visible_to(membership).ours()
        self.fields["channel"].empty_label = "All"
        self.fields["kind"].choices = [("", "All"), *Item.Kind.choices]


class DecisionForm(PortalForm):
    """What one decision asks: the rule that is broken, the reply that was sent, or why it may stay."""

    rule = forms.ModelChoiceField(None, label="Which rule does it break?", widget=forms.RadioSelect)
    message_sent = forms.CharField(
        label="The reply that was sent",
        widget=forms.Textarea(attrs={"maxlength": MOST_WORDS}),
        help_text="Send it on the platform yourself. The portal keeps the words.",
    )
    explanation = forms.CharField(label="Why", widget=forms.Textarea, required=False)

    def __init__(self, *args: Any, step: Step, item: Item, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("rule", "message_sent"):
            if name not in step.sets:
                del self.fields[name]
        explanation = self.fields["explanation"]
        if "rule" in self.fields:
            self.offer(rules_to_choose(item))
        if "rule" in self.fields or "message_sent" in self.fields:
            explanation.label = "Anything to add? (optional)"
        else:
            explanation.required = True
            explanation.label = "Why may it stay?" if "rule" not in step.sets else "Why is it taken away?"
            explanation.error_messages["required"] = "Say why"

    def offer(self, lines: QuerySet[ChannelRule]) -> None:
        """Offer the channel's own list, each line with its clause; without a list the reason is in words."""
        if not lines:
            del self.fields["rule"]
            return
        self.fields["rule"].queryset = lines
        self.fields["rule"].error_messages["required"] = "Choose which rule it breaks"
        self.option_hints = {"rule": {str(line.pk): hint_of(line) for line in lines}}


def hint_of(line: ChannelRule) -> str:
    """Return what a line of the list says, and which clause says so."""
    cited = f"Policy, {line.clause}" if line.clause else ""
    return ". ".join(filter(None, [line.text.rstrip("."), cited]))


class ContactForm(PortalForm):
    """A courteous attempt to settle something."""

    words = forms.CharField(
        label="What was said", widget=forms.Textarea(attrs={"maxlength": MOST_WORDS}), help_text="Word for word."
    )
    made_at = DateTimeField(label="When", no_future=True)
    outcome = forms.CharField(label="What came of it", required=False, max_length=200)


class OutcomeForm(PortalForm):
    """What came of a contact, known later."""

    outcome = forms.CharField(label="What came of it", max_length=200)


class BlockForm(PortalForm):
    """What a block asks before it is made. Without a contact on record it asks why there was none."""

    contact_skipped_reason = forms.CharField(
        label="Why was there no courteous contact first?",
        max_length=300,
        help_text="Or record the contact first: the link is above.",
    )
    reason = forms.CharField(label="Why is this account blocked?", widget=forms.Textarea)
    review_on = DateField(label="Look at it again on", no_past=True)
    other_way = forms.CharField(
        label="How may this person still reach the school?", max_length=200, help_text="Such as e-mail or telephone."
    )

    def __init__(self, *args: Any, author: Author, has_contact: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        school = author.channel.school
        if has_contact:
            del self.fields["contact_skipped_reason"]
        self.initial.setdefault("review_on", today() + timedelta(weeks=BLOCK_WEEKS))
        self.initial.setdefault("other_way", " or ".join(filter(None, [school.email, school.telephone])))

    def facts(self) -> dict[str, Any]:
        """Return what the step of blocking sets besides its reason."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}
