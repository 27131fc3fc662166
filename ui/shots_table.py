"""Which picture shows which state of the interface rules' table (screen × empty, live, success, error, offline).

A test holds this against the scenes that are taken, so that a state without a picture is a gap that is seen. `UNCHANGED` are the cells
where the rules themselves say that nothing on the screen changes, with what is seen instead.
"""

from __future__ import annotations

from typing import Final

COLUMNS: Final = ("empty", "live", "success", "error", "offline")
STATES: Final[dict[str, tuple[str, str, str, str, str]]] = {
    "S0": ("s00-real-sign-in", "s00-locked", "s01-queue-unlocked", "s00-locked-wrong-pin", "s00-locked-offline"),
    "S1": ("s01-real-queue-empty", "s01-queue", "s02-look-up", "s01-queue-unknown-scan", "s01-queue-offline"),
    "S2": (
        "s02-real-waits-for-scan",
        "s02-look-up",
        "s02-look-up-agreed",
        "s02-real-register-silent",
        "s02-real-register-silent",
    ),
    "S3": ("s03-real-declaration-empty", "s03-declaration", "s03-declaration-complete", "s03-declaration-fault", ""),
    "S4": ("s04-fingers-stopped", "s04-fingers-live", "s05-portrait-live", "s04-fingers-unplugged", ""),
    "S5": ("s05-portrait-live", "s05-portrait-live", "s05-portrait-confirm", "s05-portrait-unplugged", ""),
    "S6": ("s06-iris-live", "s06-iris-hint", "s06-iris-taken", "s06-iris-no-camera", ""),
    "S7": ("s07-review-answers", "s07-review-answers", "s07-review-sealed", "s07-review-wrong", "s07-review-sealed"),
    "S8": ("s08-finish-due", "s08-finish-due", "s08-finish-given", "x-print-preview-no-printer", "s08-finish-due"),
    "S9": ("s09-applicant-blank", "s09-applicant-reads", "s09-applicant-thanks", "s09-applicant-waits", ""),
    "S10": (
        "s10-supervisor-empty",
        "s10-supervisor-ready",
        "s10-supervisor-approved",
        "s10-supervisor-wrong-pin",
        "s10-supervisor-approved",
    ),
    "S11": (
        "s11-real-sending-empty",
        "s11-sending",
        "s11-real-sending-empty",
        "s11-sending-stick-refused",
        "s11-sending-offline",
    ),
    "S12": ("s12-real-defects-empty", "s12-defects", "s12-defects-sent", "s12-defects-no-proof", "s12-defects-corrected"),
    "S13": ("s13-hand-over-empty", "s13-hand-over", "s13-hand-over-done", "s13-hand-over-unknown", "s13-hand-over-uncompared"),
    "S14": ("s14-campaign", "", "", "", ""),
    "S15": ("s15-recheck", "", "", "", ""),
    "S16": ("s16-devices-empty", "s16-calibration-failed", "s16-calibration-done", "s16-devices-error", ""),
    "S17": ("s17-visit-empty", "s17-visit-live", "s17-visit-helper", "s17-visit-low-battery", "s17-visit-list"),
    "S18": ("s18-settings-nothing", "s18-settings-unsaved", "s18-settings-saved", "s18-settings-invalid", ""),
}
UNCHANGED: Final[dict[str, str]] = {
    "S3": "code lists are local", "S4": "no change", "S5": "no change", "S6": "no change", "S9": "no change", "S16": "no change",
    "S18": "no change", "S14": "its own issue: the place is kept", "S15": "its own issue: the place is kept",
}  # fmt: skip
MORE: Final = frozenset({
    "s02-paper-live", "s02-paper-taken", "s02-paper-kept", "s03-papers", "s03-paper-flawed", "s03-paper-why", "s03-paper-large", "s03-paper-unplugged",
    "s03-paper-empty",
    "s04-fingers-exception", "s04-fingers-exception-sign", "s04-fingers-disk-full", "s06-iris-exception", "s11-sending-history", "s11-sending-keeping", "s11-sending-stick", "s11-sending-stopped", "s11-sending-ticked", "s16-calibration-marking", "s16-scanner-test",
    "s17-visit-number", "s17-visit-exception", "s18-settings-clone", "s18-settings-bindings-taken", "s18-operators-admin", "x-help", "x-help-message", "x-help-nothing",
    "x-side-by-side", "x-print-preview",
})  # fmt: skip
"""States beyond the table that the rules' sections name."""
