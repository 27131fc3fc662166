"""What the device commands share: the station's folder or single adapters, the language, the room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from devices.contract import Device
from devices.grade import CertificateSource, no_certificates
from station.commands._opening import folder, opened
from station.device_room import DeviceRoom, RoomRow, parse_wishes
from station.errors import InputError
from station.files import BusyError, RealFiles
from station.keys import StationKeys
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
            return Settings({}, ("settings.toml is too large; defaults hold.",))
        return parse(path.read_bytes())
    except FileNotFoundError:
        return Settings({})
    except OSError as error:
        raise InputError("The settings cannot be read; nothing was asked of any device. Check the folder's rights.",
                         code="settings-file") from error  # fmt: skip
    except InputError as error:
        return Settings({}, (str(error),))


@contextmanager
def certificates_of(data: Path | None, passphrase_file: Path | None) -> Iterator[CertificateSource | None]:
    """Yield the station's certificates; None where they cannot be read without asking for a secret, or while the station runs.

    A folder without a station knows no certificate.
    """
    files = RealFiles(folder(data)) if folder(data).is_dir() else None
    if files is None or not StationKeys.exist(files):
        yield no_certificates
        return
    if passphrase_file is None and StationKeys.protection(files) != "unprotected":
        yield None
        return
    with ExitStack() as stack:
        try:
            station = stack.enter_context(opened(data, passphrase_file))
        except BusyError:
            yield None
            return
        from station.device_certificates import CertificateBook

        yield CertificateBook.of(station.files, station.journal, station.clock, station.keys, station.operators).facts


def room(data: Path | None, devices: list[str] | None, certificates: CertificateSource | None = None) -> DeviceRoom:
    """Return the room of the settings, or of the devices given with ``--device``."""
    if devices:
        return DeviceRoom([wish for text in devices for wish in parse_wishes(text)], certificates)
    return DeviceRoom.from_settings(settings_of(data), certificates)


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
