"""WS-Biometric Devices (NIST SP 500-288): a sensor behind a small web service, plain HTTP with XML. Client only.

Loopback needs nothing more; a sensor on another machine is reached over TLS only. WS-BD signs nothing and has no live picture: the
service starts its sensor when asked, and the picture is what it downloads.

    xml_bytes   XML into a plain tree (bounded; no document type, no entities, no processing instructions)
    messages    results: status, ids, metadata, sensor data
    session     register, lock, initialize, configure, capture, download, with the specification's recoveries, bounded
    adapter     `WsbdScanner`, the device contract

No lock is ever stolen. May import `biometrics.formats`; nothing of `devices.simulated`.
"""
