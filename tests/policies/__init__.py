"""Tests of policies: what was agreed, who keeps it, who follows it."""
