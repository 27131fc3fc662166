"""Byte transcripts typed from the manuals' descriptions, played against adapter and simulator each on its own.

Adapter and simulator share no codec; were they wrong together, these bytes would still be right. Sums were added by hand.
EF01: GROW R503 manual 1.2.1 and R305 sheet. 55AA: GT-511C3 sheet as in GT5X.h. SFM: protocol manuals, sfm-sdk-python.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from devices.profiles import Profile, load_profile
from devices.serial_55aa.commands import Gt5Module
from devices.serial_ef01.commands import Ef01Module
from devices.serial_ef01.probe import parse_product, words_fit, words_of
from devices.serial_ef01.upload import fetch
from devices.serial_pixels import unpack
from devices.serial_sfm import parse_picture
from devices.serial_sfm.commands import SfmModule
from devices.serial_sfm.framing import encode as sfm_encode
from devices.simulated.serial_55aa import Gt5ModuleSimulation
from devices.simulated.serial_ef01 import Ef01ModuleSimulation
from devices.simulated.serial_sfm import SfmModuleSimulation
from devices.simulated.wire_finger import Finger
from devices.transports import Deadline
from tests.devices.serial.scripted import ScriptedLine

HEAD = "EF01 FFFFFFFF "
EF01_OK = HEAD + "07 0003 00 000A"
EF01 = [
    # VfyPwd(0) and its acknowledgement
    (HEAD + "01 0007 13 00000000 001B", EF01_OK),
    # TemplateNum: none stored
    (HEAD + "01 0003 1D 0021", HEAD + "07 0005 00 0000 000C"),
    # ReadSysPara: status 4, system id 9, 200 templates, level 3, address, 128-byte packets, 57600
    (HEAD + "01 0003 0F 0013", HEAD + "07 0013 00 0004 0009 00C8 0003 FFFFFFFF 0002 0006 04F6"),
    # GenImg without and with a finger
    (HEAD + "01 0003 01 0005", HEAD + "07 0003 02 000C"),
    (HEAD + "01 0003 01 0005", EF01_OK),
    # UpImage of 16 x 16 pixels: one packet of 128 bytes, the last; the first four pixels are 1, 2, 3, 4
    (HEAD + "01 0003 0A 000E", EF01_OK + HEAD + "08 0082 12 34" + "00" * 126 + "00D0"),
    # SetSysPara(4, 12): 115200
    (HEAD + "01 0005 0E 04 0C 0024", EF01_OK),
    # at the new speed the password is proven again
    (HEAD + "01 0007 13 00000000 001B", EF01_OK),
]
GT5_ACK = "55AA 0100 00000000 3000 3001"
GT5 = [
    # Open(1): firmware 20170301, no iso area, serial "SIMULATED-GT5-01"
    ("55AA 0100 01000000 0100 0201",
     GT5_ACK + "5AA5 0100 01031720 00000000 53494D554C415445442D4754352D3031 6E05"),
    ("55AA 0100 01000000 1200 1301", GT5_ACK),  # CmosLed(1)
    ("55AA 0100 00000000 2600 2601", "55AA 0100 12100000 3000 5201"),  # IsPressFinger: not pressed
    ("55AA 0100 00000000 2600 2601", GT5_ACK),  # pressed
    ("55AA 0100 01000000 6000 6101", GT5_ACK),  # CaptureFinger(best)
    ("55AA 0100 00000000 6200 6201", GT5_ACK + "5AA5 0100 010203" + "00" * 253 + "0601"),  # GetImage, 16 x 16
    ("55AA 0100 00C20100 0400 C701", GT5_ACK),  # ChangeBaudrate(115200)
    ("55AA 0100 00000000 0100 0101", GT5_ACK),  # Open(0) at the new speed
    ("55AA 0100 00000000 0200 0201", GT5_ACK),  # Close
]  # fmt: skip
SFM_IMAGE = "10000000 10000000 00000000 00000000 30000000 00010000 00000000" + "010203" + "00" * 253 + "0A"
SFM = [
    ("40 04 00000000 00000000 00 44 0A", "40 04 30000000 00000000 61 D5 0A"),  # SS: alive
    ("40 03 00000000 00000000 6E B1 0A", "40 03 00000000 00350200 61 DB 0A"),  # SR firmware version
    # SI: finger seen, then 28 + 256 bytes and the data
    ("40 15 00000000 00000000 00 55 0A",
     "40 15 00000000 00000000 62 B7 0A  40 15 00000000 1C010000 61 D3 0A" + SFM_IMAGE),
    ("40 20 00000000 00000000 00 60 0A", "40 20 00000000 1C010000 61 DE 0A" + SFM_IMAGE),  # RI: the same again
    ("40 60 00000000 00000000 00 A0 0A", "40 60 00000000 00000000 61 01 0A"),  # CA
]  # fmt: skip


def tiny(name: str) -> Profile:
    """The profile with a sensor of 16 x 16 pixels and short waits."""
    profile = load_profile(name).with_port(answer_ms=200, gap_ms=50, quiet_ms=1)
    image = profile.image
    assert image is not None
    size = 256 * image.bits // 8 + image.header_bytes
    return msgspec.structs.replace(profile, image=msgspec.structs.replace(image, width=16, height=16, transfer_bytes=size))


def soon() -> Deadline:
    return Deadline(5)


def test_ef01_adapter() -> None:
    line = ScriptedLine(EF01)
    profile = tiny("r305-r307")
    module = Ef01Module(line, profile)
    assert module.present(soon())
    assert module.ask("template_count", values=2, deadline=soon()).values == b"\0\0"
    assert module.ask("read_sys_para", values=16, deadline=soon()).values[2:4] == b"\0\x09"
    assert module.ask("gen_img", deadline=soon()).name == "no_finger"
    assert module.ask("gen_img", deadline=soon()).name == "ok"
    assert profile.image is not None
    pixels = unpack(fetch(module, soon()), profile.image)
    assert pixels[0, :5].tolist() == [17, 34, 51, 68, 0]
    assert module.set_baud(115200, soon())
    assert line.bauds == [115200]
    assert line.done()


def test_55aa_adapter() -> None:
    line = ScriptedLine(GT5, baud=9600)
    module = Gt5Module(line, tiny("gt511c3"))
    assert module.fetch("open", 1, 24, soon())[:4] == bytes.fromhex("01031720")
    module.ask("led", 1, deadline=soon())
    assert module.ask("is_finger_pressed", deadline=soon()).parameter == 0x1012
    assert module.ask("is_finger_pressed", deadline=soon()).parameter == 0
    assert not module.ask("capture", 1, deadline=soon()).error
    assert module.fetch("get_image", 0, 256, soon())[:4] == b"\1\2\3\0"
    assert module.set_baud(115200, soon())
    module.ask("close", deadline=soon())
    assert line.bauds == [115200]
    assert line.done()


def test_sfm_adapter() -> None:
    line = ScriptedLine(SFM, baud=115200)
    module = SfmModule(line, tiny("suprema-sfm"))
    assert module.present(soon())
    assert module.read_parameter("firmware_version", soon()) == 0x00023500
    scanned = module.scan(soon())
    assert scanned is not None
    pixels = parse_picture(scanned, 0x30)
    assert pixels.shape == (16, 16)
    assert pixels[0, :4].tolist() == [1, 2, 3, 0]
    assert module.read_picture(soon()) == scanned
    module.cancel(soon())
    assert line.done()


def pixels_of(first: list[int]) -> Any:
    """Grey pixels that begin with `first`, the rest 0."""
    return lambda width, height: bytes(first) + bytes(width * height - len(first))


SIMULATORS = {
    "ef01": (Ef01ModuleSimulation(tiny("r305-r307"), [], Finger(away=1), pixels_of([0x1F, 0x2A, 0x30, 0x4C])), EF01),
    "gt5": (Gt5ModuleSimulation(tiny("gt511c3"), [], Finger(away=1), pixels_of([1, 2, 3])), GT5),
    "sfm": (SfmModuleSimulation(tiny("suprema-sfm"), [], Finger(), pixels_of([1, 2, 3])), SFM),
}


@pytest.mark.parametrize("family", SIMULATORS)
def test_simulator(family: str) -> None:
    module, script = SIMULATORS[family]
    for asked, answered in script:
        said = b"".join(piece.data for piece in module.receive(bytes.fromhex(asked)))
        assert said.hex() == bytes.fromhex(answered).hex(), asked
    if family != "sfm":
        assert module.baud == 115200


def test_the_packed_nibbles_are_left_pixel_first_and_nothing_is_invented() -> None:
    image = tiny("r305-r307").image
    assert image is not None
    packed = bytes(range(128))
    pixels = unpack(packed, image)
    assert set(np.unique(pixels)) <= {17 * v for v in range(16)}
    assert pixels.ravel()[2 * 0x12 : 2 * 0x12 + 2].tolist() == [17, 34]


def test_numbers_that_the_adapter_never_sends_are_in_their_places_too() -> None:
    assert sfm_encode(0x15, 0x01020304, 0x0000011C, 0x61).hex() == bytes.fromhex("40 15 04030201 1C010000 61 DD 0A").hex()


def test_product_information_as_the_r503_manual_lays_it_out() -> None:
    typed = bytes.fromhex(
        "52353033 00000000 00000000 00000000"  # module type, 16
        "30303031"  # batch number, 4
        "4142434430303037"  # serial number, 8
        "01 02"  # hardware version
        "4650433130323100"  # sensor type, 8
        "00C0 00C0 0600 00C8"  # 192 x 192, template 1536, 200 templates
    )
    product = parse_product(typed)
    assert (product.module, product.serial, product.hardware, product.sensor) == ("R503", "ABCD0007", "1.2", "FPC1021")
    assert (product.width, product.height, product.template_bytes, product.capacity) == (192, 192, 1536, 200)


def test_system_parameters_of_an_r558_are_other_words_of_the_same_length() -> None:
    r558, r503 = load_profile("r558"), load_profile("grow-r503-v12")
    typed = bytes.fromhex("0002 0600 0064 0003 FFFFFFFF 0002 0006")  # enroll times, template size, database size, score level …
    assert words_of(r558, typed)["template_size"] == 1536
    assert words_fit(r558, typed)
    assert not words_fit(r503, typed)
    other = bytes.fromhex("0004 0000 00C8 0003 FFFFFFFF 0002 0006")
    assert words_fit(r503, other)
    assert not words_fit(r558, other)


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        # Match of an AS608: a false failure, then the truth with its score; or one failure that was the truth.
        (HEAD + "07 0003 01 000B" + HEAD + "07 0005 00 0064 0070", "ok"),
        (HEAD + "07 0005 08 0000 0014", "no_match"),
        (HEAD + "07 0005 00 0064 0070", "ok"),
    ],
)
def test_two_answers_to_match(answers: str, name: str) -> None:
    line = ScriptedLine([(HEAD + "01 0003 03 0007", answers)])
    assert Ef01Module(line, tiny("fpm10a-as608")).ask("match", values=2, deadline=soon()).name == name
    assert line.done()
