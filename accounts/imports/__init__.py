"""Reading an export of staff or of classes: bytes to rows, titles to fields, rows to what they would change."""
