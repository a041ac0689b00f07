"""The check of a policy: what it contradicts, leaves out or leans on that no longer stands, found by general rules."""
