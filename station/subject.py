"""A person's own data, to hand over on request: every fact of a dossier as it was written, and every image in a form that opens anywhere."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from station.dossier.kinds import Kind
from station.errors import InputError
from station.journal import Journal
from station.journal.codec import Codec, compress, raw_media_type
from station.journal.store import blobs_named
from station.retention import replaced

_SUFFIXES: Final = {"image/jp2": "jp2", "image/jpeg": "jpg", "image/png": "png", "image/x-wsq": "wsq", "application/pdf": "pdf"}

README: Final = """DỮ LIỆU CỦA ÔNG/BÀ TẠI ĐIỂM THU NHẬN
Hồ sơ: {dossier}
su-kien.json: mọi việc đã ghi về hồ sơ này, theo thứ tự (thời gian UTC, người làm, nội dung).
hinh-anh/: mọi hình ảnh còn lưu tại điểm này; du-lieu/: dữ liệu đọc từ chip của thẻ. Hình đã gửi trung tâm và đã xóa tại đây thì không còn trong tệp.

YOUR DATA AT THIS ENROLLMENT STATION
su-kien.json: everything that was recorded about this dossier, in order (UTC time, who, what).
hinh-anh/: every image that is still kept here; du-lieu/: data read from the chip card. What was sent to the centre and deleted here is not in this file.
"""


def export_subject(journal: Journal, dossier: str, *, operator: str, desk: str) -> bytes:
    """Return a ZIP with everything this station holds about `dossier`; that it was made is written down before this returns.

    Raises:
        InputError: there is no such dossier here (or it was purged).
    """
    events = journal.events(dossier)
    if not dossier or not events:
        raise InputError(
            "There is nothing about this dossier here: the code is another one, or it was purged.", code="dossier-unknown"
        )
    images: dict[str, str] = {}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README.format(dossier=dossier))
        reduced = replaced(events)
        for event in events:
            for image in _images(event.body):
                sha = str(image["blob"])
                kept, form = (reduced[sha], {"encoding": "image/x-wsq"}) if sha in reduced else (sha, image)
                if sha not in images and journal.has_blob(kept):
                    data, suffix = _viewable(journal.blob(kept), form)
                    images[sha] = f"hinh-anh/{len(images) + 1:03d}-{sha[:8]}.{suffix}"
                    archive.writestr(images[sha], data)
            # What else the event names: the chip's data groups, as they were read.
            for sha in sorted(b.hex() for b in blobs_named(event.body)):
                if sha not in images and journal.has_blob(sha):
                    images[sha] = f"du-lieu/{len(images) + 1:03d}-{sha[:8]}.bin"
                    archive.writestr(images[sha], journal.blob(sha))
        rows = [
            {"at": e.at.isoformat(), "kind": str(e.kind), "operator": e.operator, "desk": e.desk, "facts": _plain(e.body, images)}
            for e in events
        ]
        archive.writestr("su-kien.json", json.dumps(rows, ensure_ascii=False, indent=1, default=str))
    data = buffer.getvalue()
    journal.append(
        Kind.EXPORTED, {"dossier": dossier, "sha256": hashlib.sha256(data).digest()}, dossier="", operator=operator, desk=desk
    )
    return data


def _images(value: object) -> list[Mapping[str, Any]]:
    """Return every map with a ``blob`` in `value`."""
    if isinstance(value, Mapping):
        own = [value] if isinstance(value.get("blob"), str) and len(value["blob"]) == 64 else []
        return own + [found for entry in value.values() for found in _images(entry)]
    if isinstance(value, list | tuple):
        return [found for entry in value for found in _images(entry)]
    return []


def _viewable(data: bytes, image: Mapping[str, Any]) -> tuple[bytes, str]:
    if image.get("encoding") == "raw":
        form = raw_media_type(image["width"], image["height"], image.get("channels", 1), image.get("bits_stored", 8))
        codec, packed = compress(data, form)
        if codec is Codec.PNG:
            return packed, "png"
    return data, _SUFFIXES.get(str(image.get("encoding", "")), "bin")


def _plain(value: object, images: Mapping[str, str]) -> object:
    if isinstance(value, Mapping):
        return {str(k): _plain(v, images) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v, images) for v in value]
    if isinstance(value, bytes):
        return f"{len(value)} bytes, sha256 {hashlib.sha256(value).hexdigest()}"
    return images.get(value, value) if isinstance(value, str) else value
