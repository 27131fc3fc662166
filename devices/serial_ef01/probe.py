"""Which firmware is behind a port? Asked in an order that switches nothing on by accident.

Listen for the ready byte → prove the shipped password at each speed → read the system parameters (the same opcode on every
firmware, only its words differ) → version and product information, and these only when no firmware that is still possible gives
their opcodes another meaning (on an R558 the product opcode is the light). Values marked unverified are never evidence; a module
that stays ambiguous gets the read-only generic profile.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from devices.errors import DeviceError, DeviceTimeoutError, ProfileError
from devices.profile_vocabulary import Effect
from devices.profiles import Profile
from devices.serial_ef01.commands import Ef01Module
from devices.serial_module import Asked
from devices.transports import Deadline, Transport

GENERIC: Final = "zfm-generic"
READY_S: Final = 0.1
PRODUCT_BYTES: Final = 46
FIRMWARE_BYTES: Final = 32
_DOUBLE_WORDS: Final = frozenset({"address"})


@dataclass(frozen=True, slots=True)
class Product:
    """The 46 bytes of ReadProdInfo (R503 manual 1.2.1)."""

    module: str
    batch: str
    serial: str
    hardware: str
    sensor: str
    width: int
    height: int
    template_bytes: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Identified:
    """What is known of a module after asking. `parameters` are the words of the system parameters by name."""

    profile: Profile
    baud: int
    ready: bool = False
    parameters: tuple[tuple[str, int], ...] = ()
    product: Product | None = None
    firmware: str = ""
    candidates: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()


def safe_to_ask(command: str, candidates: Sequence[Profile]) -> bool:
    """Whether the opcode of `command` only reads on every candidate: none gives it a meaning that switches or writes."""
    opcodes = {p.opcode(command) for p in candidates if p.has(command)}
    if len(candidates) > 1 and any(f"commands.{command}" in p.profile.unverified for p in candidates):
        return False  # what it does on the others was never seen
    return len(opcodes) == 1 and all(
        p.effect(name) is Effect.READ for p in candidates for name, opcode in p.commands.items() if opcode in opcodes
    )


def words_of(profile: Profile, values: bytes) -> dict[str, int]:
    """Return the system parameters named by the profile's layout; empty when it has none or they do not fit in length."""
    layout = profile.sysparam.layout if profile.sysparam is not None else ()
    sizes = [4 if name in _DOUBLE_WORDS else 2 for name in layout]
    if sum(sizes) != len(values):
        return {}
    found: dict[str, int] = {}
    at = 0
    for name, size in zip(layout, sizes, strict=True):
        found[name] = int.from_bytes(values[at : at + size], "big")
        at += size
    return found


def words_fit(profile: Profile, values: bytes) -> bool:
    """Whether the system parameters can be this firmware's: every word inside what its layout allows."""
    words, sysparam, security = words_of(profile, values), profile.sysparam, profile.security
    if not words or sysparam is None or security is None:
        return False
    ranges = {"security": (1, 5), "score_level": (0, 5), "packet": (0, 3), "baud": (1, 12), "template_size": (0x80, 0x4000),
              "system_id": (0, 0x7F), "enroll_times": (1, 12)}  # fmt: skip
    if any(not low <= words[name] <= high for name, (low, high) in ranges.items() if name in words):
        return False
    ids_known = sysparam.system_ids and "sysparam.system_ids" not in profile.profile.unverified
    if ids_known and words.get("system_id") not in sysparam.system_ids:
        return False
    return words["address"] == security.address


def parse_product(values: bytes) -> Product:
    """Read product information; `values` are its 46 bytes."""

    def text(a: int, b: int) -> str:
        return values[a:b].split(b"\x00")[0].decode("ascii", "replace").strip()

    numbers = [int.from_bytes(values[i : i + 2], "big") for i in (38, 40, 42, 44)]
    return Product(text(0, 16), text(16, 20), text(20, 28), f"{values[28]}.{values[29]}", text(30, 38), *numbers)


