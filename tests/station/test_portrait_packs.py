"""Portrait packs: imported by sha256 only, licence kept, alteration seen, used by `station assess portrait --same-as`."""

from __future__ import annotations

import hashlib

import pytest

from biometrics.errors import ModelError
from biometrics.portrait.packs import Pack
from station.errors import InputError
from station.portrait_packs import PortraitPacks
from tests.biometrics.portrait.test_compare_and_active import stand_in


@pytest.fixture
def pack_file(tmp_path):
    folder = tmp_path / "download"
    folder.mkdir()
    path = folder / "model.onnx"
    path.write_bytes(stand_in())
    return path


@pytest.fixture
def packs(tmp_path, pack_file):
    data = pack_file.read_bytes()
    pack = Pack("sface", "stand-in", "test", "statement of the owner", hashlib.sha256(data).hexdigest(), len(data))
    return PortraitPacks(tmp_path / "models", known=(pack,))


def test_import_use_and_remove(packs, pack_file):
    assert packs.list()[0].state == "missing"
    assert packs.embedder() is None
    assert packs.import_file(pack_file).state == "ready"
    assert packs.licence("sface") == "statement of the owner"
    assert packs.embedder() is not None
    packs.remove("sface")
    assert packs.list()[0].state == "missing"
    with pytest.raises(InputError):
        packs.remove("sface")


def test_a_licence_beside_the_file_is_kept(packs, pack_file):
    (pack_file.parent / "LICENSE").write_text("Apache License 2.0, full text", "utf-8")
    packs.import_file(pack_file)
    assert packs.licence("sface") == "Apache License 2.0, full text"


def test_an_unknown_file_is_refused(tmp_path, pack_file):
    with pytest.raises(ModelError) as caught:
        PortraitPacks(tmp_path / "models").import_file(pack_file)
    assert caught.value.reason_code == "model-unknown"
    assert not (tmp_path / "models").exists()


def test_an_altered_pack_is_not_run(packs, pack_file, tmp_path):
    packs.import_file(pack_file)
    stored = tmp_path / "models" / "portrait-sface.onnx"
    stored.write_bytes(stored.read_bytes()[:-1] + b"x")
    assert packs.list()[0].state == "damaged"
    with pytest.raises(ModelError) as caught:
        packs.embedder()
    assert caught.value.reason_code == "model-altered"
