"""What several forms of people and schools say alike."""

KEPT = "Kept in the history."
FOR_THE_HISTORY = ("For the history", ["reason"])
NARROW = {"class": "govuk-input--width-3", "inputmode": "numeric"}
