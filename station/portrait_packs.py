"""Where the portrait's packs are kept: beside the other models, each with its licence, believed by sha256 whenever it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from biometrics.errors import ModelError
from biometrics.portrait.compare import Embedder, SFace
from biometrics.portrait.packs import KNOWN, MAX_PACK_BYTES, Pack, identify
from station.errors import InputError
from station.files import Files, RealFiles
from station.models import InstalledModel, models_folder

LICENCE_NAMES: Final = ("LICENSE", "LICENSE.txt", "LICENCE", "LICENCE.txt")
MAX_LICENCE_BYTES: Final = 200_000


class PortraitPacks:
    """The packs of one folder. `known` is the table of files that may be imported."""

    def __init__(self, folder: Path | None = None, files: Files | None = None, known: tuple[Pack, ...] = KNOWN) -> None:
        self._folder = folder or models_folder()
        self._given = files
        self._known = known

    def _files(self) -> Files | None:
        if self._given is not None:
            return self._given
        return RealFiles(self._folder) if self._folder.is_dir() else None

    def import_file(self, path: Path) -> InstalledModel:
        """Import one pack; a licence file beside it is kept with it, else the owner's statement.

        Raises:
            InputError: the file cannot be read or is too large.
            ModelError: no known pack (by sha256).
        """
        data = _read(path, MAX_PACK_BYTES)
        pack = identify(data, self._known)
        beside = next((path.parent / n for n in LICENCE_NAMES if (path.parent / n).is_file()), None)
        licence = pack.licence.encode() if beside is None else _read(beside, MAX_LICENCE_BYTES)
        files = self._given or RealFiles(self._folder)
        files.write(_licence_name(pack), licence)
        files.write(_file_name(pack), data)
        return self._row(pack)

    def remove(self, pack_id: str) -> None:
        """Remove an imported pack and its licence.

        Raises:
            InputError: it is not imported.
        """
        pack, files = self._pack(pack_id), self._files()
        if pack is None or files is None or files.size(_file_name(pack)) is None:
            raise InputError(f"'{pack_id}' is no imported pack; nothing was removed.", code="model-id")
        files.remove(_file_name(pack))
        files.remove(_licence_name(pack))

    def list(self) -> list[InstalledModel]:
        """Return every known pack, imported or not."""
        return [self._row(pack) for pack in self._known]

    def licence(self, pack_id: str) -> str:
        """Return the licence kept with an imported pack, or the owner's statement."""
        pack, files = self._pack(pack_id), self._files()
        if pack is None:
            return ""
        if files is None or files.size(_licence_name(pack)) is None:
            return pack.licence
        return files.read(_licence_name(pack), MAX_LICENCE_BYTES).decode("utf-8", "replace")

    def embedder(self) -> Embedder | None:
        """Return the imported comparison network for this thread, or None.

        Raises:
            ModelError: the stored file was altered, or cannot be run.
        """
        pack, files = self._pack("sface"), self._files()
        if pack is None or files is None or files.size(_file_name(pack)) is None:
            return None
        data = files.read(_file_name(pack), MAX_PACK_BYTES)
        try:
            identify(data, (pack,))
        except ModelError as error:
            message = f"The imported {pack.name} was altered; import it again (station models import FILE)."
            raise ModelError(message, code="model-altered") from error
        return SFace(data)

    def _pack(self, pack_id: str) -> Pack | None:
        return next((p for p in self._known if p.id == pack_id), None)

    def _row(self, pack: Pack) -> InstalledModel:
        files = self._files()
        size = (files.size(_file_name(pack)) or 0) if files is not None else 0
        state = "missing"
        if size and files is not None:
            try:
                identify(files.read(_file_name(pack), MAX_PACK_BYTES), (pack,))
                state = "ready"
            except ModelError:
                state = "damaged"
        return InstalledModel(pack.id, f"{pack.name}: {pack.use}. {pack.licence}", "pack", state, size, pack.sha256)


def _file_name(pack: Pack) -> str:
    return f"portrait-{pack.id}.onnx"


def _licence_name(pack: Pack) -> str:
    return f"portrait-{pack.id}.licence.txt"


def _read(path: Path, limit: int) -> bytes:
    try:
        if path.stat().st_size > limit:
            raise InputError(f"{path.name} is larger than any known pack; nothing was imported.", code="model-too-large")
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read; nothing was imported. Check its name and rights.", code="model-file"
        ) from error
