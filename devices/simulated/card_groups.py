"""Data groups of a simulated card, made from a synthetic citizen: MRZ, face record, numbered national fields, the optional ones."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from devices.simulated.card_bytes import der, der_int


@dataclass(frozen=True, slots=True, repr=False)
class Citizen:
    """A made-up person. Names keep their diacritics; `expiry` None is a card without expiry."""

    number: str
    family: str
    middle: str
    given: str
    birth: date
    sex: str
    issued: date
    expiry: date | None
    old_number: str | None = None
    ethnicity: str = "Kinh"
    religion: str = "Không"
    origin: str = "Xã Mẫu, Huyện Mẫu, Tỉnh Mẫu"
    residence: str = "Số 1 Đường Mẫu, Phường Mẫu, Thành phố Mẫu"
    marks: str = "Nốt ruồi cách 1 cm dưới mắt trái"
    father: str | None = "Nguyễn Văn Mẫu"
    mother: str | None = "Trần Thị Mẫu"
    spouse: str | None = None

    def __repr__(self) -> str:
        return "Citizen(synthetic)"

    @property
    def name(self) -> str:
        """Full name as Vietnamese cards print it."""
        return " ".join(part for part in (self.family, self.middle, self.given) if part)

    @property
    def mrz_lines(self) -> tuple[str, str, str]:
        """The three lines on the back."""
        number = self.number[3:]
        optional = self.number + "<<"
        line1 = "IDVNM" + number + digit(number) + optional + digit(optional)
        birth = self.birth.strftime("%y%m%d")
        expiry = self.expiry.strftime("%y%m%d") if self.expiry else "<<<<<<"
        line2 = birth + digit(birth) + self.sex + expiry + digit(expiry) + "VNM" + "<" * 11
        line2 += digit(line1[5:] + line2[:7] + line2[8:15] + line2[18:29])
        rest = "<".join(part for part in (self.middle, self.given) if part)
        line3 = (plain(self.family).replace(" ", "<") + "<<" + plain(rest).replace(" ", "<")).ljust(30, "<")[:30]
        return line1, line2, line3

    @property
    def mrz_information(self) -> str:
        """What BAC and PACE-MRZ hash: number, birth, expiry with their check digits."""
        line1, line2, _ = self.mrz_lines
        return line1[5:15] + line2[0:7] + line2[8:15]

    @property
    def qr(self) -> str:
        """The code on the front of the card of 2021."""
        sex = "Nam" if self.sex == "M" else "Nữ"
        return "|".join((self.number, self.old_number or "", self.name, self.birth.strftime("%d%m%Y"), sex, self.residence,
                         self.issued.strftime("%d%m%Y")))  # fmt: skip


def plain(text: str) -> str:
    """Return capital letters without marks."""
    text = text.replace("Đ", "D").replace("đ", "d")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if ord(c) < 128).upper()


def digit(text: str) -> str:
    """Return the check digit."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return str(sum((alphabet.find(c) if c != "<" else 0) * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10)


def build(
    citizen: Citizen, record: str, face_bytes: int, face: bytes | None, extra: tuple[int, ...], *, bcd: bool
) -> dict[int, bytes]:
    """Return DG1, DG2, DG13 and the optional groups asked for."""
    image = face if face is not None else drawn_face(citizen.sex, face_bytes)
    groups = {
        1: der(0x61, der(0x5F1F, "".join(citizen.mrz_lines).encode())),
        2: face_group(image, record),
        13: national_group(citizen),
    }
    if 7 in extra:
        groups[7] = der(0x67, der_int(1), der(0x5F43, drawn_face("M", 3000)))
    if 11 in extra:
        name = plain(citizen.family) + "<<" + plain(f"{citizen.middle} {citizen.given}").replace(" ", "<")
        fields = (
            der(0x5F0E, name.encode()),
            der(0x5F10, citizen.number.encode()),
            der(0x5F2B, citizen.birth.strftime("%Y%m%d").encode()),
        )
        groups[11] = der(0x6B, der(0x5C, bytes.fromhex("5F0E5F105F2B")), *fields)
    if 12 in extra:
        when = citizen.issued.strftime("%Y%m%d")
        stamp = der(0x5F26, bytes.fromhex(when) if bcd else when.encode())
        groups[12] = der(0x6C, der(0x5C, bytes.fromhex("5F195F26")), der(0x5F19, "Cục Mẫu".encode()), stamp)
    if 16 in extra:
        groups[16] = der(0x70, der_int(1), der(0xA1, der(0x5F50, b"20210601"), der(0x5F51, b"MAU<<NGUOI"), der(0x5F52, b"0000"),
                                               der(0x5F53, b"MAU")))  # fmt: skip
    return groups


