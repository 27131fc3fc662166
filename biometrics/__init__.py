"""Pure functions on arrays and bytes: fingerprint, portrait, formats, models.

May import: NumPy, OpenCV, SciPy, ONNX Runtime. Never: files of the station, devices, Qt, clocks, threads."""
