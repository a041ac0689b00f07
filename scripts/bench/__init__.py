"""Measures the portal's pages against a bare page, each in the same run, and writes docs/benchmarks.md."""
