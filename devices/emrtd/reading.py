"""One whole reading of a chip: open it, read its files in the order a clerk needs them, let the chip prove itself.

The reading survives a lifted card: `run()` may be called again, opens the chip anew under the same rules (same key, PACE again,
never BAC instead) and goes on at the byte where it stopped, provided that the very same security object comes back.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from devices.emrtd import bac, chip_authentication, lds, pace, security_infos
from devices.emrtd.apdu import Command
from devices.emrtd.errors import CardAccessError, CardDowngradeError, CardStatusError, CardSwappedError, SecureMessagingError
from devices.emrtd.files import BlockSize, ExtendedRefused, read_selected, select
from devices.emrtd.lds import File
from devices.emrtd.session import CardSession
from devices.errors import DeviceCancelledError, DeviceFormatError, DeviceProtocolError, DeviceUnpluggedError

if TYPE_CHECKING:
    from devices.contract import CardChannel
    from devices.emrtd.access import AccessKey

DEFAULT_ORDER: Final = (File.DG1, File.DG13, File.DG14, File.DG15, File.DG2, File.DG11, File.DG12, File.DG7, File.DG16, File.DG3)
MAX_RESTARTS: Final = 4


class ChipProof(StrEnum):
    """Whether the chip proved that it holds its private key."""

    NOT_OFFERED = "not-offered"
    NOT_DONE = "not-done"
    CHIP_AUTHENTICATION = "chip-authentication"
    MAPPING = "pace-cam"
    ACTIVE_AUTHENTICATION = "active-authentication"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes of the file being read, and bytes of the whole reading so far."""

    file: str
    done: int
    total: int
    overall: int


