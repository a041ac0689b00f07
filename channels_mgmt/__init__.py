"""The official channels, who may post on them, and their three lists of rules: outbound."""
