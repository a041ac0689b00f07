"""The pages that read across every app: home, the review dashboard, and the history."""
