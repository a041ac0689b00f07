"""Reads shaped for pages: policies and their reviews, guides, acknowledgements, and what waits for somebody."""

from policies.selectors.waiting import waiting_for

__all__ = ["waiting_for"]
