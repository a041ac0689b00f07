"""Reading a school system's export of staff: bytes to rows, titles to fields, words to dates. Nothing here is stored."""
