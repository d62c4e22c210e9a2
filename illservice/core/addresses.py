"""Addresses that somebody typed in: what a name points to, and whether that is outside our own network."""

import ipaddress
import socket
from collections.abc import Iterable

from illservice.core.env import Network

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def resolve(host: str, port: int) -> list[Address]:
    """Every address that a name has, at least one; OSError when it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError("no name of a host") from error
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not addresses:
        raise OSError("the name has no address")
    return addresses


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Whether an address lies in one of these networks."""
    plain = _unwrapped(address)
    return any(plain in network for network in networks)


def is_public(address: Address) -> bool:
    """Whether an address is somebody's on the internet: neither private nor local, reserved or of many."""
    plain = _unwrapped(address)
    return plain.is_global and not plain.is_multicast


def _unwrapped(address: Address) -> Address:
    """An IPv4 address that hides in an IPv6 one counts as what it is."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address
