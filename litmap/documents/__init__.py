"""Readers: bytes to Document."""
