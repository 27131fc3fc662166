"""Languages of the applicant's screen beside Vietnamese and English: one text file each, dropped into the station's folder.

``languages/tyz.toml`` (its name is the language's code, BCP 47)::

    name = "Tày"                       # as its speakers write it; stands in the settings
    [words]
    "s9.right" = "…"                   # the same codes as the catalogue; a code left out is said in Vietnamese
    "ui.applicant.left" = "… {count} …"

``station languages template`` writes a file with every code that an applicant may read, ``check`` says what is wrong with one. The
officer's window stays Vietnamese and English: it is the text of a form that is signed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final

from station.errors import InputError, StorageError
from station.files import Files
from station.settings import LANGUAGE
from station.words import Language, catalogue, say

FOLDER: Final = "languages"
ENDING: Final = ".toml"
MAX_BYTES: Final = 200_000
MAX_LENGTH: Final = 300
"""Letters of one sentence: more does not stand on the applicant's screen."""
MAX_FAULTS: Final = 20
"""Faults of one file that are told; how many more there are is said."""
MAX_LANGUAGES: Final = 60
BUILT_IN: Final = tuple(str(x.value) for x in Language)
APPLICANT_CODES: Final = ("s9.", "ui.applicant.", "applicant.", "address.", "ui.field.")
"""How the codes begin that an applicant reads."""
MORE_CODES: Final = ("ui.strip.ticket", "ui.app.demo")


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """One language's words by code. What it lacks is said in Vietnamese: a sentence in a second language is better than none."""

    code: str
    name: str
    words: Mapping[str, str]

    def say(self, code: str, **values: object) -> str:
        """Return the words for `code` with `values` filled in."""
        text = self.words.get(code)
        if text is None:
            return say(code, Language.VI, **values)
        return text.format(**values) if values else text

    @property
    def missing(self) -> tuple[str, ...]:
        """Codes that an applicant may read and this language does not say."""
        return tuple(c for c in applicant_codes() if c not in self.words)


def applicant_codes() -> tuple[str, ...]:
    """Return every code of the catalogue that an applicant may read, in order."""
    return tuple(sorted(c for c in catalogue() if c.startswith(APPLICANT_CODES) or c in MORE_CODES))


def read_language(code: str, data: bytes) -> OtherLanguage:
    """Read one language's file.

    Raises:
        InputError: no code of a language, too large, no TOML, or faulty words: the first `MAX_FAULTS` are named (``language-format``).
    """
    if not LANGUAGE.fullmatch(code) or code in BUILT_IN:
        raise InputError(
            f"{code[:20]!r} is no language's code that may be added; name the file like tyz.toml.", code="language-format"
        )
    if len(data) > MAX_BYTES:
        raise InputError(
            f"The file of the language {code} is larger than {MAX_BYTES} bytes; it was not used.", code="language-format"
        )
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"The file of the language {code} is not TOML; it was not used.", code="language-format") from error
    name, words = raw.get("name"), raw.get("words")
    faults = [] if set(raw) == {"name", "words"} and isinstance(words, dict) else ["it has a name and [words], nothing else"]
    if not (isinstance(name, str) and 0 < len(name.strip()) <= 40):
        faults.append("name is 1 to 40 letters")
    known = catalogue()
    for key, text in words.items() if isinstance(words, dict) else ():
        if key not in known:
            faults.append(f"{key[:60]}: no such code")
        elif not isinstance(text, str) or not 0 < len(text) <= MAX_LENGTH:
            faults.append(f"{key}: 1 to {MAX_LENGTH} letters")
        elif _places(text) != _places(known[key]["vi"]):
            faults.append(f"{key}: keep the places in braces as they are: {known[key]['vi']}")
    if faults:
        more = f"; and {len(faults) - MAX_FAULTS} more" if len(faults) > MAX_FAULTS else ""
        raise InputError(
            f"The file of the language {code} was not used: " + "; ".join(faults[:MAX_FAULTS]) + more + ".",
            code="language-format",
        )
    assert isinstance(name, str), "a fault above"
    return OtherLanguage(code, name.strip(), dict(words or {}))


def _places(text: str) -> frozenset[str] | None:
    """The names in braces; None for braces that are not paired, or that ask for more than a plain value."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    if any(spec or conversion for _, _, spec, conversion in parts):
        return None
    return frozenset(name for _, name, _, _ in parts if name is not None)


def languages_in(files: Files) -> tuple[dict[str, OtherLanguage], tuple[InputError, ...]]:
    """Return the languages of a station's folder by code, and one error (with its ``file``) for each file that was not used."""
    found: dict[str, OtherLanguage] = {}
    faults: list[InputError] = []
    paths = [p for p in files.list(FOLDER) if p.endswith(ENDING)]
    for path in paths[:MAX_LANGUAGES]:
        name = path.removeprefix(f"{FOLDER}/")
        try:
            language = read_language(name.removesuffix(ENDING), files.read(path, MAX_BYTES))
        except InputError as error:
            faults.append(InputError(str(error), code="language-format", file=name))
        except StorageError as error:  # a name or a size that the folder does not read: whose, it cannot say itself
            faults.append(InputError(f"{name}: {error}", code="language-format", file=name))
        else:
            found[language.code] = language
    if len(paths) > MAX_LANGUAGES:
        left = len(paths) - MAX_LANGUAGES
        faults.append(
            InputError(f"{left} files were not read: {MAX_LANGUAGES} languages are the most.", code="language-format", count=left)
        )
    return found, tuple(faults)


def template() -> str:
    """Return a file to translate: every code an applicant may read, its Vietnamese and English above it. No sentence counts before its
    line is taken out of its comment, so that a file may be checked and used while it is still being written."""
    known = catalogue()
    lines = ["# Applicant's screen. Save as languages/CODE.toml in the station's folder (CODE: BCP 47, for example tyz).",
             "# Keep {places} as they are. Take the # from a line once you say it; the others are said in Vietnamese.", 'name = ""', "", "[words]"]  # fmt: skip
    for code in applicant_codes():
        lines += [f"# vi: {known[code]['vi']}", f"# en: {known[code]['en']}", f'# "{code}" = ""', ""]
    return "\n".join(lines)
