"""Who gets in: anonymous, strangers, and each role at each page of a store."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from reconciler.models import AuditEntry, Membership, Role
from reconciler.views.access import StoreRequest, client_ip, store_view
from tests import factories

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
ALL = {role.value for role in Role}
AUDIT = {Role.AUDITOR.value, Role.ADMIN.value}
PAGES: dict[str, tuple[dict[str, object], set[str]]] = {
    "overview": ({}, ALL),
    "search": ({}, ALL),
    "stuck": ({}, ALL),
    "stuck_csv": ({}, ALL),
    "recurrence": ({}, ALL),
    "recurrence_csv": ({}, ALL),
    "orders": ({}, ALL),
    "stock": ({}, ALL),
    "attempts": ({}, ALL),
    "sync": ({}, ALL),
    "audit": ({}, AUDIT),
    "audit_csv": ({}, AUDIT),
    "audit_jsonl": ({}, AUDIT),
}


@pytest.mark.parametrize("page", PAGES)
def test_anonymous_people_are_sent_to_the_login(page: str) -> None:
    factories.account()
    response = Client().get(reverse(page, kwargs={"account": "luxstore", **PAGES[page][0]}))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/s/luxstore/")


@pytest.mark.parametrize("page", PAGES)
def test_a_store_one_is_no_member_of_does_not_exist(page: str, signed_in: SignIn) -> None:
    factories.account()
    stranger = factories.user("stranger", Role.ADMIN, Role.AUDITOR, store=factories.account("other"))
    address = reverse(page, kwargs={"account": "luxstore", **PAGES[page][0]})
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(stranger).get(address.replace("luxstore", "nowhere")).status_code == 404


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("page", PAGES)
def test_each_role_opens_what_it_may_and_gets_403_elsewhere(page: str, role: str, signed_in: SignIn) -> None:
    person = factories.user("person", Role(role))
    arguments, allowed = PAGES[page]
    response = signed_in(person).get(reverse(page, kwargs={"account": "luxstore", **arguments}))
    assert response.status_code == (200 if role in allowed else 403)


@pytest.mark.parametrize("role", Role.values)
def test_the_audit_section_is_offered_to_those_it_opens_for(role: str, signed_in: SignIn) -> None:
    page = signed_in(factories.user("person", Role(role))).get("/s/luxstore/stuck/").content.decode()
    assert ('href="/s/luxstore/audit/"' in page) == (role in AUDIT)


def test_a_store_that_is_no_longer_configured_is_gone(signed_in: SignIn, settings: object) -> None:
    person = factories.user("person", Role.ADMIN, store=factories.account("closed"))
    assert signed_in(person).get("/s/closed/").status_code == 404


def test_a_superuser_without_membership_is_a_stranger_in_a_store(signed_in: SignIn) -> None:
    factories.account()
    boss = User.objects.create_superuser("boss")
    assert signed_in(boss).get("/s/luxstore/audit/").status_code == 404
    assert signed_in(boss).get("/audit/").status_code == 200


@pytest.mark.parametrize("role", Role.values)
def test_the_installations_trail_is_for_auditors_and_admins(role: str, signed_in: SignIn) -> None:
    person = factories.user("person", Role(role))
    for address in ("/audit/", "/audit.csv", "/audit.jsonl"):
        assert signed_in(person).get(address).status_code == (200 if role in AUDIT else 403)
    assert signed_in(person).post("/audit/verify/").status_code == (303 if role in AUDIT else 403)


def test_roles_taken_away_count_from_the_next_request_on(signed_in: SignIn) -> None:
    person = factories.user("person", Role.AUDITOR)
    client = signed_in(person)
    assert client.get("/s/luxstore/audit/").status_code == 200
    Membership.objects.all().delete()
    assert client.get("/s/luxstore/audit/").status_code == 404


def test_a_refused_post_is_on_record_and_a_refused_page_is_not(signed_in: SignIn) -> None:
    client = signed_in(factories.user("viewer", Role.VIEWER))
    client.get("/s/luxstore/audit/")
    assert not AuditEntry.objects.filter(chain="luxstore").exists()
    client.post("/s/luxstore/audit/verify/")
    entry = AuditEntry.objects.get(chain="luxstore")
    assert (entry.actor, entry.action, entry.outcome) == ("viewer", "access.refused", "refused")
    assert entry.subject == "/s/luxstore/audit/verify/"
    assert json.loads(entry.body)["role"] == "viewer"


def seen_inside(rf: RequestFactory, person: User, *needed: Role, **headers: str) -> StoreRequest:
    request = rf.get("/s/luxstore/", headers=headers)
    request.user = person
    found: list[StoreRequest] = []

    @store_view(*needed)
    def view(request: StoreRequest, account: str) -> HttpResponse:
        found.append(request)
        assert timezone.get_current_timezone_name() == request.store.time_zone
        return HttpResponse(account)

    assert view(request, account="luxstore").content == b"luxstore"
    return found[0]


def test_a_view_gets_the_store_the_roles_with_what_they_include_and_the_actor(rf: RequestFactory) -> None:
    person = factories.user("person", Role.APPROVER)
    request = seen_inside(rf, person, Role.OPERATOR)
    assert request.store.name == "luxstore"
    assert request.roles == {"approver", "operator", "viewer"}
    assert (request.actor.name, request.actor.role, request.actor.user_id) == (
        "person",
        "approver",
        person.pk,
    )


def test_admins_and_auditors_do_not_act_by_that_role_alone() -> None:
    assert Role.OPERATOR.holders == {Role.OPERATOR, Role.APPROVER}
    assert Role.VIEWER.holders == set(Role)


def test_the_address_is_taken_from_as_many_proxies_as_are_trusted(
    rf: RequestFactory, settings: object
) -> None:
    forged = {"x-forwarded-for": "10.9.9.9, 192.0.2.7"}
    assert client_ip(rf.get("/", headers=forged)) == "127.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1  # type: ignore[attr-defined]
    assert client_ip(rf.get("/", headers=forged)) == "192.0.2.7"
    assert client_ip(rf.get("/", REMOTE_ADDR="")) is None


@pytest.mark.parametrize("stores", [0, 1, 2])
def test_the_door_leads_to_the_only_store_or_offers_the_choice(
    stores: int, signed_in: SignIn, settings: object
) -> None:
    person = factories.user("person")
    known = dict(settings.STORES)  # type: ignore[attr-defined]
    settings.STORES = {**known, "other": known["luxstore"]}  # type: ignore[attr-defined]
    for name in ["luxstore", "other"][:stores]:
        factories.user("person", Role.VIEWER, Role.OPERATOR, store=factories.account(name))
    response = signed_in(person).get("/")
    if stores == 1:
        assert (response.status_code, response["Location"]) == (302, "/s/luxstore/")
    else:
        assert response.status_code == 200
        page = response.content.decode()
        assert [f'href="/s/{name}/"' in page for name in ("luxstore", "other")] == [stores == 2] * 2
