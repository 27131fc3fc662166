"""What the device commands share: the station's folder or single adapters, the language, the room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from devices.contract import Device
from devices.grade import CertificateSource, no_certificates
from station.commands._opening import folder, opened
from station.device_room import DeviceRoom, DeviceWish, RoomRow, parse_wishes
from station.errors import InputError
from station.files import BusyError, RealFiles
from station.keys import StationKeys
from station.keys.trust import MAX_ENTRY_BYTES, Purpose, TrustView, read_entry
from station.settings import MAX_FILE_BYTES, SETTINGS_FILE, Settings, parse
from station.words import Language

DataOption = Annotated[Path | None, typer.Option("--data", envvar="STATION_DATA", show_default=False,
                                                 help="The station's folder; its settings name the devices.")]  # fmt: skip
DeviceOption = Annotated[list[str] | None, typer.Option("--device", "-d", show_default=False, metavar="'ADAPTER key=value …'",
                                                        help="Use this device instead of those of the settings; may be repeated.")]  # fmt: skip
EnglishOption = Annotated[bool, typer.Option("--english", help="Words in English.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]


def language(english: bool) -> Language:
    """Return the language of the answer."""
    return Language.EN if english else Language.VI


def settings_of(data: Path | None) -> Settings:
    """Return the settings in the station's folder; the defaults where there is none. Opens no journal, asks for no passphrase."""
    path = folder(data) / SETTINGS_FILE
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return Settings({}, (InputError("settings.toml is too large; defaults hold.", code="settings-size"),))
        return parse(path.read_bytes())
    except FileNotFoundError:
        return Settings({})
    except OSError as error:
        raise InputError("The settings cannot be read; nothing was asked of any device. Check the folder's rights.",
                         code="settings-file") from error  # fmt: skip
    except InputError as error:
        return Settings({}, (error,))


@dataclass(frozen=True, slots=True)
class Vouching:
    """What the station knows of its devices: calibration certificates (None: not to be read now) and trusted makers."""

    certificates: CertificateSource | None = None
    makers: TrustView | None = None


@contextmanager
def vouching_of(data: Path | None, passphrase_file: Path | None) -> Iterator[Vouching]:
    """Yield the station's certificates and trusted makers; neither where they cannot be read without asking for a secret, or while
    the station runs. A folder without a station knows no certificate.
    """
    files = RealFiles(folder(data)) if folder(data).is_dir() else None
    if files is None or not StationKeys.exist(files):
        yield Vouching(no_certificates)
        return
    if passphrase_file is None and StationKeys.protection(files) != "unprotected":
        yield Vouching()
        return
    with ExitStack() as stack:
        try:
            station = stack.enter_context(opened(data, passphrase_file))
        except BusyError:
            yield Vouching()
            return
        from station.device_certificates import CertificateBook

        book = CertificateBook.of(station.files, station.journal, station.clock, station.keys)
        yield Vouching(book.facts, station.trust.view(Purpose.DEVICE_MAKERS))


def room(data: Path | None, devices: list[str] | None, known: Vouching = Vouching()) -> DeviceRoom:
    """Return the room of the settings, or of the devices given with ``--device``.

    A device given by hand may name a file with its maker's certificate (``makers=FILE``), for trying it out; settings may not: what a
    station trusts stands in its trust store.
    """
    if devices:
        wishes = [_with_makers(wish) for text in devices for wish in parse_wishes(text)]
        return DeviceRoom(wishes, known.certificates, makers=known.makers)
    return DeviceRoom.from_settings(settings_of(data), known.certificates, makers=known.makers)


def _with_makers(wish: DeviceWish) -> DeviceWish:
    name = wish.options.get("makers")
    if name is None:
        return wish
    path = Path(str(name))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_ENTRY_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path.name} cannot be read; nothing was asked of any device. Check the file's name and rights.",
                         code="trust-file-unreadable") from error  # fmt: skip
    entry = read_entry(data, path.name)
    return replace(wish, options={**wish.options, "trust": TrustView(Purpose.DEVICE_MAKERS, {entry.entry_id: entry}, {}, 0)})


def chosen(rows: list[RoomRow], device_id: str) -> tuple[RoomRow, Device]:
    """Return the row called `device_id` (may be empty when there is only one) and its device.

    Raises:
        InputError: none of that name, several without a name, or a row that has no device behind it.
    """
    fitting = [r for r in rows if device_id in (r.info.device_id, "")]
    if len(fitting) != 1:
        names = ", ".join(r.info.device_id for r in rows)
        raise InputError(f"Name one device; there are: {names or 'none'}. Nothing was asked.", code="device-choice")
    row = fitting[0]
    if row.device is None:
        raise InputError(f"{row.info.device_id} cannot be used: {row.info.error}", code=row.info.error_code or "device")
    return row, row.device
