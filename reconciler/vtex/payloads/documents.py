"""The order document: its workflow instances and their timelines (F3.8)."""

from reconciler.vtex.payloads.base import Payload, Rows
from reconciler.vtex.payloads.scalars import Flag, Id, Moment, Text


class TimelineStep(Payload, frozen=True, kw_only=True, rename="camel"):
    step_name: Text = ""
    date: Moment = None
    parent_step_name: Text = ""


class WorkflowInstance(Payload, frozen=True, kw_only=True, rename="camel"):
    """One of an order's workflows; `name` is Marketplace or Fulfillment."""

    id: Text = ""
    name: Text = ""
    current_step_name: Text = ""
    creation_date: Moment = None
    last_change: Moment = None
    is_in_error: Flag = False
    is_in_automatic_retry: Flag = False
    time_line: Rows[TimelineStep] = []


class WorkflowData(Payload, frozen=True, kw_only=True, rename="camel"):
    instances: Rows[WorkflowInstance] = []


class OrderDocument(Payload, frozen=True, kw_only=True, rename="camel"):
    """The history of one order, oldest step first in each instance."""

    order_id: Id
    status: Text = ""
    state: Text = ""
    last_change: Moment = None
    workflow_is_in_error: Flag = False
    workflow_data: WorkflowData | None = None

    @property
    def instances(self) -> list[WorkflowInstance]:
        return self.workflow_data.instances if self.workflow_data else []
