"""`station languages list|template|check`: languages of the applicant's screen that a site adds by a text file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from station.commands._opening import Data, Json, existing_folder, line
from station.errors import InputError
from station.files import RealFiles
from station.words.languages import ENDING, MAX_BYTES, applicant_codes, languages_in, read_language
from station.words.languages import template as template_text

app = typer.Typer(no_args_is_help=True, help="Languages of the applicant's screen, added by text files.")


@app.command(name="list")
def list_(data: Data = None, as_json: Json = False) -> None:
    """The languages in this station's folder, how much of each is said, and files that are not used. Exit 1 when there is one."""
    found, faults = languages_in(RealFiles(existing_folder(data)))
    every = len(applicant_codes())
    for language in found.values():
        said = every - len(language.missing)
        line(as_json, f"{language.code}  {language.name}: {said} of {every} sentences", code=language.code, name=language.name,
             said=said, all=every)  # fmt: skip
    if not found and not faults and not as_json:
        typer.echo("No language beside vi and en: no file stands in the folder 'languages'.")
    for fault in faults:
        line(as_json, str(fault), fault=str(fault))
    if faults:
        raise typer.Exit(1)


@app.command()
def template() -> None:
    """Write a file to translate on standard output: every sentence an applicant may read, in Vietnamese and English."""
    typer.echo(template_text())


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The language's file, named by its code: tyz.toml.")], as_json: Json = False
) -> None:
    """Say what is wrong with a language's file, or how many sentences are still said in Vietnamese. Exit 1 when it cannot be used."""
    if file.suffix != ENDING:
        raise InputError(f"{file.name} would not be found: name the file like tyz{ENDING}.", code="language-format")
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{file.name} cannot be read. Check its name and rights.", code="language-format") from error
    language = read_language(file.stem, raw)
    every, left = len(applicant_codes()), len(language.missing)
    line(as_json, f"{language.code}  {language.name}: good; {every - left} of {every} sentences, {left} are said in Vietnamese",
         code=language.code, name=language.name, said=every - left, all=every)  # fmt: skip