@dataclass(slots=True, repr=False)
class ChipData:
    """Everything that was read, exactly as it came, and how. Kept with the dossier for later verification."""

    card_access: bytes | None = None
    card_security: bytes | None = None
    com: bytes | None = None
    sod: bytes = b""
    groups: dict[int, bytes] = field(default_factory=dict)
    locked: tuple[int, ...] = ()
    withheld: tuple[int, ...] = ()
    """Groups that the lists name but the chip does not give."""
    access: str = ""
    """``PACE-GM AES-128``, ``BAC``…"""
    chip_authentication: ChipProof = ChipProof.NOT_DONE
    challenge: bytes = b""
    challenge_signature: bytes = b""
    mapping_key: bytes = b""
    mapping_proof: bytes = b""
    atr: bytes = b""
    timings_ms: dict[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"ChipData({self.access}, groups {sorted(self.groups)})"


class ChipReading:
    """One citizen's card, one key. Drive it from one thread; `cancel()` may come from any."""

    def __init__(self, key: AccessKey, *, order: Sequence[File] = DEFAULT_ORDER, max_block: int = 2048,
                 on_file: Callable[[File, bytes], None] | None = None,
                 on_progress: Callable[[Progress], None] | None = None) -> None:  # fmt: skip
        self._key = key
        self._order = tuple(order)
        self._block = BlockSize(max_block)
        self._on_file = on_file
        self._on_progress = on_progress
        self._kept: dict[File, bytearray] = {}
        self._told: set[File] = set()
        self._cancelled = False
        self._session: CardSession | None = None
        self._chip_attempts = 0
        self._start = 0.0
        self.data = ChipData()

    def cancel(self) -> None:
        """Stop before the next command; `run()` raises `DeviceCancelledError`."""
        self._cancelled = True
        if (session := self._session) is not None:
            session.cancel()

    @property
    def session(self) -> CardSession | None:
        """The latest conversation (its trace is for technicians: headers, lengths and statuses only)."""
        return self._session

    def run(self, connect: Callable[[], CardChannel]) -> ChipData:
        """Read everything that is not there yet. `connect` powers the card and is asked again when the chip must start anew.

        Raises:
            DeviceUnpluggedError: the card left; call `run()` again when it is back, the reading goes on.
            CardAccessError, CardBlockedError: the key is not this chip's.
            CardDowngradeError: PACE is offered but broken; BAC is not tried instead.
            CardSwappedError: another card came back.
            CardStatusError, DeviceProtocolError, DeviceFormatError: the chip does not keep to the protocol.
            DeviceCancelledError: `cancel()`.
        """
        self._start = time.perf_counter()
        for _ in range(MAX_RESTARTS):
            channel = connect()
            try:
                self._conversation(channel)
                return self.data
            except ExtendedRefused:
                continue
            except _ChipNotProven:
                continue
            finally:
                channel.disconnect()
        raise DeviceProtocolError("The card ended the protected channel again and again; what was read is kept apart.")

    def _conversation(self, channel: CardChannel) -> None:
        session = self._session = CardSession(channel)
        if self._cancelled:
            session.cancel()
        self.data.atr = channel.atr
        self._open(session)
        self._mark("open")
        self._read_lists(session)
        files = [file for file in self._order if file in self._listed()]
        for file in files:
            self._read_group(session, file)
            if file is File.DG14:
                self._chip_authentication(session)
            elif file is File.DG15:
                self._active_authentication(session)
        self._mark("done")

    def _mark(self, name: str) -> None:
        self.data.timings_ms[name] = (time.perf_counter() - self._start) * 1000

    # --- opening -----------------------------------------------------------------------------------------------------------

    def _open(self, session: CardSession) -> None:
        access = self._card_access(session)
        if self.data.card_access is not None and access != self.data.card_access:
            raise _swapped()
        self.data.card_access = access
        self._mark("access")
        infos = security_infos.parse(access) if access is not None else None
        if infos is not None and infos.pace:
            info = security_infos.best_pace(infos)
            if info is None:
                raise CardDowngradeError("The card offers only a protected channel of unknown kind; the old method was not "
                                         "tried. Use another reader, or send the card to verification.")  # fmt: skip
            self._pace(session, info)
            self._select_application(session)
        else:
            self._select_application(session)
            bac.run(session, self._key)
            self.data.access = "BAC"

    def _pace(self, session: CardSession, info: security_infos.PaceInfo) -> None:
        try:
            result = pace.run(session, info, self._key)
        except (CardAccessError, DeviceUnpluggedError, DeviceCancelledError):
            raise
        except (CardStatusError, DeviceProtocolError) as error:
            raise CardDowngradeError("The card offers a protected channel but does not complete it; the old method was not "
                                     "tried. Put the card down again; if it stays so, send the card to verification.",
                                     reason=error.reason_code) from error  # fmt: skip
        self._mark("pace")
        self.data.access = f"PACE-{info.mapping.value} {info.suite.name}"
        if info.mapping is security_infos.Mapping.CHIP_AUTHENTICATION:
            self.data.mapping_key, self.data.mapping_proof = result.chip_mapping_key, result.chip_proof
            if select(session, lds.EF_CARD_SECURITY).ok and not session.lost:
                self.data.card_security = read_selected(session, bytearray(), self._block)

    def _card_access(self, session: CardSession) -> bytes | None:
        """Read EF.CardAccess the ways chips allow: directly (Vietnam's answers 6D00 to SELECT MF), then by MF, by SFI."""
        for master in (None, Command(0x00, 0xA4, 0x00, 0x0C, b"\x3f\x00"), Command(0x00, 0xA4, 0x00, 0x0C)):
            if master is not None and not session.send(master).ok:
                continue
            if select(session, lds.EF_CARD_ACCESS).ok:
                return read_selected(session, bytearray(), self._block)
        answer = session.send(Command(0x00, 0xB0, 0x80 | 0x1C, 0x00, b"", 256))
        return answer.data if answer.ok and answer.data[:1] == b"\x31" else None

    def _select_application(self, session: CardSession) -> None:
        answer = session.send(Command(0x00, 0xA4, 0x04, 0x0C, lds.AID))
        if not answer.ok and not session.lost:
            answer = session.send(Command(0x00, 0xA4, 0x04, 0x00, lds.AID, 256))
        if not answer.ok:
            raise CardStatusError("This is no identity card or passport chip: it has no travel application; nothing was read.",
                                  sw=answer.sw, code="card-no-application")  # fmt: skip

    # --- files -------------------------------------------------------------------------------------------------------------

    def _read_lists(self, session: CardSession) -> None:
        before = self.data.sod
        self._kept.pop(File.SOD, None)
        if self.data.com is None:
            self.data.com = self._file(session, File.COM, missing_ok=True)
        found = self._file(session, File.SOD)
        if before and found != before:
            raise _swapped()
        self.data.sod = found or b""

    def _listed(self) -> set[File]:
        """Return the files that EF.COM or the security object name (malformed ones name nothing here; they are judged later)."""
        from devices.emrtd import sod

        names: set[File] = set()
        if self.data.com is not None:
            with contextlib.suppress(DeviceFormatError):
                names.update(lds.parse_com(self.data.com).files)
        with contextlib.suppress(DeviceFormatError):
            names.update(File(0x0100 + number) for number in sod.parse(self.data.sod).hashes)
        return names

    def _read_group(self, session: CardSession, file: File) -> None:
        number = file.group or 0
        if number in self.data.groups or number in self.data.locked or number in self.data.withheld:
            return
        try:
            content = self._file(session, file)
        except CardStatusError as error:
            if file in lds.LOCKED and error.sw in (0x6982, 0x6985):
                self.data.locked += (number,)
                if session.lost:
                    raise ExtendedRefused from error
                return
            if error.sw in (0x6A82, 0x6A83) and not session.lost:
                self.data.withheld += (number,)
                return
            raise
        if content is not None:
            self.data.groups[number] = content
            if file in (File.DG1, File.DG13, File.DG2):
                self._mark(file.name)
            if self._on_file is not None and file not in self._told:
                self._told.add(file)
                self._on_file(file, content)

    def _file(self, session: CardSession, file: File, *, missing_ok: bool = False) -> bytes | None:
        answer = select(session, file.value)
        if not answer.ok:
            if missing_ok and answer.sw in (0x6A82, 0x6A83) and not session.lost:
                return None
            raise CardStatusError("The card refused to open a file; what was read before is kept apart. Put the card down again.",
                                  sw=answer.sw, code="card-not-allowed" if answer.sw == 0x6982 else None)  # fmt: skip
        kept = self._kept.setdefault(file, bytearray())
        return read_selected(session, kept, self._block, lambda done, total: self._progress(file, done, total))

    def _progress(self, file: File, done: int, total: int) -> None:
        if self._on_progress is not None:
            self._on_progress(Progress(file.name, done, total, sum(len(kept) for kept in self._kept.values())))

    # --- proofs of the chip ------------------------------------------------------------------------------------------------

    def _chip_authentication(self, session: CardSession) -> None:
        if self.data.chip_authentication is ChipProof.FAILED or 14 not in self.data.groups:
            return
        try:
            infos = security_infos.parse(lds.unwrap(self.data.groups[14], File.DG14))
        except DeviceFormatError:
            return  # judged as broken later
        chosen = chip_authentication.choose(infos)
        if chosen is None:
            self.data.chip_authentication = ChipProof.NOT_OFFERED
            return
        self._chip_attempts += 1
        try:
            chip_authentication.authenticate_chip(session, *chosen)
            # Only an answer under the new keys proves the chip; any protected command will do.
            select(session, File.COM.value)
            if session.lost:
                raise SecureMessagingError("The chip does not hold the key it claims.")
        except CardStatusError as error:
            self.data.chip_authentication = ChipProof.REFUSED
            if session.lost:
                raise _ChipNotProven from error
        except (SecureMessagingError, DeviceFormatError) as error:
            # Once may be a disturbance; twice is a chip without the key.
            self.data.chip_authentication = ChipProof.FAILED if self._chip_attempts > 1 else ChipProof.NOT_DONE
            raise _ChipNotProven from error
        else:
            self.data.chip_authentication = ChipProof.CHIP_AUTHENTICATION

    def _active_authentication(self, session: CardSession) -> None:
        if self.data.challenge_signature or 15 not in self.data.groups:
            return
        nonce = secrets.token_bytes(8)
        answer = session.send(Command(0x00, 0x88, 0x00, 0x00, nonce, 256))
        if answer.sw in (0x6700, 0x6C00) and not session.lost:
            answer = session.send(Command(0x00, 0x88, 0x00, 0x00, nonce, 65536))
        self.data.challenge = nonce
        if answer.ok:
            self.data.challenge_signature = answer.data
        elif session.lost:
            raise ExtendedRefused


class _ChipNotProven(Exception):  # noqa: N818 - a signal inside this file
    """Chip authentication did not hold: open the chip anew and either try once more or go on without it."""


def _swapped() -> CardSwappedError:
    return CardSwappedError("Another card came back than the one whose reading was interrupted; nothing of the two was mixed. "
                            "Start the reading anew.")  # fmt: skip
