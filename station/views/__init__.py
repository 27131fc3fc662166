"""View states: what a screen shows and which intents it offers, as plain data. Tested without Qt; `ui/screens` draws them.

One file per screen: `queue` (S1), `compare` (S2), `declaration` (S3), `review` (S7), `finish` (S8), `inbox` (S10), `defects` (S12),
`hand_over` (S13), `home` (S17). `base` has words with values, intents with keys, tones. May import `station.*`; never Qt.
"""
