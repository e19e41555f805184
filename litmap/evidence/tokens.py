"""Tokens as bits: what is known of a record is one whole number, and a rule is held against it in a few operations."""

from __future__ import annotations

from collections.abc import Iterable


class Tokens:
    """Gives each token that cues, points and rules name a bit of its own."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}
        self._names: list[str] = []

    def bit(self, name: str) -> int:
        """The number with only this token's bit set; a new token gets the next free bit."""
        found = self._bits.get(name)
        if found is None:
            self._bits[name] = found = 1 << len(self._names)
            self._names.append(name)
        return found

    def known(self, name: str) -> int:
        """The bit of a token, or 0 when no cue, point or rule names it: it then changes nothing."""
        return self._bits.get(name, 0)

    def mask(self, names: Iterable[str]) -> int:
        """The bits of these tokens together."""
        mask = 0
        for name in names:
            mask |= self.bit(name)
        return mask

    def names(self, mask: int) -> list[str]:
        """The tokens whose bits are set, by name."""
        if mask & mask - 1 == 0:  # one bit or none
            return [self._names[mask.bit_length() - 1]] if mask else []
        found = []
        while mask:
            lowest = mask & -mask
            found.append(self._names[lowest.bit_length() - 1])
            mask ^= lowest
        found.sort()
        return found

    def named(self, start: str) -> dict[str, int]:
        """The bits of all tokens that begin so, by what follows."""
        return {name.removeprefix(start): bit for name, bit in self._bits.items() if name.startswith(start)}
