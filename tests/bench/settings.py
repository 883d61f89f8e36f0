"""The product's settings for benchmarks: those of the tests, on the database that DATABASE_URL names."""

from tests.settings import *  # noqa: F403
