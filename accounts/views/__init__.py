"""The pages of sign-in, people, the school, and what somebody was told."""