def identify(transport: Transport, profiles: Sequence[Profile], deadline: Deadline, known: Profile | None = None,
             asked: list[Asked] | None = None) -> Identified:  # fmt: skip
    """Find speed and firmware; with `known` the module is only checked against that profile. Every exchange is noted in `asked`.

    Raises:
        DeviceTimeoutError, DeviceProtocolError, DeviceUnpluggedError; ProfileError: `known` contradicts what the module says.
    """
    family = [p for p in profiles if p.family == "zfm-ef01"]
    generic = next(p for p in family if p.id == GENERIC)
    asking = known or generic
    ready = _heard_ready(transport, asking, deadline)
    module = Ef01Module(transport, asking)
    module.asked = asked if asked is not None else []
    module.find_speed(deadline)
    candidates = [known] if known is not None else family
    values = _system_parameters(module, asking, deadline)
    if values is None:
        fitting = [p for p in candidates if not p.has("read_sys_para")]
    else:
        fitting = [p for p in candidates if p.has("read_sys_para") and words_fit(p, values)]
    found = Identified(asking, transport.baud, ready, candidates=tuple(p.id for p in fitting))
    if known is not None and not fitting:
        raise _mismatch(known, "system parameters")
    product, firmware = _facts(module, fitting, deadline)
    profile = known or _choose(fitting, generic, product, firmware)
    if known is not None and not _facts_fit(known, product, firmware):
        raise _mismatch(known, "product information")
    words = words_of(profile, values) if values is not None else {}
    return replace(
        found, profile=profile, product=product, firmware=firmware, parameters=tuple(words.items()), asked=tuple(module.asked)
    )


def _mismatch(profile: Profile, what: str) -> ProfileError:
    return ProfileError(f"The module's {what} are not those of profile '{profile.id}'; nothing was switched or changed. Name the right "
                        "profile, or leave it out.", code="profile-mismatch", profile=profile.id)  # fmt: skip


def _heard_ready(transport: Transport, profile: Profile, deadline: Deadline) -> bool:
    if profile.port.ready_byte is None:
        return False
    return profile.port.ready_byte in transport.read(64, deadline.within(READY_S))


def _system_parameters(module: Ef01Module, profile: Profile, deadline: Deadline) -> bytes | None:
    """The eight words, None where the module says that it has no such command, nothing where it stays silent.

    Silence proves nothing: an unnamed module then stays generic.
    """
    if not profile.has("read_sys_para"):
        return None
    try:
        answer = module.ask("read_sys_para", values=16, deadline=deadline)
    except DeviceTimeoutError:
        if deadline.passed or profile.id != GENERIC:
            raise
        return b""
    return answer.values if answer.name == "ok" else None


def _facts(module: Ef01Module, candidates: Sequence[Profile], deadline: Deadline) -> tuple[Product | None, str]:
    """Ask version and product where that is safe; what is refused or stays unanswered is simply not known."""
    product, firmware = None, ""
    holder = next((p for p in candidates if p.has("fw_version")), None)
    if holder is not None and safe_to_ask("fw_version", candidates):
        values = _optional(module, holder, "fw_version", FIRMWARE_BYTES, deadline)
        firmware = values.split(b"\x00")[0].decode("ascii", "replace").strip()
    holder = next((p for p in candidates if p.has("prod_info")), None)
    if holder is not None and safe_to_ask("prod_info", candidates):
        values = _optional(module, holder, "prod_info", PRODUCT_BYTES, deadline)
        product = parse_product(values) if values else None
    return product, firmware


def _optional(module: Ef01Module, holder: Profile, command: str, count: int, deadline: Deadline) -> bytes:
    asker = Ef01Module(module.transport, holder)
    asker.asked = module.asked
    try:
        answer = asker.ask(command, values=count, deadline=deadline)
    except DeviceError as error:
        if deadline.passed or error.reason_code in ("device-unplugged", "device-cancelled"):
            raise
        return b""
    return answer.values if answer.name == "ok" else b""


def _facts_fit(profile: Profile, product: Product | None, firmware: str) -> bool:
    about, image = profile.profile, profile.image
    if about.firmware_match and firmware and not any(re.search(p, firmware) for p in about.firmware_match):
        return False
    if not profile.has("prod_info"):
        return product is None
    if product is None or image is None:
        return False
    named = not about.product_match or any(re.search(p, product.module) for p in about.product_match)
    return named and (product.width, product.height) == (image.width, image.height)


def _choose(fitting: Sequence[Profile], generic: Profile, product: Product | None, firmware: str) -> Profile:
    """Return the one firmware that evidence points to; of equals with the same picture, the one that can least; else generic."""
    pointed = [
        p for p in fitting if p.id != generic.id and _facts_fit(p, product, firmware) and _has_evidence(p, product, firmware)
    ]
    if not pointed:
        return generic
    least = min(pointed, key=lambda p: len(p.commands))
    same = all(p.image == least.image and least.commands.items() <= p.commands.items() for p in pointed)
    return least if same else generic


def _has_evidence(profile: Profile, product: Product | None, firmware: str) -> bool:
    """Whether fitting says something: a product name, a version, a documented system id, another layout, a missing command."""
    about, sysparam = profile.profile, profile.sysparam
    if about.firmware_match and firmware:
        return True
    if about.product_match and product is not None:
        return True
    if not profile.has("read_sys_para"):
        return True
    if sysparam is None:
        return False
    own_layout = "system_id" not in sysparam.layout
    return own_layout or bool(sysparam.system_ids and "sysparam.system_ids" not in about.unverified)
