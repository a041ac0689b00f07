"""What others say on the school's channels, and what was done about it: inbound."""
