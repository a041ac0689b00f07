"""Tests of the pages that read across every app."""
