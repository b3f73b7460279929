"""Run the command line: parse, dispatch, and turn errors into one line and an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from signup_risk.errors import SignupRiskError

_UNUSABLE: Final = 2
# What a shell reports for a process that a signal ended, which is how programs in pipes are told apart.
_INTERRUPTED: Final = 128 + 2
_BROKEN_PIPE: Final = 128 + 13


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``signup-risk`` and return its exit status.

    Args:
        argv: Arguments without the program's name; those of the process by default.
    """
    # Imported here, so that Ctrl-C while packages are loaded is as quiet as later.
    try:
        from signup_risk.cli.parser import build_parser

        options = build_parser().parse_args(argv)
        status: int = options.run(options)
        sys.stdout.flush()
    except SignupRiskError as problem:
        print(f"signup-risk: {problem}", file=sys.stderr)
        return _UNUSABLE
    except BrokenPipeError:
        # Nobody reads any more. What Python still holds for standard output would fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except OSError as problem:
        print(
            f"signup-risk: {problem.strerror or type(problem).__name__}; nothing more was written",
            file=sys.stderr,
        )
        return _UNUSABLE
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status
