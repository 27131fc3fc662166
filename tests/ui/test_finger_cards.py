"""The cards under the live picture paint their own words: measured for every reason, language and size, none is cut."""

from __future__ import annotations

import pytest

from biometrics.positions import FingerPosition
from station.capture.verdict import PartVerdict
from ui.qt import QFontMetrics, QRect, Qt
from ui.texts import Texts
from ui.theme.style import Current, make_theme
from ui.widgets.parts import PartCard

REASONS = ("no-finger", "too-small", "too-light", "too-dry", "too-heavy", "too-wet", "off-centre-left", "off-centre-right", "off-centre-up",
           "off-centre-down", "tip-only", "tilted", "moved", "dirty-platen", "latent", "worn", "roll-fast", "roll-short", "roll-slipped",
           "low-quality", "wrong-hand", "fingers-missing",
           "fingers-touching", "same-finger", "previous-person", "slap-mismatch", "")  # fmt: skip
NARROWEST = 160
"""A quarter of the live picture in the smallest window."""


@pytest.mark.parametrize("language", ["vi", "vi+en", "en"])
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_every_reason_is_whole_on_its_card(qapp: object, language: str, large: bool) -> None:
    kept = Current.theme
    Current.theme = make_theme(dark=False, large=large)
    try:
        texts = Texts(language)
        card = PartCard(texts)
        cut = []
        for wide in (NARROWEST, 200):
            for reason in REASONS:
                card.show_part(
                    FingerPosition.LEFT_LITTLE, PartVerdict(FingerPosition.LEFT_LITTLE, 20.0, 30.0, (reason,) if reason else ())
                )
                card.resize(wide, card.minimumSizeHint().height())
                written = card.words()
                assert written[0][2]
                for box, font, text in written:
                    need = QFontMetrics(font).boundingRect(
                        QRect(0, 0, int(box.width()), 1000), int(Qt.TextFlag.TextWordWrap), text
                    )
                    if need.width() > box.width() + 1 or need.height() > box.height() + 1 or box.bottom() > card.height():
                        cut.append((wide, text, need.width(), need.height(), box.width(), box.height()))
        assert cut == []
    finally:
        Current.theme = kept
