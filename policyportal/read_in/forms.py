"""The forms of reading in: what is handed in, and how it is taken over."""

from typing import Any

from django import forms

from accounts.models import School
from policies.models import Policy
from policies.reading.opening import MOST_BYTES
from policyportal.lib.forms import PortalForm

FILE, PASTED = "file", "pasted"
NEW = "new"


class PastedField(forms.CharField):
    """A text as it was pasted: the sign that nobody sees and no database stores is taken out, not complained of."""

    def to_python(self, value: Any) -> str:
        """Return the text without NUL."""
        return super().to_python(value).replace("\0", "")


class HandInForm(PortalForm):
    """A document, as a file or as text, and whether the school has the policy already."""

    way = forms.ChoiceField(label="How do you hand it in?", choices=[(FILE, "As a file"), (PASTED, "As text")])
    file = forms.FileField(
        label="The policy",
        help_text="A Word document (.docx), a PDF, a web page, or a text file; at most 20 MB.",
        widget=forms.FileInput(attrs={"accept": ".docx,.pdf,.txt,.md,.html,.htm"}),
        max_length=255,
    )
    text = PastedField(label="The text of the policy", widget=forms.Textarea(attrs={"rows": 12}))
    reveals = {"way": {FILE: ["file"], PASTED: ["text"]}}

    def __init__(self, *args: Any, policies: list[Policy], **kwargs: Any):
        self.policies = {str(policy.pk): policy for policy in policies}
        known = [(pk, f"A new version of “{policy}”") for pk, policy in self.policies.items()]
        if known:
            asked = forms.ChoiceField(
                label="Is it a policy that the portal has already?",
                choices=[(NEW, "No, it is new to the portal"), *known],
            )
            # Before the form is made, so that it is dressed and worded as every other field.
            self.base_fields = type(self).base_fields | {"policy": asked}
        super().__init__(*args, **kwargs)

    def clean_file(self) -> Any:
        """Refuse by its size alone what is no policy."""
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(f"The file is larger than {MOST_BYTES // 1_000_000} MB")
        return file

    @property
    def told(self) -> str:
        """The field beside which it is said that something cannot be read."""
        return "file" if self.cleaned_data["way"] == FILE else "text"

    def facts(self) -> dict[str, Any]:
        """Return what the verb takes."""
        policy = self.policies.get(self.cleaned_data.get("policy", NEW))
        if self.cleaned_data["way"] == FILE:
            file = self.cleaned_data["file"]
            return {"content": file.read(), "file_name": file.name, "policy": policy}
        return {"content": self.cleaned_data["text"].encode(), "policy": policy}


class TakeOverForm(PortalForm):
    """Which schools it serves, and how the version comes to be in force."""

    DRAFT, IN_FORCE = "draft", "in_force"
    SAYS_DRAFT = (DRAFT, "A draft: it still has to be approved and published here")
    SAYS_IN_FORCE = (IN_FORCE, "In force already: it was approved before")

    schools = forms.ModelMultipleChoiceField(
        label="Which other schools of the federation does it serve?", queryset=School.objects.none(), required=False
    )
    standing = forms.ChoiceField(label="How does this version stand?", choices=[SAYS_DRAFT, SAYS_IN_FORCE])
    reason = forms.CharField(
        label="Why is it in force?",
        max_length=200,
        help_text="Such as “Approved by governors in September 2025”. It stays in the history.",
    )

    reveals = {"standing": {IN_FORCE: ["reason"]}}

    def __init__(self, *args: Any, schools: Any, may_adopt: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if schools is None:
            del self.fields["schools"]
        else:
            self.fields["schools"].queryset = schools
        if not may_adopt:
            del self.fields["standing"], self.fields["reason"]
            self.reveals = {}

    def facts(self) -> dict[str, Any]:
        """Return what the verb takes."""
        in_force = self.cleaned_data.get("standing") == self.IN_FORCE
        return {
            "schools": list(self.cleaned_data.get("schools") or ()),
            "in_force": in_force,
            "reason": self.cleaned_data.get("reason", "") if in_force else "",
        }
