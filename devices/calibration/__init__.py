"""Scanner and camera calibration that ends in a signed certificate."""
