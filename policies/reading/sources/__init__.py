"""The kinds of file that a policy comes in; each module turns one kind into lines with what the file says of them."""
