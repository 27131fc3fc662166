"""USB cameras through OpenCV, each in a child process of its own: a driver that hangs or crashes costs the child, not the station.

`names` finds cameras and gives them ids that stay, `controls` turns microseconds and kelvin into what each backend wants, `child`
is the process, `host` its leash, `camera` the contract. May import the contract; only `child` imports OpenCV's video part.
"""
