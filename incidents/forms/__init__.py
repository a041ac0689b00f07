"""The forms of incidents: what people report, and what handlers fill in."""
