"""Reading a policy in: from a file to its text, from its text to what it says, each with its place and a reason."""
