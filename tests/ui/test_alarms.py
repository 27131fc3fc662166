"""An empty battery and a full disk are signed in the top bar, slowly blinking until somebody has seen it."""

from __future__ import annotations

from station.journal.guards import DiskState, Level
from station.views.alarms import AlarmKind, alarms_of
from tests.ui.conftest import Day

ROOM = DiskState(10**11, 2000, Level.OK)
FULL = DiskState(10**8, 12, Level.STOP)


def test_only_below_five_percent_and_when_no_dossier_fits() -> None:
    assert alarms_of(None, ROOM) == ()
    assert alarms_of(0.05, ROOM) == ()
    assert [a.kind for a in alarms_of(0.04, FULL)] == [AlarmKind.BATTERY, AlarmKind.DISK]
    assert alarms_of(0.04, ROOM)[0].words.say() == "Pin còn 4 %"
    assert alarms_of(1.0, DiskState(10**9, 200, Level.WARN)) == ()


def test_the_sign_blinks_once_a_second_until_it_was_seen(day: Day) -> None:
    shell = day.shell
    day.go("home")
    shell.alarms.tick()
    day.settled()
    sign = shell.top.alarm
    assert sign.isHidden(), "this machine has power and room"
    shell.alarms.show(alarms_of(0.04, ROOM))
    assert sign.isVisible()
    assert (sign.text(), sign.blinking, sign.on) == ("Pin còn 4 %", True, True)
    assert sign.accessibleName() == "Pin còn 4 %"
    assert sign._timer.isActive()
    assert 2 * sign._timer.interval() == 1000
    sign.turn()
    assert not sign.on
    sign.turn()
    assert sign.on
    sign.click()
    assert (sign.blinking, sign.on, sign.isVisible()) == (False, True, True)
    assert not sign._timer.isActive()
    assert shell.messages.words == "Pin còn 4 %"
    shell.alarms.show(alarms_of(0.03, ROOM))
    assert not sign.blinking, "the same alarm was seen"
    shell.alarms.show(alarms_of(0.03, FULL))
    assert sign.blinking, "another one was not"
    shell.alarms.acknowledge()
    shell.alarms.show(())
    assert sign.isHidden()
    shell.alarms.show(alarms_of(0.03, ROOM))
    assert sign.blinking, "what was over and comes again is news"
