"""Whether this process was asked to end. Long work looks now and then, and gives back what is left."""

from threading import Event

asked = Event()
