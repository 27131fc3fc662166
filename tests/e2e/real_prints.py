"""Assembles an enrollment from the reference data: real slaps, single prints as the rolled ones, a public-domain portrait.

Nothing is copied into the project: the TOML points to the files where they lie; the portrait is written where the test runs.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

APPLICANT = {
    "full_name": "NGUYỄN VĂN MẪU", "personal_no": "099085000123", "dob": "15/05/1985", "sex": "M", "nationality": "ISO3166-3:VNM",
    "birth_reg_place": "Xã Đồng Mẫu, Tỉnh Ví Dụ", "hometown": "Xã Đồng Mẫu, Tỉnh Ví Dụ", "ethnicity": "121-TCTK:01", "religion": "QCVN109-G:00",
    "addr_perm": "Thôn 6, Xã Thí Điểm, Tỉnh Ví Dụ", "addr_now": "Thôn 6, Xã Thí Điểm, Tỉnh Ví Dụ", "father_name": "NGUYỄN VĂN CHA",
    "mother_name": "TRẦN THỊ MẸ", "phone": "0900 000 123", "marks": "Nốt ruồi C: 1 cm trên sau mép trái", "occupation": "Giáo viên",
    "marital": "station:single",
}  # fmt: skip


def enrollment_folder(folder: Path, shared: Path, *, procedure: str = "vn-60-2021") -> Path:
    """Write `folder`/enrollment.toml and the portrait; returns the folder."""
    from skimage.data import astronaut

    folder.mkdir(parents=True, exist_ok=True)
    portrait = cv2.cvtColor(astronaut(), cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(folder / "portrait.png"), np.asarray(portrait))
    slaps, singles = shared / "fingerprints" / "slaps", shared / "fingerprints" / "fvc2002_db1_b"
    captures = [(slaps / "a001.png", 13, 0), (slaps / "a070.png", 14, 0), (slaps / "sample_01.png", 15, 0)]
    captures += [(singles / f"{100 + finger}_1.png", finger, 1) for finger in range(1, 11)]
    lines = [f'procedure = "{procedure}"', 'kind = "first"', "[applicant]"]
    lines += [f'{name} = "{value}"' for name, value in APPLICANT.items()]
    for path, position, impression in captures:
        lines += ["[[capture]]", f'file = "{path}"', f"position = {position}", f"impression = {impression}", "ppi = 500"]
    lines += ["[portrait]", 'file = "portrait.png"']
    (folder / "enrollment.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
