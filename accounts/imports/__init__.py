"""Reading an export of staff: bytes to rows, titles to fields, words to dates, rows to what they would change."""
