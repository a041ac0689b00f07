"""The pages of incidents: reporting without an account, reporting as staff, and dealing with what was reported."""
