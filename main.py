"""Write the Terraform JSON of every environment, or of those that PLATFORM_ENV names.

`cdktf synth` runs this file; `platformctl synth` does the same with more to see.
"""

import os
import sys
from pathlib import Path

from platform_lib.cli.synthesis import synthesise_project

if __name__ == "__main__":
    names = os.environ.get("PLATFORM_ENV", "").replace(",", " ").split()
    sys.exit(synthesise_project(Path(__file__).resolve().parent, names))
