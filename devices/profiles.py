"""Firmware profiles: TOML files that say what a module's firmware is, so that no adapter holds an opcode.

    profile = load_profile("grow-r503-v12")
    profile.opcode("up_image")            # 0x0A; UnsupportedCommandError where the firmware lacks it

The built-in files lie in `firmware_profiles/`; a site adds its own in a folder it names (docs/devices.md). A site's file may
extend a built-in one but never replace it. Public names: load_profile, all_profiles, read_profile, profile_hash, Profile, Status.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from devices.errors import ProfileError
from devices.profile_schema import Profile, Status
from devices.profile_vocabulary import ANSWERS, COMMANDS, PARAMETERS

__all__ = ["BUILT_IN", "Profile", "Status", "all_profiles", "load_profile", "profile_hash", "read_profile"]

BUILT_IN: Final = Path(__file__).resolve().parent.parent / "firmware_profiles"
MAX_FILE_BYTES: Final = 65_536
_SECTIONS_MERGED: Final = ("profile", "port", "security", "image", "commands", "answers", "parameters", "sysparam", "quirks", "reader",
                           "positioning")  # fmt: skip
_NOT_INHERITED: Final = frozenset({"firmware_match", "product_match", "unverified", "lacks"})


def load_profile(name: str, folders: Iterable[Path] = ()) -> Profile:
    """Return the profile called `name` from the built-in folder or one of the site's `folders`.

    Raises:
        ProfileError: no such profile, or a file that breaks the schema (the message names file and key).
    """
    found = _files(tuple(folders)).get(name)
    if found is None:
        raise ProfileError(f"No firmware profile is called '{name}'; nothing was opened. `station devices profiles` lists them.",
                           code="profile-not-found")  # fmt: skip
    return _load(found, tuple(folders))


def all_profiles(folders: Iterable[Path] = ()) -> tuple[Profile, ...]:
    """Return every profile, built-in ones first, each set in the order of its file names.

    Raises:
        ProfileError: one of the files breaks the schema.
    """
    given = tuple(folders)
    return tuple(_load(path, given) for path in _files(given).values())


def profile_hash(profile: Profile) -> str:
    """Return the SHA-256 (hexadecimal) of the resolved profile: what a calibration certificate names. Comments do not count."""
    return hashlib.sha256(msgspec.json.encode(profile, order="sorted")).hexdigest()


def read_profile(data: bytes, file: str, parent: Mapping[str, Any] | None = None) -> Profile:
    """Read one file's bytes; `parent` is the parsed table it extends.

    Raises:
        ProfileError: not TOML, an unknown key, a value out of range, a contradiction; the message names `file` and the key.
    """
    table = _parse(data, file)
    extends = table.get("extends")
    if (extends is None) != (parent is None):
        raise _broken(file, "extends", "names a profile that is not there" if extends else "is missing")
    merged = _merge(parent, table, file) if parent is not None else table
    try:
        profile = msgspec.convert(merged, Profile)
    except msgspec.ValidationError as error:
        text = str(error)
        where = re.search(r"`\$\.?([^`]*)`", text)
        raise _broken(file, where.group(1) if where else "", text.split(" - at ", maxsplit=1)[0]) from error
    _check(profile, merged, file)
    return profile


def _broken(file: str, key: str, what: str) -> ProfileError:
    return ProfileError(f"{file}: '{key or 'the file'}': {what}. The profile is not used; the others are. Mend the file.",
                        file=file, key=key)  # fmt: skip


def _parse(data: bytes, file: str) -> dict[str, Any]:
    if len(data) > MAX_FILE_BYTES:
        raise _broken(file, "", f"is larger than {MAX_FILE_BYTES} bytes")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise _broken(file, "", f"is not TOML ({type(error).__name__})") from error


def _merge(parent: Mapping[str, Any], child: Mapping[str, Any], file: str) -> dict[str, Any]:
    """Lay the child's keys over its parent's, section by section; lists are replaced, never joined."""
    if parent.get("extends") is not None:
        raise _broken(file, "extends", f"'{child['extends']}' extends another profile itself: one level only")
    merged: dict[str, Any] = {**parent, **child}
    for name in _SECTIONS_MERGED:
        above, below = parent.get(name), child.get(name)
        if isinstance(above, dict) and isinstance(below, dict):
            kept = {key: value for key, value in above.items() if name != "profile" or key not in _NOT_INHERITED}
            merged[name] = {**kept, **below}
    about = merged.get("profile")
    lacks = about.get("lacks", ()) if isinstance(about, dict) else ()
    commands = dict(merged["commands"]) if isinstance(merged.get("commands"), dict) else {}
    for gone in lacks if isinstance(lacks, list) else ():
        if gone not in commands:
            raise _broken(file, "profile.lacks", f"'{gone}' is not a command of '{child['extends']}'")
        del commands[gone]
    merged["commands"] = commands
    return merged


def _check(profile: Profile, table: Mapping[str, Any], file: str) -> None:
    """Raise ProfileError for what the types cannot say."""
    about, family = profile.profile, profile.family
    for section, names, known in (("commands", profile.commands, COMMANDS[family]), ("answers", profile.answers, ANSWERS[family]),
                                  ("parameters", profile.parameters, PARAMETERS[family])):  # fmt: skip
        for name in names:
            if name not in known:
                raise _broken(file, f"{section}.{name}", f"is no name of family '{family}'")
    _check_unique(profile.commands, "commands", file)
    _check_unique(profile.answers, "answers", file)
    for key in about.unverified:
        if not _present(table, key):
            raise _broken(file, "profile.unverified", f"'{key}' is no key of this profile")
    if about.verified and (about.unverified or about.status is Status.INFERRED):
        raise _broken(file, "profile.verified", "is true although something is inferred or listed as unverified")
    for name in (*profile.quirks.double_ack, *profile.quirks.ack_is_not_proof):
        if name not in profile.commands:
            raise _broken(file, "quirks", f"'{name}' is not among the commands")
    for pattern in (*about.firmware_match, *about.product_match):
        try:
            re.compile(pattern)
        except re.error as error:
            raise _broken(file, "profile.firmware_match", f"'{pattern}' is no regular expression") from error
    _check_image(profile, file)
    _check_family(profile, file)


def _check_unique(numbers: Mapping[str, int], section: str, file: str) -> None:
    seen: dict[int, str] = {}
    for name, number in numbers.items():
        if number in seen:
            raise _broken(file, f"{section}.{name}", f"has the same number as '{seen[number]}'")
        seen[number] = name


def _check_image(profile: Profile, file: str) -> None:
    image = profile.image
    if image is None:
        if profile.profile.enrolment_grade:
            raise _broken(file, "profile.enrolment_grade", "is true but the profile has no image")
        return
    expected, rest = divmod(image.width * image.height * image.bits, 8)
    if rest or expected + image.header_bytes != image.transfer_bytes:
        raise _broken(
            file, "image.transfer_bytes", f"is not width x height x bits / 8 + header = {expected + image.header_bytes}"
        )
    if (image.packing == "bytes") != (image.bits == 8):
        raise _broken(file, "image.packing", f"does not fit {image.bits} bits")
    if profile.profile.enrolment_grade and (image.bits < 8 or image.nominal_ppi < 495):
        raise _broken(file, "profile.enrolment_grade", "needs 8 bits and 500 ppi")


def _check_family(profile: Profile, file: str) -> None:
    needed = {"zfm-ef01": ("security", "image"), "gt5-55aa": ("image",), "suprema-sfm": ("image",), "mrz-swipe": ("reader",),
              "nmea0183": ("positioning",)}[profile.family]  # fmt: skip
    for section in needed:
        if getattr(profile, section) is None:
            raise _broken(file, section, f"is missing: family '{profile.family}' needs it")
    if profile.sysparam is not None and profile.family != "zfm-ef01":
        raise _broken(file, "sysparam", f"means nothing in family '{profile.family}'")
    raised = profile.port.session_baud
    if raised and raised not in profile.port.bauds:
        raise _broken(file, "port.session_baud", "is not among port.bauds, so a module left there would not be found again")
    if raised and profile.sysparam is not None and profile.sysparam.needs_power_cycle:
        raise _broken(file, "port.session_baud", "cannot be used: new settings count only after power was cut")


def _present(table: Mapping[str, Any], dotted: str) -> bool:
    at: Any = table
    for part in dotted.split("."):
        if not isinstance(at, Mapping) or part not in at:
            return False
        at = at[part]
    return True


def _files(folders: tuple[Path, ...]) -> dict[str, Path]:
    """Profile name → file. A name met a second time is an error: two files must not claim one firmware."""
    found: dict[str, Path] = {}
    for folder in (BUILT_IN, *folders):
        for path in sorted(folder.glob("*.toml")):
            if path.stem in found:
                raise _broken(str(path), "profile.id", f"'{path.stem}' exists already; a site's profile needs a name of its own")
            found[path.stem] = path
    return found


def _load(path: Path, folders: tuple[Path, ...]) -> Profile:
    stamp = path.stat().st_mtime_ns
    return _cached(path, stamp, folders)


@lru_cache(maxsize=128)
def _cached(path: Path, stamp: int, folders: tuple[Path, ...]) -> Profile:
    _ = stamp  # a file that changed is read again
    data = path.read_bytes()
    table = _parse(data, path.name)
    extends = table.get("extends")
    parent = None
    if extends is not None:
        above = _files(folders).get(str(extends))
        if above is None:
            raise _broken(path.name, "extends", f"'{extends}' is no profile")
        parent = _parse(above.read_bytes(), above.name)
    profile = read_profile(data, path.name, parent)
    if profile.id != path.stem:
        raise _broken(path.name, "profile.id", f"must be the file's name, '{path.stem}'")
    return profile
