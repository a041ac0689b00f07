"""Template tags of channels that any page may load."""
