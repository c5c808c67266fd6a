"""Run `platformctl` as ``python -m platform_lib.cli``."""

from platform_lib.cli.main import run

run()
