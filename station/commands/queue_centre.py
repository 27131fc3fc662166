"""`station queue notices | operators | rotate`: what a station tells the centre of itself, and hears from it."""

from __future__ import annotations

from station.commands import _queue as base
from station.commands._opening import AsOperator, PinFile
from station.errors import AccessError


def notices(*, folder: base.Folder, demo: base.Demo = False, passphrase_file: base.PassphraseFile = None, url: base.Url = "",
            proxy: base.Proxy = "", ca_file: base.CaFile = "", certificate: base.Certificate = "", as_json: base.Json = False) -> None:  # fmt: skip
    """Fetch what the centre tells: returned and accepted dossiers, cards, e-ID states, day lists, fees, trust lists, revocations."""
    from station.dossier.kinds import Kind
    from station.exchange import inbox, make_carrier

    with base.opened_station(folder, demo, passphrase_file) as station:
        carrier = make_carrier(station, url, line=base.line(proxy, ca_file, certificate))
        try:
            _, before = station.journal.events_since(2**62)
            taken = inbox(station).fetch(carrier.session)
        finally:
            carrier.close()
        for event in station.journal.events_since(before)[0]:
            if event.kind == Kind.NOTICE:
                base.tell(
                    {"event": "notice", "kind": event.body["kind"], "id": event.body["id"], "dossier": event.dossier}, as_json
                )
        base.tell({"event": "notices", "taken": taken}, as_json)


def operators(*, folder: base.Folder, demo: base.Demo = False, passphrase_file: base.PassphraseFile = None, url: base.Url = "",
              proxy: base.Proxy = "", ca_file: base.CaFile = "", certificate: base.Certificate = "", as_json: base.Json = False) -> None:  # fmt: skip
    """Tell the intake this station's operators and their keys; there a person approves them (station intake operators --approve ID)."""
    from station.queue.joining import name_operators

    with base.opened_station(folder, demo, passphrase_file) as station:
        intake = station.queue.intake
        if intake is None:
            raise AccessError("This station has not joined an intake; nothing was sent. Run: station queue join CODE --url …",
                              code="not-enrolled")  # fmt: skip
        named = [(a.operator_id, a.public) for a in station.operators.accounts().values() if a.active]
        name_operators(url or station.settings.text("sending.intake_url"), named, station=station.origin, signer=station.keys.signer,
                       intake=intake, line=base.line(proxy, ca_file, certificate))  # fmt: skip
        base.tell({"event": "operators", "named": len(named)}, as_json)


def rotate(*, folder: base.Folder, demo: base.Demo = False, passphrase_file: base.PassphraseFile = None, url: base.Url = "",
           proxy: base.Proxy = "", ca_file: base.CaFile = "", certificate: base.Certificate = "", as_operator: AsOperator = "",
           pin_file: PinFile = None, as_json: base.Json = False) -> None:  # fmt: skip
    """Make new station keys and let the intake follow, vouched for by the key in use; goes on where an earlier try was cut off."""
    from station.carriers.model import CarrierError
    from station.keys import Permission
    from station.keys.rotation import rotate as rotate_here
    from station.queue.joining import rotate as tell

    with base.opened_station(folder, demo, passphrase_file, Permission.MANAGE_KEYS, as_operator, pin_file) as station:
        intake, line = station.queue.intake, base.line(proxy, ca_file, certificate)
        if intake is None:
            raise AccessError(
                "This station has not joined an intake; use 'station keys rotate'. Nothing was changed.", code="not-enrolled"
            )
        where = url or station.settings.text("sending.intake_url")
        pending = station.keys.signers[-2:] if station.files.size(base.ROTATING) is not None else ()
        if len(pending) != 2:
            station.files.write(base.ROTATING, b"1")
            rotate_here(station.keys, station.journal, operator=station.session.operator)
            pending = station.keys.signers[-2:]
        old, new = pending
        try:
            tell(where, new, station=station.origin, signer=old, intake=intake, line=line)
        except CarrierError as error:
            if error.reason_code != "not-enrolled":
                raise
            # The intake may have taken the new key already and its answer was lost: then the new one signs in.
            tell(where, new, station=station.origin, signer=new, intake=intake, line=line)
        station.files.remove(base.ROTATING)
        base.tell({"event": "rotated", "signer": new.key_id, "former": old.key_id}, as_json)
