"""Demonstration schools: what is known of them as data, and what happens there as invented activity."""
