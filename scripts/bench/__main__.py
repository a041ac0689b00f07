"""`python -m scripts.bench`: seeds, serves, measures, prints, and writes docs/benchmarks.md.

`--rows` says how many items, once for each size (10,000 and 100,000 unless given); `--million` adds 1,000,000. It is a
benchmark and no test: nothing fails because a machine is slow.
"""

import argparse
import os

from scripts.served import scratch_environment, served

FOLDER = scratch_environment("demo")
os.environ["DJANGO_SETTINGS_MODULE"] = "scripts.bench.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402

from policyportal.lib.append_only import rewriting  # noqa: E402
from scripts.bench.report import Size, write  # noqa: E402
from scripts.bench.run import run  # noqa: E402


def main() -> None:
    """Measure each size on a database of its own and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, action="append", help="how many items; may be given again")
    parser.add_argument("--million", action="store_true", help="measure 1,000,000 items as well")
    parser.add_argument("--times", type=int, default=150, help="how often each page is asked for at most")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each page is asked for at most")
    options = parser.parse_args()
    sizes: list[Size] = []
    call_command("collectstatic", interactive=False, verbosity=0)
    for rows in [*(options.rows or [10_000, 100_000]), *([1_000_000] if options.million else [])]:
        call_command("migrate", interactive=False, verbosity=0)
        with rewriting():
            call_command("flush", interactive=False, verbosity=0)
        with served(FOLDER) as (port, web):
            sizes.append(run(rows, port, web.pid, times=options.times, seconds=options.seconds))
    write(sizes)


if __name__ == "__main__":
    main()
