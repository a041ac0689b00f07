"""The pages of channels and of platforms."""
