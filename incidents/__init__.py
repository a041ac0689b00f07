"""Reports, whom they are led to, what is noted and how they end: what went wrong."""