def national_group(citizen: Citizen) -> bytes:
    """DG13 of the Vietnamese card: numbered fields in a set; a field that the person has not is left out."""

    def field(number: int, *texts: str) -> bytes:
        values = [der(0x0C if any(ord(c) > 127 for c in text) else 0x13, text.encode()) for text in texts]
        return der(0x30, der_int(number), values[0] if number not in (13, 14) else der(0x30, *values))

    fields = [
        field(1, citizen.number), field(2, citizen.name), field(3, citizen.birth.strftime("%d/%m/%Y")),
        field(4, "Nam" if citizen.sex == "M" else "Nữ"), field(5, "Việt Nam"), field(6, citizen.ethnicity), field(7, citizen.religion),
        field(8, citizen.origin), field(9, citizen.residence), field(10, citizen.marks), field(11, citizen.issued.strftime("%d/%m/%Y")),
        field(12, citizen.expiry.strftime("%d/%m/%Y") if citizen.expiry else "Không thời hạn"),
    ]  # fmt: skip
    if citizen.father or citizen.mother:
        fields.append(field(13, citizen.father or "", citizen.mother or ""))
    if citizen.spouse:
        fields.append(field(14, citizen.spouse))
    if citizen.old_number:
        fields.append(field(15, citizen.old_number))
    fields.append(field(16, "0123456789ABCDEF"))
    return der(0x6D, der(0x30, der_int(1), bytes.fromhex("060628D316010008"), der(0x31, *fields)))


def face_group(image: bytes, record: str) -> bytes:
    """DG2 with one face, as ISO/IEC 19794-5:2005 or 39794-5:2019."""
    if record == "39794-5":
        size = der(0xA7, der(0x80, (480).to_bytes(2, "big")), der(0x81, (640).to_bytes(2, "big")))
        info = der(0xA1, der(0xA0, der(0x80, b"\x02")), size)
        two_d = der(0xA0, der(0x80, image), info)
        representation = der(0x30, der(0x80, b"\x01"), der(0xA1, der(0xA0, two_d)))
        block = der(0x65, der(0xA0, der(0x80, b"\x03"), der(0x81, b"\x07\xe3")), der(0xA1, representation))
        body = der(0x7F2E, der(0xA1, block))
    else:
        facial = (20 + 12 + len(image)).to_bytes(4, "big") + bytes(2) + bytes(14)
        pixels = b"\x01\x00" + (480).to_bytes(2, "big") + (640).to_bytes(2, "big") + b"\x01\x02" + bytes(4)
        total = 14 + len(facial) + len(pixels) + len(image)
        head = b"FAC\x00010\x00" + total.to_bytes(4, "big") + b"\x00\x01"
        body = der(0x5F2E, head + facial + pixels + image)
    template = der(0xA1, der(0x80, b"\x01\x01"), der(0x81, b"\x02"), der(0x87, b"\x01\x01"), der(0x88, b"\x00\x08"))
    return der(0x75, der(0x7F61, der_int(1), der(0x7F60, template, body)))


@lru_cache(maxsize=8)
def drawn_face(sex: str, size: int) -> bytes:
    """Return a drawn face (480x640 JPEG of about `size` bytes), plainly not a photograph."""
    canvas = np.full((640, 480, 3), (235, 225, 215), np.uint8)
    skin, hair = (150, 180, 225), (30, 30, 35)
    cv2.ellipse(canvas, (240, 640), (190, 170), 0, 180, 360, (120, 80, 60), -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (240, 250), (150, 195 if sex == "F" else 185), 0, 0, 360, hair, -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (240, 300), (125, 165), 0, 0, 360, skin, -1, cv2.LINE_AA)
    for x in (190, 290):
        cv2.ellipse(canvas, (x, 285), (22, 11), 0, 0, 360, (250, 250, 250), -1, cv2.LINE_AA)
        cv2.circle(canvas, (x, 285), 9, (25, 40, 60), -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (240, 385), (40, 14), 0, 0, 180, (90, 90, 190), -1, cv2.LINE_AA)
    cv2.line(canvas, (240, 300), (232, 345), (120, 150, 200), 3, cv2.LINE_AA)
    noise = np.random.default_rng(7).normal(0, 6, canvas.shape)
    canvas = np.clip(canvas + noise, 0, 255).astype(np.uint8)
    best = b""
    for quality in range(95, 9, -5):
        best = cv2.imencode(".jpg", canvas, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(best) <= size:
            break
    # A comment segment brings it to the size asked for, so that timing does not depend on the encoder's version.
    missing = size - len(best) - 4
    if missing > 0:
        chunks = b""
        while missing > 0:
            chunk = min(missing, 60_000)
            chunks += b"\xff\xfe" + (chunk + 2).to_bytes(2, "big") + bytes(chunk)
            missing -= chunk + 4
        best = best[:2] + chunks + best[2:]
    return best


FACE_FORMATS: Final = ("19794-5", "39794-5")
