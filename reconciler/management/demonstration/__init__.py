"""The parts of `manage.py demo`: its people and its processes."""
