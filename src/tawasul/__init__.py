"""Tawasul: the electronic-ticket portal of a domain registry."""

__version__ = "0.1.0"
