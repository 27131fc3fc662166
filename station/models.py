"""Where model packs are kept: the imported official NFIQ 2 forest, compiled; our own model needs no import.

A pack is one file in the models folder (`$STATION_MODELS`, else `$XDG_DATA_HOME/enrollment-station/models`), written through
`station.files` and checked by its own digest whenever it is read.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from biometrics.errors import FormatError, ModelError
from biometrics.models import (
    DEFAULT_NAME,
    OFFICIAL_NAME,
    OFFICIAL_SHA256,
    QualityModel,
    default_model_size,
    import_official,
    official_model,
    read_descriptor,
)
from station.errors import InputError
from station.files import Files, RealFiles

OFFICIAL_PACK: Final = "nfiq2.forest"
MAX_PACK_BYTES: Final = 64_000_000
MAX_IMPORT_BYTES: Final = 64_000_000


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """One row of `station models list`: `kind` is ``official`` or ``own``, `state` ``ready``, ``missing`` or ``damaged``."""

    id: str
    name: str
    kind: str
    state: str
    size: int
    sha256: str


def models_folder() -> Path:
    """Return the folder of model packs; it need not exist."""
    given = os.environ.get("STATION_MODELS")
    if given:
        return Path(given)
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "enrollment-station" / "models"


class ModelStore:
    """The packs of one folder."""

    def __init__(self, folder: Path | None = None, files: Files | None = None) -> None:
        self._folder = folder or models_folder()
        self._given = files

    def _files(self) -> Files | None:
        """The folder's files, or None when there is no folder yet (reading must not make one)."""
        if self._given is not None:
            return self._given
        return RealFiles(self._folder) if self._folder.is_dir() else None

    def import_file(self, path: Path) -> InstalledModel:
        """Import the official model from NIST's file: `.yaml`, `.yaml.xz`, or the `.txt` descriptor beside it.

        Raises:
            InputError: the file cannot be read.
            ModelError: it is not the official model (by sha256).
            FormatError: damaged, or a descriptor that names no file.
        """
        data = _read(path)
        if path.suffix.lower() == ".txt":
            described = read_descriptor(data)
            beside = path.parent / Path(described.path).name
            data = _read(beside if beside.is_file() else beside.with_name(beside.name + ".xz"))
        forest = import_official(data)
        files = self._given or RealFiles(self._folder)
        files.write(OFFICIAL_PACK, forest.to_bytes())
        return self.list()[0]

    def remove(self, model_id: str) -> None:
        """Remove an imported pack.

        Raises:
            InputError: unknown id, or the built-in model.
        """
        if model_id != "nfiq2":
            raise InputError(f"'{model_id}' is no imported model; nothing was removed. See: station models list", code="model-id")
        files = self._files()
        if files is None or files.size(OFFICIAL_PACK) is None:
            raise InputError("The official model is not imported; nothing was removed.", code="model-id")
        files.remove(OFFICIAL_PACK)

    def official(self) -> QualityModel | None:
        """Return the official model, or None when it was not imported.

        Raises:
            ModelError: ``model-altered``: the pack is damaged.
        """
        files = self._files()
        if files is None or files.size(OFFICIAL_PACK) is None:
            return None
        try:
            model = official_model(files.read(OFFICIAL_PACK, MAX_PACK_BYTES))
        except FormatError as error:
            message = "The imported NFIQ 2 model is damaged; import it again (station models import FILE)."
            raise ModelError(message, code="model-altered") from error
        if not model.official:
            raise ModelError("The stored model is not the official one; import it again.", code="model-altered")
        return model

    def list(self) -> list[InstalledModel]:
        """Return the official model (imported or not) and our own."""
        try:
            model = self.official()
            state = "ready" if model else "missing"
        except ModelError:
            state = "damaged"
        files = self._files()
        size = (files.size(OFFICIAL_PACK) or 0) if files else 0
        own = default_model_size()
        return [
            InstalledModel("nfiq2", OFFICIAL_NAME, "official", state, size, OFFICIAL_SHA256),
            InstalledModel("default", DEFAULT_NAME, "own", "ready" if own else "missing", own, ""),
        ]


def installed_model() -> QualityModel | None:
    """Return the imported official model, or None: then `assess` uses our own."""
    return ModelStore().official()


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_IMPORT_BYTES:
            raise InputError(f"{path.name} is larger than any known model; nothing was imported.", code="model-too-large")
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read; nothing was imported. Check its name and rights.", code="model-file"
        ) from error
