"""S18, the station's keys: fingerprints and dates of the real keys, an alarm before they are old, never a secret."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from station.app import Station
from station.clock import ManualClock
from station.demo import open_demo_station
from station.desks.settings import SettingsDesk
from station.keys.rotation import LIFETIME, rotate
from station.views.base import Tone
from station.views.keys import shown_fingerprint
from station.words import Language


def test_the_keys_are_told_by_their_public_halves_and_change_with_a_rotation(tmp_path: Path) -> None:
    clock = ManualClock()
    station = open_demo_station(tmp_path / "s", clock=clock)
    try:
        desk = SettingsDesk(station)
        before = {r.purpose.code: r for r in desk.keys().rows}
        assert list(before)[:3] == ["key.sign", "key.open", "key.journal"]
        assert before["key.sign"].fingerprint.replace(" ", "") == station.keys.signer.key_id[:32]
        assert before["key.open"].fingerprint.replace(" ", "") == station.keys.opener.key_id[:32]
        assert before["key.journal"].fingerprint == ""
        assert before["key.sign"].held.code == "key.held.wrapped"
        assert desk.keys().protected.code == "key.protection.unprotected"
        clock.advance(3 * 86400)
        rotate(station.keys, station.journal, operator="an")
        after = {r.purpose.code: r for r in desk.keys().rows}
        assert after["key.sign"].fingerprint == shown_fingerprint(station.keys.signer.key_id) != before["key.sign"].fingerprint
        assert after["key.sign"].made != before["key.sign"].made
        assert after["key.journal"] == before["key.journal"]
        _alarm(station, clock, desk)
    finally:
        station.close()


def _alarm(station: Station, clock: ManualClock, desk: SettingsDesk) -> None:
    assert not desk.keys().alarm
    clock.advance((LIFETIME - timedelta(days=10)).total_seconds())
    soon = desk.keys()
    assert soon.alarm
    assert soon.rows[0].tone is Tone.RETRY
    assert soon.rows[0].state.values["days"] in (9, 10)
    clock.advance(11 * 86400)
    assert desk.keys().rows[0].state.code == "key.state.expired"
    for row in desk.keys().rows:
        for words in (row.purpose, row.what, row.held, row.state):
            for language in Language:
                assert words.say(language) != words.code


def test_the_pinned_centre_is_named_with_both_its_keys(tmp_path: Path) -> None:
    from station.keys.sealing import HybridOpener
    from station.keys.signing import SoftwareSigner
    from station.package.identity import IntakePublic

    station = open_demo_station(tmp_path / "s")
    try:
        centre = IntakePublic("Trung tâm thử", SoftwareSigner.generate().public, HybridOpener.generate().public)
        station.pin_intake(centre)
        rows = {r.purpose.code: r for r in SettingsDesk(station).keys().rows}
        assert rows["key.receipts"].fingerprint == shown_fingerprint(centre.signer.key_id)
        assert rows["key.seal"].fingerprint == shown_fingerprint(centre.recipient.key_id)
        assert rows["key.seal"].held.say() == "Ở Trung tâm thử; máy này chỉ giữ nửa công khai"
    finally:
        station.close()
