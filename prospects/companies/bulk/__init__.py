"""Prospects by the thousand, as programs send them: insert, update, upsert, delete (see `services`)."""
