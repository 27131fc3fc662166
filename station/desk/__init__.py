"""What each desk of the counter does, one file a desk: `tickets` (S1), `cards` and `comparing` (S2), `form` (S3), `signing` (S7),
`finishing` (S8), `judges` of the pictures. No Qt; `station.counter.Counter` puts them together with the captures and the sending. Every method is for the
station's own thread unless it says otherwise. May import `station.*` and `devices.*`.
"""
