"""The semantic names that firmware profiles may use, family by family, and what each command does to a module.

A profile maps names to numbers; adapters and simulators know names only. So an opcode that means two things on two firmwares
cannot be sent by mistake: the wrong meaning has another name, and the profile of that firmware does not hold it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Effect(StrEnum):
    """What sending a command may change. Only `READ` is ever sent to a module that is not yet identified."""

    READ = "read"
    """Nothing that outlives the session: asks, or takes a picture into the module's own buffer."""
    SWITCH = "switch"
    """A light, a sleep, a reset: visible, not lasting."""
    WRITE = "write"
    """Settings, templates or the module's clock of life: lasting."""


_EF01: Final[dict[str, Effect]] = {
    "gen_img": Effect.READ,
    "img_to_tz": Effect.READ,
    "match": Effect.READ,
    "search": Effect.READ,
    "high_speed_search": Effect.READ,
    "reg_model": Effect.READ,
    "load_char": Effect.READ,
    "up_char": Effect.READ,
    "up_image": Effect.READ,
    "read_sys_para": Effect.READ,
    "verify_password": Effect.READ,
    "random_code": Effect.READ,
    "read_inf_page": Effect.READ,
    "read_notepad": Effect.READ,
    "template_count": Effect.READ,
    "read_index_table": Effect.READ,
    "get_image_ex": Effect.READ,
    "cancel": Effect.READ,
    "auto_identify": Effect.READ,
    "check_sensor": Effect.READ,
    "algorithm_version": Effect.READ,
    "fw_version": Effect.READ,
    "prod_info": Effect.READ,
    "handshake": Effect.READ,
    "echo": Effect.READ,
    "version_text": Effect.READ,
    "gen_img_dark": Effect.READ,
    "aura_led": Effect.SWITCH,
    "led_control": Effect.SWITCH,
    "led_on": Effect.SWITCH,
    "led_off": Effect.SWITCH,
    "soft_reset": Effect.SWITCH,
    "sleep": Effect.SWITCH,
    "down_char": Effect.WRITE,
    "down_image": Effect.WRITE,
    "store": Effect.WRITE,
    "delete_char": Effect.WRITE,
    "empty": Effect.WRITE,
    "set_sys_para": Effect.WRITE,
    "write_notepad": Effect.WRITE,
    "auto_enroll": Effect.WRITE,
}
"""SetPwd and SetAdder have no name on purpose: a forgotten password makes a module unusable, so the station cannot say them."""

_55AA: Final[dict[str, Effect]] = {
    "open": Effect.READ,
    "close": Effect.READ,
    "enroll_count": Effect.READ,
    "is_finger_pressed": Effect.READ,
    "capture": Effect.READ,
    "get_image": Effect.READ,
    "get_raw_image": Effect.READ,
    "get_template": Effect.READ,
    "led": Effect.SWITCH,
    "change_baud": Effect.SWITCH,
    "set_template": Effect.WRITE,
}

_SFM: Final[dict[str, Effect]] = {
    "system_status": Effect.READ,
    "read_parameter": Effect.READ,
    "scan_image": Effect.READ,
    "read_image": Effect.READ,
    "cancel": Effect.READ,
    "reset": Effect.SWITCH,
    "calibrate_sensor": Effect.WRITE,
    "write_parameter": Effect.WRITE,
    "save_parameters": Effect.WRITE,
}

COMMANDS: Final[dict[str, dict[str, Effect]]] = {
    "zfm-ef01": _EF01,
    "gt5-55aa": _55AA,
    "suprema-sfm": _SFM,
    "mrz-swipe": {},
    "nmea0183": {},
}
"""Family → command name → effect. A family that is not here has no profiles."""

ANSWERS: Final[dict[str, frozenset[str]]] = {
    "zfm-ef01": frozenset(
        [
            "ok",
            "receive_error",
            "no_finger",
            "capture_failed",
            "too_disordered",
            "too_few_features",
            "no_match",
            "not_found",
            "merge_failed",
            "page_range",
            "template_read",
            "template_upload",
            "cannot_receive",
            "image_upload",
            "delete_failed",
            "clear_failed",
            "password_wrong",
            "no_valid_image",
            "flash_error",
            "undefined",
            "bad_register",
            "bad_register_value",
            "bad_notepad_page",
            "port_error",
            "library_full",
            "wrong_address",
            "password_needed",
            "template_empty",
            "library_empty",
            "timeout",
            "duplicate",
            "sensor_hardware",
            "unsupported",
            "hardware_fault",
            "execution_failed",
            "illegal_data",
            "poor_image",
        ]
    ),
    "gt5-55aa": frozenset(
        [
            "ack",
            "nack",
            "timeout",
            "bad_baud",
            "bad_position",
            "not_used",
            "already_used",
            "comm_error",
            "verify_failed",
            "identify_failed",
            "db_full",
            "db_empty",
            "turn_error",
            "bad_finger",
            "enroll_failed",
            "not_supported",
            "device_error",
            "cancelled",
            "bad_parameter",
            "finger_not_pressed",
        ]
    ),
    "suprema-sfm": frozenset(
        [
            "success",
            "scan_success",
            "scan_fail",
            "not_found",
            "try_again",
            "timeout",
            "memory_full",
            "unsupported",
            "busy",
            "cancelled",
            "data_error",
            "data_ok",
        ]
    ),
    "mrz-swipe": frozenset(),
    "nmea0183": frozenset(),
}

PARAMETERS: Final[dict[str, frozenset[str]]] = {
    "zfm-ef01": frozenset({"baud", "security", "packet_size"}),
    "gt5-55aa": frozenset({"capture_best"}),
    "suprema-sfm": frozenset(
        [
            "timeout",
            "template_size",
            "sensor_type",
            "image_format",
            "module_id",
            "firmware_version",
            "serial_number",
            "baud",
            "build_number",
            "status_alive",
            "format_gray8",
            "format_binary",
            "format_gray4",
        ]
    ),
    "mrz-swipe": frozenset(),
    "nmea0183": frozenset(),
}
"""Names of numbers that are neither commands nor answers: parameter ids and their values."""
