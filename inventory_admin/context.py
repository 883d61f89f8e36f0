"""What every page's frame shows: the stores of this person, the one at hand, the banners."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"SITE_NAME": settings.SITE_NAME, "DEMO": settings.DEMO}
