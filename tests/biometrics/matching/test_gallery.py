"""The gallery: add, replace, remove, search, save, load."""

from __future__ import annotations

import json

import numpy as np
import pytest

from biometrics.errors import FormatError
from biometrics.fingerprint.matching import Gallery
from biometrics.fingerprint.minutiae import extract, to_bytes
from biometrics.positions import FingerPosition
from tests.biometrics.prints import template

PEOPLE = [(person, finger) for person in (3, 4, 5) for finger in (FingerPosition.RIGHT_INDEX, FingerPosition.LEFT_THUMB)]


def filled() -> Gallery:
    gallery = Gallery()
    for person, finger in PEOPLE:
        gallery.add(f"{person}-{finger.name}", template(person, finger))
    return gallery


def test_the_mate_comes_first():
    gallery = filled()
    for person, finger in PEOPLE[::2]:
        hits = gallery.search(template(person, finger, seed=1), 3)
        assert hits[0].name == f"{person}-{finger.name}"
        assert hits[0].comparison.fmr < 1e-4
        assert [h.comparison.score for h in hits] == sorted((h.comparison.score for h in hits), reverse=True)


def test_the_answer_is_that_of_the_full_comparison():
    from biometrics.fingerprint.matching import compare

    gallery = filled()
    probe = template(3, seed=1)
    hit = gallery.search(probe, 1)[0]
    assert hit.comparison.score == compare(probe, gallery.template(hit.name)).score


def test_removed_and_replaced():
    gallery = filled()
    gallery.remove("3-RIGHT_INDEX")
    assert "3-RIGHT_INDEX" not in gallery
    assert len(gallery) == len(PEOPLE) - 1
    with pytest.raises(KeyError):
        gallery.remove("3-RIGHT_INDEX")
    best = gallery.search(template(3, seed=1), 1)
    assert not best or best[0].comparison.fmr > 1e-4
    gallery.add("4-RIGHT_INDEX", template(3))
    assert gallery.search(template(3, seed=1), 1)[0].name == "4-RIGHT_INDEX"
    for name in gallery.names:
        gallery.remove(name)
    assert gallery.search(template(3, seed=1), 5) == []


def test_any_order_of_changes_gives_what_a_dictionary_gives():
    rng = np.random.default_rng(8)
    data = {k: template(*PEOPLE[k]) for k in range(len(PEOPLE))}
    gallery, expected = Gallery(), {}
    for _ in range(120):
        name = f"n{rng.integers(0, 12)}"
        if name in expected and rng.random() < 0.45:
            gallery.remove(name)
            del expected[name]
        else:
            k = int(rng.integers(0, len(PEOPLE)))
            gallery.add(name, data[k])
            expected[name] = k
        assert set(gallery.names) == set(expected)
    for name, k in expected.items():
        assert to_bytes(gallery.template(name)) == to_bytes(gallery.template(name))
        assert np.array_equal(gallery.template(name).x, data[k].x[: len(gallery.template(name))])


def test_saved_loaded_and_changed_again(tmp_path):
    gallery = filled()
    gallery.save(tmp_path / "g")
    again = Gallery.load(tmp_path / "g")
    probe = template(5, seed=1)
    assert [(h.name, h.comparison.score) for h in again.search(probe, 3)] == [
        (h.name, h.comparison.score) for h in gallery.search(probe, 3)
    ]
    again.add("new", template(5))
    again.remove("5-RIGHT_INDEX")
    assert again.search(probe, 1)[0].name == "new"
    again.save(tmp_path / "h")
    assert set(Gallery.load(tmp_path / "h").names) == set(again.names)


def test_damaged_galleries_are_named(tmp_path):
    with pytest.raises(FormatError):
        Gallery.load(tmp_path)
    filled().save(tmp_path / "g")
    head = json.loads((tmp_path / "g" / "gallery.json").read_text())
    for change in (
        {"version": 99},
        {"names": head["names"][:-1]},
        {"names": [head["names"][0]] * len(head["names"])},
        {"slots": 1},
    ):
        (tmp_path / "g" / "gallery.json").write_text(json.dumps(head | change))
        with pytest.raises(FormatError):
            Gallery.load(tmp_path / "g")
    (tmp_path / "g" / "gallery.json").write_text(json.dumps(head))
    (tmp_path / "g" / "angle.npy").write_bytes(b"\x93NUMPY not")
    with pytest.raises(FormatError):
        Gallery.load(tmp_path / "g")


def test_empty_probes_and_templates():
    empty = extract(np.full((300, 300), 255, np.uint8))
    gallery = filled()
    gallery.add("empty", empty)
    assert gallery.search(empty, 3) == []
    assert gallery.search(template(3, seed=1), 0) == []
    assert gallery.search(template(3, seed=1), 1)[0].name == "3-RIGHT_INDEX"
