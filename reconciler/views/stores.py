"""The door: which store?"""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from reconciler.models import Membership
from reconciler.views.access import StoreRequest


@login_required
@require_safe
def stores(request: StoreRequest) -> HttpResponse:
    """Straight to the only store, else the choice of this person's stores with the roles held in each."""
    roles: dict[str, list[str]] = {}
    for membership in Membership.objects.filter(user_id=request.user.pk).select_related("account"):
        if membership.account.name in settings.STORES:
            roles.setdefault(membership.account.name, []).append(membership.get_role_display())
    if len(roles) == 1:
        return redirect(f"/s/{next(iter(roles))}/")
    return render(request, "reconciler/stores/stores.html", {"stores": sorted(roles.items())})
