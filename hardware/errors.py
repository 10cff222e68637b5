"""What can go wrong with a device, as classes with a stable code and an English sentence template.

HardwareError
|-- AddressError          the address of a device cannot be read
|-- DeviceGone            the device is not there, or went away while it was used
|   '-- DeviceBusy        another program or client holds it
'-- TransferError         bytes could not be handed over; says how many were
"""

from __future__ import annotations


def N_(sentence: str) -> str:  # noqa: N802 - the trade's name for it
    """Marks a sentence for the message catalogue; it is translated where a person reads it."""
    return sentence


class HardwareError(Exception):
    """Base: `code` for the log, `template` with named params for people (it is the gettext msgid)."""

    code = "device.error"
    template = "The device {device} does not work."

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.template.format(**params))


class AddressError(HardwareError):
    """An address that cannot be read. Params: address, why."""

    code = "device.address_invalid"
    template = "The device address {address} cannot be used: {why}."


class DeviceGone(HardwareError):
    """Nobody answers at the address, or the line broke. Params: device, why."""

    code = "device.gone"
    template = "The device {device} cannot be reached: {why}."


class DeviceBusy(DeviceGone):
    """Somebody else holds the device. Params: device, why."""

    code = "device.busy"
    template = "The device {device} is used by another program: {why}."


class TransferError(HardwareError):
    """The line broke or stalled after `sent_bytes` bytes were handed to the device. Params: device, why, sent_bytes."""

    code = "device.transfer"
    template = "The device {device} took {sent_bytes} bytes and no more: {why}."

    @property
    def sent_bytes(self) -> int:
        """How many bytes the operating system took before the line broke (0 means: nothing was sent)."""
        sent = self.params["sent_bytes"]
        assert isinstance(sent, int)
        return sent
