"""A VTEX account (a store or a seller) and who may do what in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


class Role(models.TextChoices):
    """What a person may do in one store; a person may hold several (design section 8)."""

    VIEWER = "viewer", _("Viewer")
    OPERATOR = "operator", _("Operator")
    APPROVER = "approver", _("Approver")
    AUDITOR = "auditor", _("Auditor")
    ADMIN = "admin", _("Admin")

    @property
    def included(self) -> frozenset[str]:
        """This role and those it includes: every role reads, an approver also acts, an admin does not."""
        roles = {self, Role.VIEWER} | ({Role.OPERATOR} if self == Role.APPROVER else set())
        return frozenset(roles)

    @property
    def holders(self) -> frozenset[str]:
        """The roles that include this one."""
        return frozenset(role for role in Role if self in role.included)


class VtexAccountQuerySet(models.QuerySet["VtexAccount"]):
    def of(self, user: User | AnonymousUser) -> VtexAccountQuerySet:
        """The stores this person is a member of."""
        return self.filter(memberships__user_id=user.pk).distinct()


class VtexAccount(models.Model):
    """Everything mirrored belongs to exactly one. Keys live in the environment, never here."""

    name = models.CharField(max_length=100, unique=True)
    time_zone = models.CharField(max_length=64, default="America/Sao_Paulo")
    currency = models.CharField(max_length=3, blank=True, help_text="As the latest order names it")
    created_at = models.DateTimeField(auto_now_add=True)
    actions_paused_at = models.DateTimeField(null=True, blank=True)
    actions_paused_by = models.CharField(max_length=150, blank=True)
    acknowledge_proven_at = models.DateTimeField(
        null=True, blank=True, help_text="When an acknowledge was first verified here (U5)"
    )
    final_start_handling_allowed = models.BooleanField(
        default=False, help_text="Start handling while Marketplace is final was proven here (U7)"
    )

    objects = VtexAccountQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="account_paused_at_and_by",
                condition=models.Q(actions_paused_at__isnull=True, actions_paused_by="")
                | models.Q(actions_paused_at__isnull=False) & ~models.Q(actions_paused_by=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["account", "user", "role"]
        constraints = [
            models.UniqueConstraint(name="membership_once", fields=["user", "account", "role"]),
            models.CheckConstraint(name="membership_known_role", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} @ {self.account}"
