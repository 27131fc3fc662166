"""The portrait: detection in tiers, the measures of ISO/IEC 29794-5, the document's rules, live help, crop and encoding.

Public: `assess`, `tools`, `PortraitQuality`, `LiveAssessor`, `LiveState`, `document_crop`, `encode_within`, `load_profile`,
`Mode`, `Tier`, `Instruction`, `Component`, `Point`; procedural faces live in `biometrics.portrait.synthesis`.

Pictures are HxWx3 uint8 in B G R order (OpenCV's), unmirrored; "left" and "right" are the person's own. No clocks, no threads:
one `Tools` per thread, times come with the frames. May import: NumPy, OpenCV, ONNX Runtime and `biometrics.formats`.
"""

from __future__ import annotations

from biometrics.portrait.assess import PortraitQuality, Tools, assess, tools
from biometrics.portrait.crop import Crop, crop_in_frame, document_crop
from biometrics.portrait.encode import Encoded, encode_within
from biometrics.portrait.face import FaceBox, Landmarks, Pose, Provider, Status, Tier
from biometrics.portrait.live import BestFrame, LiveAssessor, LiveState
from biometrics.portrait.mappings import Component, scalar
from biometrics.portrait.measures import ComponentResult
from biometrics.portrait.points import Point
from biometrics.portrait.profiles import Mode, Profile, load_profile, parse_profile
from biometrics.portrait.reasons import Instruction, PortraitReason
from biometrics.portrait.rules import RuleResult, Verdict

__all__ = [
    "BestFrame",
    "Component",
    "ComponentResult",
    "Crop",
    "Encoded",
    "FaceBox",
    "Instruction",
    "Landmarks",
    "LiveAssessor",
    "LiveState",
    "Mode",
    "Point",
    "PortraitQuality",
    "PortraitReason",
    "Pose",
    "Profile",
    "Provider",
    "RuleResult",
    "Status",
    "Tier",
    "Tools",
    "Verdict",
    "assess",
    "crop_in_frame",
    "document_crop",
    "encode_within",
    "load_profile",
    "parse_profile",
    "scalar",
    "tools",
]
