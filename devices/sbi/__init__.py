"""MOSIP Secure Biometric Interface (SBI) 0.9.5, tolerant of 1.0: the way to ten-print scanners and iris cameras of many makers.

The maker's service listens on a loopback port between 4501 and 4600 and speaks HTTP with verbs of its own. Any local program could
pretend to be one, so nothing is believed that is not signed by a maker trusted here, for this very request, now:

    http_exchange   one deadline and size bound per exchange (shared with WS-BD)
    jws, chain      the signature, and the path of its certificate to a trusted device maker
    messages        what services say (bytes in, plain values out)
    asking          what is asked: capture request → JSON
    verify          an answer against what was asked: every refusal is an `AnswerRefusedError` with its code
    service         the four verbs of one service (the stream's parts by `devices.mjpeg.multipart`), and the scan for services
    adapter         `SbiScanner`, the device contract

Public name: `SbiScanner` (in `devices.sbi.adapter`, imported by the registry when used). May import `biometrics.formats`,
`biometrics.positions` and `cryptography`; nothing of `devices.simulated`.
"""
