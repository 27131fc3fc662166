"""Bridges: a maker's closed SDK in a child process of its own, in any language, behind the protocol of `docs/bridge-protocol.md`.

The station never loads a maker's library. A bridge that crashes, hangs, floods or lies ends as a killed process and a named error;
the next `open` starts a fresh one.

    framing    messages cut out of a byte stream (bytes in, bounded)
    messages   what bridges say, read into plain values
    process    the child: start, watchdog, kill, restart limit
    adapter    `BridgeScanner`, the device contract
    example_bridge.py   a whole bridge in one file with the standard library only: copy it and put the SDK's calls in

May import `biometrics.positions`; nothing of `devices.simulated`.
"""
