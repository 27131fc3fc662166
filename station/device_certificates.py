"""Calibration certificates of this station's devices: issue, keep, check, and the facts that the grade asks for.

One folder a device, ``calibration/<device>/NNNNN.json``; `<device>` is a hash of vendor, model and serial number. The journal notes each
one (`device.calibrated`), so that a file taken away is missed: the newest file must be the one the journal names last.

Believed are the signatures of keys trusted for ``calibration``, of this station, and of its operators who may service devices.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from devices.calibration.certificate import Certificate, CertificateBody, read_certificate, to_be_signed, write_certificate
from devices.calibration.plan import Plan
from devices.contract import DeviceIdentity, DeviceKind, ImagingDevice
from devices.errors import DeviceFormatError, ProfileError
from devices.grade import CertificateFacts
from station.calibrating import Calibration, Conditions, Finished
from station.clock import Clock
from station.dossier.kinds import Kind
from station.errors import InputError
from station.files import Files
from station.journal import Journal
from station.keys import (
    KeyFormatError,
    Permission,
    Signature,
    SignatureError,
    Signer,
    SignerPublic,
    StationKeys,
    verify,
)
from station.keys.operators import replay_accounts
from station.keys.roles import may
from station.keys.trust import Purpose, TrustStores

FOLDER: Final = "calibration"
MAX_FILE_BYTES: Final = 4_000_000
AHEAD: Final = timedelta(days=1)
"""A certificate finished later than now by more than this was written by a wrong clock (or this clock is wrong): it is not believed."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found. `code` has words; ``certificate-valid`` is the only good one. `verified`: signature and chain hold."""

    code: str
    verified: bool
    values: Mapping[str, object] = field(default_factory=dict)
    signer: str = ""

    @property
    def good(self) -> bool:
        """Whether the device may enroll on this certificate, as far as the certificate goes."""
        return self.code == "certificate-valid"


def calibration_signers(keys: StationKeys, journal: Journal, now: datetime, certificate: str = "") -> dict[str, SignerPublic]:
    """Return key id → public half of everyone whose signature under `certificate` (its id) is believed here now.

    An operator is believed who could service devices *when the journal noted the certificate*: one who left in peace, or has a new key
    since, does not take the devices' certificates along. A key that cannot be believed any more is revoked for ``calibration``.
    """
    view = TrustStores(journal).view(Purpose.CALIBRATION)
    found = {**view.signers(now), **{p.key_id: p for p in keys.publics}}
    until = []
    for event in journal.events_of_kind(Kind.OPERATOR_ADDED, Kind.OPERATOR_CHANGED, Kind.CALIBRATED):
        if event.kind != Kind.CALIBRATED:
            until.append(event)
        elif event.body["certificate"] == certificate:
            break
    for account in replay_accounts(until).values():
        if account.active and may(account.roles, Permission.SERVICE_DEVICES):
            found[account.public.key_id] = account.public
    return {k: v for k, v in found.items() if k not in view.revoked}


