"""States off the demo's straight road: sign-in and lock, a device away, the applicant's window, a line that is down, a real station."""

from __future__ import annotations

from typing import TYPE_CHECKING

from station.demo import call_person, demo_citizen, demo_devices, demo_population, person_seed
from ui.shots_desks import Shots, to
from ui.shots_rest import NOTHING_YET, OFFLINE, REAL

if TYPE_CHECKING:
    from ui.screenshots import Studio

PHRASE = "một câu dài để chụp màn hình"
PEOPLE_SEED, PERSON = 7, 33
DEADLINE_S = 60.0


def _page(studio: Studio) -> str:
    return type(studio.shell.page).__name__


def _unplugged(studio: Studio) -> None:
    """E20: the cable comes out in the middle of a capture."""
    from devices.simulated.scanner import SimulatedScanner

    counter = studio.shell.counter
    assert counter is not None
    assert isinstance(counter.scanner, SimulatedScanner)
    counter.scanner.unplug(in_capture=True)
    studio.go("capture", studio.person())
    studio.until(studio.shell.trouble.isVisible)


def _portrait_live(studio: Studio) -> None:
    """Plug the scanner in again where it was away; the fingers go by themselves, then the face is judged."""
    from devices.simulated.scanner import SimulatedScanner
    from ui.screens.portrait import PortraitScreen

    counter = studio.shell.counter
    assert counter is not None
    assert isinstance(counter.scanner, SimulatedScanner)
    counter.scanner.plug_in()

    def judged() -> bool:
        page = studio.shell.page
        return isinstance(page, PortraitScreen) and page.view.judged

    studio.until(judged, 4 * DEADLINE_S)  # the fingers before the face take their time on a busy machine


def _applicant_blank(studio: Studio) -> None:
    studio.go("home")
    studio.shell.second.open()
    studio.shell.second.blank()
    studio.target = studio.shell.second.window


def _applicant_waits(studio: Studio) -> None:
    """A dossier that is not ready to be reviewed: the officer is busy with it."""
    studio.shell.second.open()
    studio.go("review", studio.scenes.returned)
    studio.target = studio.shell.second.window


def _review_open(studio: Studio) -> None:
    """Somebody reviews: one line called wrong, one that moved since, an exception; nobody signed."""
    counter, dossier = studio.shell.counter, studio.scenes.reviewing
    assert counter is not None
    studio.shell.jobs.submit(lambda: counter.queue.resume(dossier))
    studio.until(studio.settled)
    studio.go("review", dossier)


def _applicant_review(studio: Studio) -> None:
    studio.shell.second.open()
    _review_open(studio)
    studio.target = studio.shell.second.window


def _applicant_thanks(studio: Studio) -> None:
    studio.shell.second.open()
    studio.go("review", studio.scenes.acknowledged)
    studio.target = studio.shell.second.window


def _sign_in(studio: Studio) -> None:
    studio.shell.second.close()
    studio.go("home")
    studio.shell.lock()
    studio.until(studio.settled)


def _locked(studio: Studio) -> None:
    """Lock the window where the state before (which does) was left out by `--only`."""
    if _page(studio) != "SignInScreen":
        _sign_in(studio)


def _wrong_pin(studio: Studio) -> None:
    from ui.screens.sign_in import SignInScreen

    _locked(studio)
    page = studio.page(SignInScreen)
    page.pin.setText("000000")
    studio.press("F12")


def _unlock(studio: Studio) -> None:
    _locked(studio)
    studio.press("F6")
    studio.press("F12")
    studio.until(lambda: _page(studio) == "HomeScreen" and studio.settled())


