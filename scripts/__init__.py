"""What the Makefile calls: running the portal, its servers and its tests."""
