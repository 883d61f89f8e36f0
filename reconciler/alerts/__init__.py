"""Alerts: when findings of a store pass a limit or grow, by e-mail and signed webhook."""
