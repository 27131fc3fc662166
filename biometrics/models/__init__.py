"""Model packs: import by sha256, compiled forests, ONNX and cv2 runners."""
