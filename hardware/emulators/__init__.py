"""Doubles of devices that speak the wire protocol from the other side, with faults on command."""
