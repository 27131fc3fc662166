"""The 12-digit personal number: what its digits say, and where they disagree with the person.

Sources: Decree 137/2015/ND-CP art. 13; Circulars 07/2016/TT-BCA art. 7 and 59/2021/TT-BCA art. 4. `PPP G YY RRRRRR`:
place of birth registration (province, or a country for births abroad), century and sex, year of birth, six random digits.
There is **no check digit**: a typing error is only found by comparison with the QR code, the chip or the register.
The place table is the annex as it stood before 1 July 2025; numbers already given keep their digits, so a number that
begins with 015 and was given in 1990 means Yên Bái whatever 15 means today.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from station.errors import InputError

if TYPE_CHECKING:
    from datetime import date

BIRTH_PLACES: Final[dict[str, str]] = {
    "001": "Hà Nội", "002": "Hà Giang", "004": "Cao Bằng", "006": "Bắc Kạn", "008": "Tuyên Quang", "010": "Lào Cai",
    "011": "Điện Biên", "012": "Lai Châu", "014": "Sơn La", "015": "Yên Bái", "017": "Hòa Bình", "019": "Thái Nguyên",
    "020": "Lạng Sơn", "022": "Quảng Ninh", "024": "Bắc Giang", "025": "Phú Thọ", "026": "Vĩnh Phúc", "027": "Bắc Ninh",
    "030": "Hải Dương", "031": "Hải Phòng", "033": "Hưng Yên", "034": "Thái Bình", "035": "Hà Nam", "036": "Nam Định",
    "037": "Ninh Bình", "038": "Thanh Hóa", "040": "Nghệ An", "042": "Hà Tĩnh", "044": "Quảng Bình", "045": "Quảng Trị",
    "046": "Thừa Thiên Huế", "048": "Đà Nẵng", "049": "Quảng Nam", "051": "Quảng Ngãi", "052": "Bình Định",
    "054": "Phú Yên", "056": "Khánh Hòa", "058": "Ninh Thuận", "060": "Bình Thuận", "062": "Kon Tum", "064": "Gia Lai",
    "066": "Đắk Lắk", "067": "Đắk Nông", "068": "Lâm Đồng", "070": "Bình Phước", "072": "Tây Ninh", "074": "Bình Dương",
    "075": "Đồng Nai", "077": "Bà Rịa - Vũng Tàu", "079": "Thành phố Hồ Chí Minh", "080": "Long An", "082": "Tiền Giang",
    "083": "Bến Tre", "084": "Trà Vinh", "086": "Vĩnh Long", "087": "Đồng Tháp", "089": "An Giang", "091": "Kiên Giang",
    "092": "Cần Thơ", "093": "Hậu Giang", "094": "Sóc Trăng", "095": "Bạc Liêu", "096": "Cà Mau",
}  # fmt: skip
"""The 63 place codes of birth registration. A code that is not here may be a country: a question, never a refusal."""

LENGTH: Final = 12


class Sex(Enum):
    """Sex as the number and the card write it."""

    MALE = "M"
    FEMALE = "F"


class NumberRule(Enum):
    """What a number can break. R1 stops; R2 to R5 are warnings that open a case ("sai cấu trúc số định danh")."""

    SHAPE = "number-shape"
    PLACE_UNKNOWN = "number-place-unknown"
    YEAR = "number-year"
    CENTURY = "number-century"
    SEX = "number-sex"
    PLACE = "number-place"

    @property
    def stops(self) -> bool:
        """Whether the dossier may not go on with this number (only R1, the shape)."""
        return self is NumberRule.SHAPE


@dataclass(frozen=True, slots=True, repr=False)
class PersonalNumber:
    """Twelve ASCII digits. `str()` gives them; `repr()` does not, so that no log line or traceback carries one."""

    digits: str

    def __post_init__(self) -> None:
        if not _is_twelve_digits(self.digits):
            raise InputError("A personal number has exactly 12 digits; nothing was stored. Type it again.", code="number-shape")

    def __repr__(self) -> str:
        return "PersonalNumber(…)"

    def __str__(self) -> str:
        return self.digits

    @property
    def place_code(self) -> str:
        """The three digits of the place (or country) where the birth was registered."""
        return self.digits[:3]

    @property
    def place_name(self) -> str | None:
        """The province of that code before the 2025 merger; None for a code outside the annex (perhaps a country)."""
        return BIRTH_PLACES.get(self.place_code)

    @property
    def sex(self) -> Sex:
        """Male for an even fourth digit, female for an odd one."""
        return Sex.FEMALE if int(self.digits[3]) % 2 else Sex.MALE

    @property
    def birth_year(self) -> int:
        """Year of birth: the fourth digit gives the century (0/1 1900s, 2/3 2000s … 8/9 2300s), the next two the year."""
        return 1900 + 100 * (int(self.digits[3]) // 2) + int(self.digits[4:6])

    @property
    def access_number(self) -> str:
        """The last six digits: what opens the chip (PACE-CAN) of the 2021 card."""
        return self.digits[-6:]

    @property
    def mrz_document_number(self) -> str:
        """The last nine digits: what the MRZ of the card carries as document number."""
        return self.digits[-9:]


def _is_twelve_digits(text: str) -> bool:
    return len(text) == LENGTH and text.isascii() and text.isdigit()


def parse_number(text: str) -> PersonalNumber:
    """Return the number in `text`; spaces, dots and dashes between digits are what people type and are dropped.

    Raises:
        InputError: anything else than 12 ASCII digits remains (code ``number-shape``).
    """
    return PersonalNumber("".join(c for c in text.strip() if c not in " .-\u00a0"))


def make_number(place_code: str, sex: Sex, birth_year: int, serial: int) -> PersonalNumber:
    """Build a number from its parts (synthetic people, training). `serial` is 0..999999.

    Raises:
        InputError: a part does not fit its digits.
    """
    if not (1900 <= birth_year < 2400 and 0 <= serial < 10**6):
        raise InputError("Year or serial does not fit a personal number; nothing was made.", code="number-shape")
    century = 2 * ((birth_year - 1900) // 100) + (sex is Sex.FEMALE)
    return PersonalNumber(f"{place_code}{century}{birth_year % 100:02d}{serial:06d}")


def check_number(
    text: str, *, birth: date | None = None, birth_year: int | None = None, sex: Sex | None = None, place_code: str | None = None
) -> tuple[NumberRule, ...]:
    """Return the rules that `text` breaks, given what is known of the person (anything unknown is not judged).

    Args:
        text: the number as written.
        birth: full date of birth, or only `birth_year` where the day is not known.
        sex: sex of the person.
        place_code: three-digit code of the birth registration place *as of the day the number was given*.
    """
    if not _is_twelve_digits(text):
        return (NumberRule.SHAPE,)
    number = PersonalNumber(text)
    year = birth.year if birth is not None else birth_year
    broken = []
    if number.place_name is None:
        broken.append(NumberRule.PLACE_UNKNOWN)
    if year is not None and year % 100 != number.birth_year % 100:
        broken.append(NumberRule.YEAR)
    if year is not None and year // 100 != number.birth_year // 100:
        broken.append(NumberRule.CENTURY)
    if sex is not None and sex is not number.sex:
        broken.append(NumberRule.SEX)
    if place_code is not None and place_code != number.place_code:
        broken.append(NumberRule.PLACE)
    return tuple(broken)
