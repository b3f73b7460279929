"""Run the command as ``python -m signup_risk``."""

from __future__ import annotations

import sys

from signup_risk.cli import main

if __name__ == "__main__":
    sys.exit(main())
