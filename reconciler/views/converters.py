"""How VTEX ids stand in paths."""

from django.urls import register_converter

from reconciler import ids


class VtexIdConverter:
    """`CD~2FSP` in the path is `CD/SP` in the view; anything not canonical is 404."""

    regex = ids.SEGMENT

    def to_python(self, value: str) -> str:
        return ids.decode(value)

    def to_url(self, value: str) -> str:
        return ids.encode(value)


class AccountConverter:
    """A VTEX account's name."""

    regex = "[a-z0-9][a-z0-9_-]{0,62}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(VtexIdConverter, "vid")
register_converter(AccountConverter, "account")
