"""Which event each record of custody is to the clocks of its agreement, and about what."""

from datetime import datetime

from gateway.custody.fold import Views
from gateway.custody.terms import Noted, Told
from gateway.custody.views import Case


def happening_of(views: Views, entry: Noted) -> Told | None:
    """What the clocks are told of ``entry``, or None when it is no event to them."""
    body = entry.body
    written = datetime.fromisoformat(entry.at)
    at = datetime.fromisoformat(body["at"]) if body.get("at") else written
    match entry.kind:
        case "custody.added":
            return body["agreement"], "added", body["holding"], at, None
        case "custody.ended":
            return _about(views, body["holding"], body["event"], at)
        case "custody.destroyed":
            return _about(views, body["holding"], "returned" if body["action"] == "return" else "destroyed", at)
        case "custody.handing_over":
            return body["agreement"], "handing_over", body["handover"], at, None
        case "custody.handed_over":
            return views.handovers[body["handover"]].agreement, "handed_over", body["handover"], at, None
        case "custody.told":
            return views.handovers[body["handover"]].agreement, "handover_told", body["handover"], at, None
        case "custody.case_opened":
            case = views.cases[body["case"]]
            sets = datetime.fromisoformat(body["by"]) if body.get("by") else None
            return case.agreement, event_of(case), case.id, at, sets
        case "custody.case_step":
            case = views.cases[body["case"]]
            return case.agreement, f"{event_of(case)}_{body['step']}", case.id, at, None
        case _:
            return None


def event_of(case: Case) -> str:
    """The event that a case is: its procedure's name, with ``_urgent`` when it is urgent."""
    return f"{case.procedure}_urgent" if case.urgent else case.procedure


def _about(views: Views, holding: str, event: str, at: datetime) -> Told:
    return views.holdings[holding].agreement, event, holding, at, None
