"""How our own default model was made: synthetic prints, NIST's forest as the teacher, a small network as the pupil.

Run by hand, never by the product:

    python -m biometrics.fingerprint.quality.training --teacher nist_plain_tir-ink.yaml.xz --out quality-default.onnx

`prints` draws synthetic prints and their measures, `pupil` fits the network and writes the ONNX file. Everything comes from one
seed. No real print is used, neither for fitting nor for choosing settings. May import the generator and, when it runs,
scikit-learn and onnx from the development requirements.
"""
