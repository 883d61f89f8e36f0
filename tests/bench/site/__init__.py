"""The product as it is served, with Django's admin and two views to compare it with beside it."""
