"""Policy documents, their clauses, versions, reviews, reminders and acknowledgements: what was agreed."""
