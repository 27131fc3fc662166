"""`station devices profiles`: the firmware profiles that are known here, and a check of a site's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from devices.errors import ProfileError
from devices.profiles import Profile, all_profiles, load_profile, profile_hash
from station.commands._device_options import EnglishOption, JsonOption, language
from station.words import Language, say


def command(
    name: Annotated[
        str, typer.Argument(metavar="[PROFILE]", help="Show all of this one: commands, picture, evidence.", show_default=False)
    ] = "",
    folder: Annotated[Path | None, typer.Option(help="The site's own profiles; each is checked.", show_default=False)] = None,
    english: EnglishOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the firmware profiles, show one, check a site's own. Exit 1 when a file breaks the schema (the message names file and key)."""
    tongue = language(english)
    folders = [folder] if folder is not None else []
    if folder is not None and not folder.is_dir():
        raise ProfileError(
            f"There is no folder {folder}; nothing was checked. Name the folder of the site's profiles.", code="profile-not-found"
        )
    for profile in [load_profile(name, folders)] if name else all_profiles(folders):
        if as_json:
            typer.echo(json.dumps(as_plain(profile, whole=bool(name)), ensure_ascii=False))
        else:
            typer.echo(as_text(profile, tongue, whole=bool(name)))


def as_plain(profile: Profile, *, whole: bool) -> dict[str, Any]:
    """Return a profile as plain data: the line of the list, or everything."""
    about, image = profile.profile, profile.image
    plain: dict[str, Any] = {
        "profile": profile.id, "family": profile.family, "vendor": about.vendor, "models": list(about.models), "status": about.status.value,
        "verified": about.verified, "enrolment": profile.grade_reason() or "allowed", "sha256": profile_hash(profile),
        "picture": None if image is None else {"width": image.width, "height": image.height, "bits": image.bits, "ppi": image.nominal_ppi},
    }  # fmt: skip
    if whole:
        plain |= {"evidence": list(about.evidence), "unverified": list(about.unverified), "bauds": list(profile.port.bauds),
                  "session_baud": profile.port.session_baud,
                  "commands": {n: {"opcode": f"{code:02X}", "effect": profile.effect(n).value} for n, code in profile.commands.items()},
                  }  # fmt: skip
    return plain


def as_text(profile: Profile, tongue: Language, *, whole: bool) -> str:
    """Return a profile as lines for a person."""
    about, image = profile.profile, profile.image
    picture = f"{image.width}x{image.height} {image.bits} bit {image.nominal_ppi} ppi" if image is not None else ""
    doubt = "" if about.verified else "  ?"
    lines = [
        f"{profile.id:16s} {profile.family:12s} {about.status.value:12s} {picture:26s} {about.vendor}: {', '.join(about.models)}{doubt}"
    ]
    if not whole:
        return lines[0]
    reason = profile.grade_reason()
    if reason:
        lines.append(f"    {say(reason, tongue, bits=image.bits if image is not None else '?')}")
    lines += [f"    {say('profile-evidence', tongue)}: {text}" for text in about.evidence]
    if about.unverified:
        lines.append(f"    {say('profile-doubtful', tongue)}: {', '.join(about.unverified)}")
    lines += [
        f"    {code:02X}  {n:20s} {profile.effect(n).value}" for n, code in sorted(profile.commands.items(), key=lambda c: c[1])
    ]
    lines.append(f"    sha256 {profile_hash(profile)}")
    return "\n".join(lines)