def _offline_waiting(studio: Studio) -> None:
    """The centre is gone and one dossier was sealed since: what waits, and until when."""
    from station.enrolling import Enroller
    from station.sealing import seal_dossier

    counter = studio.shell.counter
    assert counter is not None
    studio.demo.intake.kill()

    def work() -> None:
        people = demo_population(PEOPLE_SEED)
        citizen = demo_citizen(people, PERSON)
        scanner, camera = demo_devices(counter.station.clock)
        enroller = Enroller(counter.station, scanner, camera)
        dossier = counter.station.book.open_dossier("test-short", kind=citizen.kind, visit="counter")
        enroller.declare(dossier, citizen.declared)
        enroller.look_up(dossier, people)
        call_person(scanner, camera, person_seed(PEOPLE_SEED, citizen))
        enroller.capture_all(dossier)
        enroller.review_and_sign(dossier)
        seal_dossier(counter.station, dossier)
        scanner.close()
        camera.close()

    errors: list[BaseException] = []
    studio.shell.jobs.submit(work, None, errors.append)
    studio.until(lambda: errors or studio.settled(), 2 * DEADLINE_S)
    assert not errors, str(errors[0])
    studio.go("sending")
    studio.press("F12")
    studio.until(lambda: bool(getattr(getattr(studio.shell.page, "view", None), "error", "")))


# --- a real station: nobody invented it, so nothing is filled in -----------------------------------------------------------------


def _passphrase(studio: Studio) -> None:
    from station.app import Station
    from station.keys import PassphraseWrapper, Role
    from ui.main import build_shell, unlock

    place = studio.folder / "real"
    station = Station.open(place, wrapper=PassphraseWrapper(PHRASE))
    station.operators.add("an", "Nguyễn An", [Role.SECURITY_ADMIN, Role.CLERK, Role.CAPTURE, Role.SUPERVISOR], "482915", by=None)
    station.close()
    studio.real = build_shell(language=studio.language, demo=False)
    studio.real.go("start")
    studio.real.show()
    unlock(studio.real, place)
    studio.until(lambda: studio.settled() and bool(studio.shell.page.offers()))


def _real_sign_in(studio: Studio) -> None:
    from ui.screens.start import StartScreen

    start = studio.shell.page
    assert isinstance(start, StartScreen)
    start.secret.setText(PHRASE)
    studio.press("F12")
    studio.until(lambda: _page(studio) == "SignInScreen" and studio.settled())


def _own_pin(studio: Studio) -> None:
    from ui.screens.sign_in import SignInScreen

    page = studio.page(SignInScreen)
    page.who.setText("an")
    page.pin.setText("482915")
    studio.press("F12")
    studio.until(page.fresh.isVisible)


def _real_queue(studio: Studio) -> None:
    from ui.screens.sign_in import SignInScreen

    page = studio.page(SignInScreen)
    page.fresh.setText("730164")
    page.again.setText("730164")
    studio.press("F12")
    studio.until(lambda: _page(studio) == "HomeScreen" and studio.settled())


def _waits_for_scan(studio: Studio) -> None:
    studio.go("home")
    for key in ("F6", "F12", "F12"):  # a new ticket, a normal one; then it is called
        studio.press(key)
    studio.until(lambda: _page(studio) == "LookupScreen" and studio.settled())


MORE: Shots = (
    ("s04-fingers-unplugged", _unplugged), ("s05-portrait-live", _portrait_live),
    ("s09-applicant-blank", _applicant_blank), ("s09-applicant-waits", _applicant_waits), ("s09-applicant-thanks", _applicant_thanks),
    ("s09-applicant-review", _applicant_review), ("s07-review-differences", _review_open),
    ("s00-locked", _sign_in), ("s00-locked-wrong-pin", _wrong_pin), ("s01-queue-unlocked", _unlock),
)  # fmt: skip
LAST: Shots = (
    ("s11-sending-offline", _offline_waiting), *OFFLINE, ("s00-real-passphrase", _passphrase), ("s00-real-sign-in", _real_sign_in),
    ("s00-real-own-pin", _own_pin), ("s01-real-queue-empty", _real_queue), *NOTHING_YET, ("s02-real-waits-for-scan", _waits_for_scan), *REAL,
    ("s13-hand-over-empty", to("hand-over")), ("s17-visit-empty", to("home-visit")),
)  # fmt: skip
