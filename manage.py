#!/usr/bin/env python
"""The portal's command line."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Run one management command with the portal's settings; a refusal to start is one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "policyportal.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
