"""The PySide6 desktop. Shows state and sends intents; no rules, crypto, SQL or device bytes."""