class CertificateBook:
    """The certificates of one station. `signers` (certificate id → believed keys) is asked anew for each check: trust may change."""

    def __init__(
        self, files: Files, journal: Journal, clock: Clock, station_id: str, signers: Callable[[str], Mapping[str, SignerPublic]]
    ) -> None:
        self._files, self._journal, self._clock = files, journal, clock
        self._station, self._signers = station_id, signers

    @classmethod
    def of(cls, files: Files, journal: Journal, clock: Clock, keys: StationKeys) -> CertificateBook:
        """Return the book of an opened station."""
        return cls(
            files,
            journal,
            clock,
            keys.station_id,
            lambda certificate: calibration_signers(keys, journal, clock.now(), certificate),
        )

    # --- issuing -------------------------------------------------------------------------------------------------------------

    def begin(self, device: ImagingDevice, plan: Plan, conditions: Conditions, *, signer: Signer | None,
              technician: str = "", name: str = "", desk: str = "") -> Calibration:  # fmt: skip
        """Return the wizard for `device`; its SIGN step issues here. `signer` None: the certificate says "not a signature"."""

        def issue(done: Finished) -> str:
            return self.issue(done, signer=signer, technician=technician, name=name, desk=desk).id

        return Calibration(device, plan, self._clock, issue, conditions)

    def issue(
        self, done: Finished, *, signer: Signer | None, technician: str = "", name: str = "", desk: str = ""
    ) -> Certificate:
        """Write, sign, keep and note the certificate of a finished calibration; durable on return.

        Raises:
            DeviceFormatError: the device's former certificate is damaged: nothing can be chained to it (move it aside by hand).
            StorageError: the disk.
        """
        identity = done.info.identity
        assert identity is not None
        former = self.all_of(identity)
        finished = self._clock.now().replace(microsecond=0)
        body = CertificateBody(
            number=former[-1].body.number + 1 if former else 1, previous=former[-1].id if former else "", station=self._station,
            device=identity, source=done.info.source, plan=done.plan.id, limits=done.plan.limits.id, target=done.plan.target,
            target_serial=done.conditions.target_serial, target_expires=done.conditions.target_expires, technician=technician,
            technician_name=name, temperature=done.conditions.temperature, note=done.conditions.note, software=_software(),
            started=min(done.started, finished).replace(microsecond=0), finished=finished,
            expires=add_months(finished, done.plan.limits.validity_months), rows=done.rows, rows_before=done.rows_before,
            corrections=done.corrections, captures=done.captures, profile_sha256=profile_digest(identity.profile),
            target_sha256=_target_digest(done.plan),
        )  # fmt: skip
        try:
            data = to_be_signed(body)
            signatures = [s.to_bytes() for s in signer.sign(data)] if signer else []
            certificate = write_certificate(body, signer.public.to_bytes() if signer else b"", signatures)
        except (ValueError, DeviceFormatError) as error:
            raise InputError("What was typed or what the device tells of itself cannot stand in a certificate (too long, or odd signs). "
                             "Nothing was signed; shorten it.", code="certificate-text") from error  # fmt: skip
        self._files.write(self._name(identity, body.number), certificate.data)
        self._journal.append(Kind.CALIBRATED, {
            "device": {"kind": identity.kind.value, "vendor": identity.vendor, "model": identity.model, "serial": identity.serial,
                       "firmware": identity.firmware, "profile": identity.profile},
            "number": body.number, "certificate": certificate.id, "result": "passed" if body.passed else "failed",
            "expires": body.expires.isoformat(), "signer": signer.key_id if signer else "",
        }, dossier="", operator=technician, desk=desk)  # fmt: skip
        return certificate

    # --- reading -------------------------------------------------------------------------------------------------------------

    def devices(self) -> list[DeviceIdentity]:
        """Return every device that the journal knows a certificate of, as its last one names it."""
        newest = {}
        for event in self._journal.events_of_kind(Kind.CALIBRATED):
            d = event.body["device"]
            newest[d["vendor"], d["model"], d["serial"]] = d
        return [
            DeviceIdentity(d["kind"], "", d["vendor"], d["model"], d["serial"], d["firmware"], d["profile"])
            for d in newest.values()
        ]

    def all_of(self, identity: DeviceIdentity) -> list[Certificate]:
        """Return the device's certificates, oldest first.

        Raises:
            DeviceFormatError: one of them is damaged; none is skipped in silence.
        """
        return [read_certificate(self._files.read(name, MAX_FILE_BYTES)) for name in self._names(identity)]

    def newest(self, identity: DeviceIdentity) -> Certificate | None:
        """Return the device's newest certificate, unchecked; None when it never had one. Raises as `all_of`."""
        names = self._names(identity)
        return read_certificate(self._files.read(names[-1], MAX_FILE_BYTES)) if names else None

    def check(self, identity: DeviceIdentity) -> Check:
        """Check the newest certificate of the device as it is now: form, signature, chain, place in the journal, dates, firmware, profile."""
        return self._look(identity)[1]

    def facts(self, identity: DeviceIdentity) -> CertificateFacts | None:
        """Return what the grade asks for; None when the device never had a certificate. A damaged one is unverified, never an older one."""
        newest, check = self._look(identity)
        if newest is not None:
            found = newest.facts(verified=check.verified)
            changed = newest.body.profile_sha256 != profile_digest(identity.profile)
            # The same name over another text: the grade compares names, so the certificate's profile is told with its hash.
            return replace(found, profile=f"{found.profile} ({newest.body.profile_sha256[:8] or '-'})") if changed else found
        if check.code == "certificate-missing":
            return None
        return CertificateFacts(identity.serial, identity.firmware, identity.profile, passed=False, valid_until=datetime.fromtimestamp(0, UTC),
                                verified=False)  # fmt: skip

    def _look(self, identity: DeviceIdentity) -> tuple[Certificate | None, Check]:
        """Return the newest certificate (None: none, or damaged) and what is to be said of it.

        Asked before every capture, so only the newest file is read as a certificate; the ones before it are compared, as whole files,
        with the hashes that the journal noted when they were written.
        """
        files = [self._files.read(name, MAX_FILE_BYTES) for name in self._names(identity)]
        noted = self._noted(identity)
        if not files:
            return None, Check("certificate-gone" if noted else "certificate-missing", verified=False)
        try:
            newest = read_certificate(files[-1])
        except DeviceFormatError as error:
            return None, Check(error.reason_code, verified=False)
        hashes = [hashlib.sha256(data).hexdigest() for data in files]
        if hashes != noted:
            return newest, Check("certificate-not-noted", verified=False)
        if newest.body.number != len(files) or newest.body.previous != (hashes[-2] if len(hashes) > 1 else ""):
            return newest, Check("certificate-chain", verified=False)
        return newest, check_alone(newest, self._signers(newest.id), self._clock.now(), identity)

    def _names(self, identity: DeviceIdentity) -> list[str]:
        return [name for name in self._files.list(_folder(identity)) if name.endswith(".json")]

    def _noted(self, identity: DeviceIdentity) -> list[str]:
        key = {"vendor": identity.vendor, "model": identity.model, "serial": identity.serial}
        events = self._journal.events_of_kind(Kind.CALIBRATED)
        return [str(e.body["certificate"]) for e in events if key.items() <= e.body["device"].items()]

    def _name(self, identity: DeviceIdentity, number: int) -> str:
        return f"{_folder(identity)}/{number:05d}.json"


