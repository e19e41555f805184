"""Single keys from a terminal. The terminal is changed once for a whole sitting, so that fast typing is not lost."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

KEPT_BYTES = 256


class Keys:
    """Reads keys one by one. Arrows and the like arrive as one key that begins with ESC."""

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()

    def read(self) -> str:
        """Wait for a key. Raises EOFError when the terminal is closed, KeyboardInterrupt on Ctrl-C."""
        while not self._waiting:
            data = _read()
            if data[:1] == "\x1b":
                return data
            self._waiting.extend(data)
        key = self._waiting.popleft()
        if key == "\x03":
            raise KeyboardInterrupt
        if key == "\x04":
            raise EOFError
        return key


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _read() -> str:
        key = msvcrt.getwch()
        return "\x1b" + msvcrt.getwch() if key in ("\x00", "\xe0") else key

    @contextmanager
    def single_keys() -> Iterator[Keys]:
        """Give keys as they are pressed."""
        yield Keys()

    @contextmanager
    def whole_lines() -> Iterator[None]:
        """Let a line be typed and edited."""
        yield

else:
    import termios
    import tty

    def _read() -> str:
        data = os.read(sys.stdin.fileno(), KEPT_BYTES)
        if not data:
            raise EOFError
        return data.decode("utf-8", "ignore")

    @contextmanager
    def single_keys() -> Iterator[Keys]:
        """Give keys as they are pressed, unechoed; the terminal is put back at the end, whatever happens."""
        fd = sys.stdin.fileno()
        before = termios.tcgetattr(fd)
        try:
            tty.setcbreak(fd, termios.TCSANOW)
            yield Keys()
        finally:
            termios.tcsetattr(fd, termios.TCSADRAIN, before)

    @contextmanager
    def whole_lines() -> Iterator[None]:
        """Let a line be typed and edited, within single_keys."""
        fd = sys.stdin.fileno()
        single = termios.tcgetattr(fd)
        lines = termios.tcgetattr(fd)
        lines[3] |= termios.ICANON | termios.ECHO
        lines[0] |= termios.ICRNL
        termios.tcsetattr(fd, termios.TCSANOW, lines)
        try:
            yield
        finally:
            termios.tcsetattr(fd, termios.TCSANOW, single)
