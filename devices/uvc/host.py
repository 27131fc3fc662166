"""The station's side of a camera's child process: every answer has a deadline and a bound; a child that misses one is killed."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from devices.errors import DeviceError, DeviceNotFoundError, DeviceProtocolError, DeviceTimeoutError, DeviceUnpluggedError

MAX_HEADER: Final = 65_536
MAX_PAYLOAD: Final = 160_000_000
"""A picture of 50 megapixels in colour."""
_PIPE_BYTES: Final = 1 << 20
_F_SETPIPE_SZ: Final = 1031


class CameraChild:
    """One child process and one conversation with it; used by one thread, `kill` from any."""

    def __init__(self, driver: str = "", device_id: str = "") -> None:
        self._device_id = device_id
        root = str(Path(__file__).resolve().parents[2])
        paths = os.pathsep.join(dict.fromkeys([root, *filter(None, sys.path)]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "devices.uvc.child", *([driver] if driver else [])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths, "OPENCV_LOG_LEVEL": "ERROR"},
        )  # fmt: skip
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            # A whole picture in a few reads instead of a hundred.
            fcntl.fcntl(self._process.stdout.fileno(), _F_SETPIPE_SZ, _PIPE_BYTES)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def ask(self, request: dict[str, Any], deadline_s: float) -> tuple[dict[str, Any], bytearray]:
        """Send one request, return its header and payload.

        Raises:
            DeviceTimeoutError: no whole answer in time (the child is killed); DeviceUnpluggedError: the child is gone;
            DeviceProtocolError: the answer breaks its bounds (the child is killed).
        """
        end = time.monotonic() + deadline_s
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(json.dumps(request).encode() + b"\n")
            stdin.flush()
        except (OSError, ValueError) as error:
            raise self._died() from error
        length = int.from_bytes(self._read(4, end), "big")
        if length > MAX_HEADER:
            raise self._broken()
        try:
            header = json.loads(bytes(self._read(length, end)))
            count = header["payload"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise self._broken() from error
        if not isinstance(count, int) or not 0 <= count <= MAX_PAYLOAD:
            raise self._broken()
        return header, self._read(count, end)

    def _read(self, count: int, end: float) -> bytearray:
        assert self._process.stdout is not None
        data = bytearray(count)
        view = memoryview(data)
        done = 0
        try:
            fd = self._process.stdout.fileno()
            while done < count:
                left = end - time.monotonic()
                if left <= 0 or not select.select([fd], [], [], left)[0]:
                    raise self._hangs()
                got = os.readv(fd, [view[done:]])
                if got == 0:
                    raise self._died()
                done += got
        except DeviceError:  # a DeviceTimeoutError is an OSError too
            raise
        except (OSError, ValueError) as error:
            raise self._died() from error
        finally:
            view.release()
        return data

    def _hangs(self) -> DeviceError:
        self.kill()
        return DeviceTimeoutError("The camera's driver hangs and was ended; what was saved is safe. Unplug the camera, plug it in, press F5.",
                                  device_id=self._device_id, code="camera-hangs")  # fmt: skip

    def _died(self) -> DeviceError:
        self.kill()
        return DeviceUnpluggedError("The camera's driver ended by itself; what was saved is safe. It is started again with F5.",
                                    device_id=self._device_id, code="camera-driver-died")  # fmt: skip

    def _broken(self) -> DeviceError:
        self.kill()
        return DeviceProtocolError("The camera's driver answered nonsense and was ended; what was saved is safe. Press F5.",
                                   device_id=self._device_id, code="camera-driver-died")  # fmt: skip

    def kill(self) -> None:
        """End the child at once; harmless when repeated."""
        self._process.kill()
        with contextlib.suppress(OSError, ValueError):
            # Harmless for a reader in another thread: it sees the end of the pipe.
            self._process.wait(5)

    def close(self) -> None:
        """End the child and give its pipes back; harmless when repeated."""
        self.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def not_there(device_id: str) -> DeviceNotFoundError:
    """Return the error for a camera that cannot be opened."""
    return DeviceNotFoundError("The camera cannot be opened; nothing was shown. Check its cable, that no other program uses it, and that your "
                               "account belongs to the group 'video' (station devices doctor).", device_id=device_id, code="camera-absent")  # fmt: skip
