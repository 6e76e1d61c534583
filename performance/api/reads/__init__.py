"""Reads as finished bytes: who asks, whether they may, and the bytes, without database, serializer or DRF."""
