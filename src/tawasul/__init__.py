"""Tawasul: the electronic-ticket portal of a domain registry."""
