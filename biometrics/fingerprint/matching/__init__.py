"""1:1 comparison, calibrated scores, 1:N galleries, and the sequence check over a whole enrollment."""
