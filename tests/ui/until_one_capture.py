"""A child for the kill test: enrolls until one capture is accepted, says so, and waits to be killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from ui.main import application


def main() -> None:
    """Run until killed."""
    application()
    from tests.ui.driver import Clerk

    clerk = Clerk(Path(sys.argv[1]))
    clerk.to_capture()
    clerk.until(lambda: clerk.capture.state is not None and clerk.capture.state.done >= 1)
    assert clerk.capture.state is not None
    sys.stdout.write(f"accepted {clerk.capture.state.done}\n")
    sys.stdout.flush()
    end = time.monotonic() + 60
    clerk.until(lambda: time.monotonic() > end, 90)


if __name__ == "__main__":
    main()
