"""Bytes with deadlines: what lies between a device's protocol and the cable.

Public names: Deadline, Transport (read, write, set_baud, drain, close), SerialPort (ttys and ptys through pyserial), PacketLink
(packets out of a transport through any framer). A read that gets nothing by its deadline returns no bytes; a cable that was
pulled raises; nothing here knows a protocol. May import devices.errors and pyserial.
"""

from devices.transports.base import Deadline, Transport
from devices.transports.link import Framer, PacketLink
from devices.transports.serial_port import SerialPort

__all__ = ["Deadline", "Framer", "PacketLink", "SerialPort", "Transport"]
