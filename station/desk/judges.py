"""The judges of a counter's pictures: made once, and made ready while a person reads the look-up, not while a finger lies on the glass."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from biometrics.errors import BiometricsError
from station.capture.session import Judge
from station.dossier.procedure import Modality
from station.memory import trim

if TYPE_CHECKING:
    from station.capture.fingers import FingerJudge
    from station.capture.iris import IrisJudge
    from station.capture.portrait import PortraitJudge


class Judges:
    """One judge for each modality, made when first asked for (their libraries are most of a start); any thread.

    `profile` returns the name of the portrait's rules. `portrait` and `iris` are None while none was made.
    """

    def __init__(self, profile: Callable[[], str]) -> None:
        self._profile = profile
        self._lock = threading.Lock()
        self._warming: dict[Modality, threading.Thread] = {}
        self._of_fingers: FingerJudge | None = None
        self.portrait: PortraitJudge | None = None
        self.iris: IrisJudge | None = None

    def of(self, modality: Modality) -> Judge:
        """Return the judge of a modality."""
        if modality is Modality.IRIS:
            return self.of_iris()
        return self.of_portrait() if modality is Modality.FACE else self.of_fingers()

    def of_fingers(self) -> FingerJudge:
        """Return the fingers' judge."""
        from station.capture.fingers import FingerJudge

        with self._lock:
            if self._of_fingers is None:
                self._of_fingers = FingerJudge()
            return self._of_fingers

    def of_portrait(self) -> PortraitJudge:
        """Return the portrait's judge."""
        from station.capture.portrait import PortraitJudge

        with self._lock:
            if self.portrait is None:
                self.portrait = PortraitJudge(self._profile())
            return self.portrait

    def of_iris(self) -> IrisJudge:
        """Return the irises' judge."""
        from station.capture.iris import IrisJudge

        with self._lock:
            if self.iris is None:
                self.iris = IrisJudge()
            return self.iris

    def warm(self, modality: Modality) -> None:
        """Begin to make ready, on a thread of its own, what the first picture would wait for; once, fingers and portrait only.

        Each just before it is wanted: fingers while the look-up is read, the portrait at the last finger, since its networks and the
        pictures of a slap together would need more memory than either.
        """
        if modality is not Modality.IRIS and modality not in self._warming:
            self._warming[modality] = threading.Thread(target=self._warm, args=(modality,), name=f"warm-{modality}", daemon=True)
            self._warming[modality].start()

    def close(self) -> None:
        """Wait for the warming to end."""
        for thread in self._warming.values():
            thread.join()

    def _warm(self, modality: Modality) -> None:
        with suppress(BiometricsError):  # what fails here fails again, and is told, when its capture opens
            (self.of_portrait() if modality is Modality.FACE else self.of_fingers()).warm()
        trim()
