"""IP cameras that stream JPEG pictures over HTTP (``multipart/x-mixed-replace``): own bounded parser, reader thread, adapter.

`multipart` turns bytes into parts, `http` asks for the stream, `camera` is the contract. OpenCV decodes single pictures only: it
never opens the stream itself, so that no stream can hang it. May import the contract and `biometrics.formats`.
"""
