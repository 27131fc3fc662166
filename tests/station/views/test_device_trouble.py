"""What is said of a device's error, and who goes on."""

from __future__ import annotations

import pytest

from devices.errors import (
    DeviceBusyError,
    DeviceError,
    DeviceNotFoundError,
    DeviceProtocolError,
    DeviceTimeoutError,
    DeviceUnpluggedError,
)
from station.views.device_trouble import Then, trouble_of


@pytest.mark.parametrize(
    ("error", "device", "more", "then", "code", "words"),
    [
        (DeviceUnpluggedError("x"), "scanner", {"number": 7, "saved": 6}, Then.AGAIN, "E20", "ở lượt 7. Cắm lại, 6 lượt đã lưu"),
        (DeviceNotFoundError("x"), "camera", {}, Then.AGAIN, "E28", "Máy ảnh rút cáp"),
        (DeviceBusyError("x"), "scanner", {}, Then.ASK, "E21", "bận bởi chương trình khác"),
        (DeviceBusyError("x"), "camera", {"holder": "cheese"}, Then.ASK, "E21", "Máy ảnh bận bởi cheese"),
        (DeviceTimeoutError("x"), "scanner", {}, Then.RESTART, "E26", "không trả lời 10 giây. Đang khởi động lại"),
        (DeviceTimeoutError("x"), "scanner", {"restarts": 1}, Then.ASK, "E26", "vẫn không trả lời"),
        (DeviceTimeoutError("x"), "camera", {"restarts": 1}, Then.ASK, "E28", "Mất hình máy ảnh"),
        (DeviceTimeoutError("x", code="device-saw-nothing"), "scanner", {}, Then.AGAIN, "", "chưa thấy gì"),
    ],
)
def test_each_has_its_own_words_and_its_own_next_step(
    error: DeviceError, device: str, more: dict[str, int], then: Then, code: str, words: str
) -> None:
    trouble = trouble_of(error, device, **more)  # type: ignore[arg-type]  # whole numbers and a name
    assert trouble is not None
    assert (trouble.then, trouble.screen_code) == (then, code)
    assert words in trouble.words.say()


@pytest.mark.parametrize("error", [DeviceProtocolError("x"), DeviceNotFoundError("x", code="no-iris-device"), ValueError("x")])
def test_other_errors_keep_their_own_words(error: Exception) -> None:
    assert trouble_of(error, "iris") is None