def check_certificate(
    chain: Sequence[Certificate], signers: Mapping[str, SignerPublic], now: datetime, identity: DeviceIdentity | None = None
) -> Check:
    """Check the last of `chain` (a device's certificates, oldest first) at `now`; with `identity` also against the device as it is.

    The chain is whole when each names the file before it, from number 1 on. A lone certificate of a higher number cannot be followed back.
    """
    for number, certificate in enumerate(chain, 1):
        before = chain[number - 2] if number > 1 else None
        same = before is None or (before.body.device.serial, before.body.device.model) == (
            certificate.body.device.serial,
            certificate.body.device.model,
        )
        if certificate.body.number != number or certificate.body.previous != (before.id if before else "") or not same:
            return Check("certificate-chain", verified=False)
    return check_alone(chain[-1], signers, now, identity)


def check_alone(
    last: Certificate, signers: Mapping[str, SignerPublic], now: datetime, identity: DeviceIdentity | None = None
) -> Check:
    """Check one certificate without the ones before it: what a file away from its station can prove by itself."""
    body = last.body
    if not last.signed:
        return Check("certificate-unsigned", verified=False)
    try:
        public = SignerPublic.from_bytes(last.key)
        if signers.get(public.key_id) != public:
            return Check("certificate-stranger", verified=False, signer=public.key_id)
        verify(public, to_be_signed(body), [Signature.from_bytes(s) for s in last.signatures])
    except (KeyFormatError, SignatureError):
        return Check("certificate-signature", verified=False)
    code, values = _state(body, now, identity)
    return Check(code, code != "certificate-future", values, public.key_id)


def _state(body: CertificateBody, now: datetime, identity: DeviceIdentity | None) -> tuple[str, Mapping[str, object]]:
    if identity is not None:
        if (identity.serial, identity.model, identity.vendor) != (body.device.serial, body.device.model, body.device.vendor):
            return "certificate-other-device", {}
        if identity.firmware != body.device.firmware:
            return "certificate-firmware-changed", {"old": body.device.firmware, "new": identity.firmware}
        if identity.profile != body.device.profile or profile_digest(identity.profile) != body.profile_sha256:
            return "certificate-profile-changed", {"old": body.device.profile, "new": identity.profile}
    if body.finished > now + AHEAD:
        return "certificate-future", {"day": body.finished.strftime("%d/%m/%Y")}
    if now >= body.expires:
        return "certificate-expired", {"day": body.expires.strftime("%d/%m/%Y")}
    return ("certificate-valid", {"day": body.expires.strftime("%d/%m/%Y")}) if body.passed else ("certificate-failed", {})


def profile_digest(profile: str) -> str:
    """Return the SHA-256 (hex) of the firmware profile of that id as it is now; empty where there is none (SBI, cameras, simulators)."""
    from devices.profiles import load_profile, profile_hash

    try:
        return profile_hash(load_profile(profile)) if profile else ""
    except ProfileError:
        return ""


def _target_digest(plan: Plan) -> str:
    if not plan.target:
        return ""
    if plan.kind is DeviceKind.CAMERA:
        from devices.calibration.camera_target import camera_target

        return camera_target(plan.target).sha256
    from devices.calibration.target import scanner_target

    return scanner_target(plan.target).sha256


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day so many months later; the last day of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)


def _folder(identity: DeviceIdentity) -> str:
    name = "\n".join((identity.vendor, identity.model, identity.serial))
    return f"{FOLDER}/{hashlib.sha256(name.encode()).hexdigest()[:20]}"


def _software() -> dict[str, str]:
    import cv2
    import numpy as np

    try:
        station = version("enrollment-station")
    except PackageNotFoundError:
        station = "0.1.0"
    return {
        "station": station,
        "opencv": cv2.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }
