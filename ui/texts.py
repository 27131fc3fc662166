"""Words for screens in the language chosen: the main line, and a second line where the setting asks for both languages."""

from __future__ import annotations

from station.advice import reason_words
from station.bindings import Bindings
from station.views.base import Words
from station.words import Language, say
from station.words.languages import OtherLanguage


class Texts:
    """``vi`` (default), ``vi+en`` (training: English in small), ``en``; on the applicant's screen another language of the site's.

    The catalogue names keys by their standard ones ("Bấm F12"); what is said names the keys that are really bound. Values that are filled in
    are never touched.
    """

    def __init__(self, setting: str = "vi", other: OtherLanguage | None = None, keys: Bindings | None = None) -> None:
        self.setting, self._other, self.keys = setting, other, keys or Bindings()

    def _say(self, code: str, language: Language, **values: object) -> str:
        text = self.keys.told(say(code, language))
        return text.format(**values) if values else text

    def key(self, standard: str) -> str:
        """Return how the key really bound is written, for a standard one (``F12``); Esc, Enter and the like as they are."""
        return self.keys.shown(standard)

    def __call__(self, code: str, **values: object) -> str:
        """Return the main words for `code`."""
        if self._other is not None:
            return self._other.say(code, **values)
        return self._say(code, Language.EN if self.setting == "en" else Language.VI, **values)

    def second(self, code: str, **values: object) -> str:
        """Return the second line, empty unless both languages are shown."""
        return self._say(code, Language.EN, **values) if self.setting == "vi+en" else ""

    def pair(self, code: str) -> str:
        """Return both languages on one line where both are shown: ``Hồ sơ đang ở đâu · Where each dossier really is``."""
        return " · ".join(t for t in (self(code), self.second(code)) if t)

    def why(self, error: BaseException) -> str:
        """Return why something was refused: always in words of the catalogue."""
        return self.of(reason_words(error))

    def second_why(self, error: BaseException) -> str:
        """Return the second line of `why`."""
        return self.second_of(reason_words(error))

    def of(self, words: Words) -> str:
        """Return the main words of a view state (values that are codes are said in the same language)."""
        return words.say_by(self)

    def second_of(self, words: Words) -> str:
        """Return the second line of a view state's words."""
        return words.say_by(lambda code, **values: self._say(code, Language.EN, **values)) if self.setting == "vi+en" else ""


def desk_word(texts: Texts, desk: str) -> str:
    """Return what a desk is called: its number and its work, or that all of them are here."""
    return texts("ui.desk.all") if desk in ("", "all") else f"{texts('ui.desk.number', number=desk)} · {texts(f'ui.desk.{desk}')}"


def capital(text: str) -> str:
    """Return words that begin a line with a capital; the rest is left as it is."""
    return text[:1].upper() + text[1:]


def format_date(text: str) -> str:
    """Return a stored date (yyyy-mm-dd, parts may be missing) as people write it: 15/05/2023, --/--/1936."""
    parts = text.split("-")
    if not parts[0].isdigit() or len(parts[0]) != 4:
        return text
    month = parts[1] if len(parts) > 1 else "--"
    day = parts[2] if len(parts) > 2 else "--"
    return f"{day}/{month}/{parts[0]}"


def format_waiting(texts: Texts, seconds: float) -> str:
    """Return how long something waits, in the largest unit that says it: minutes, hours, days."""
    minutes = int(seconds // 60)
    if minutes < 60:
        return texts("ui.desk.waits", minutes=minutes)
    if minutes < 48 * 60:
        return texts("ui.desk.waits-hours", hours=minutes // 60)
    return texts("ui.desk.waits-days", days=minutes // 1440)


def format_number(text: str) -> str:
    """Return a personal number in groups of three."""
    return " ".join(text[i : i + 3] for i in range(0, len(text), 3)) if text.isdigit() and len(text) == 12 else text


def format_bytes(count: int) -> str:
    """Return a size with a decimal comma: 3,1 MB."""
    return f"{count / 1_000_000:.1f}".replace(".", ",") + " MB"


def field_value(name: str, value: str) -> str:
    """Return a stored value as a person reads it: dates, numbers, codes of lists."""
    from station.vietnam.codes import code_lists

    if name in {"dob", "card_issued", "card_expiry"}:
        return format_date(value)
    if name in {"personal_no", "father_no", "mother_no", "spouse_no"}:
        return format_number(value)
    if name == "sex":
        return {"M": "Nam", "F": "Nữ"}.get(value, value)
    if ":" in value:
        for codes in code_lists().values():
            if value.startswith(codes.system + ":"):
                return codes.text(value)
    return value
